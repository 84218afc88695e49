import type { Integration } from '../api/integration.gen.ts';
import { secrets } from '../cluster/resources.ts';
import { slackCluster } from '../cluster/slack-cluster.ts';
import type { CredentialSecret } from '../integrations/credentials.ts';
import { seconds } from '../runtime/clock.ts';
import type { Controller } from '../runtime/controller.ts';
import type { KubeObject } from '../runtime/kube-object.ts';
import { SlackListeners } from '../slack/listeners.ts';
import type { Parts } from './parts.ts';

/** Answers people in Slack: one listener for each Slack Integration that has the keys for one, whoever leads. */
export function slackListeners({ client, clock, config, log, metrics, caches }: Parts): Controller<Integration> {
  const integrations = caches.of('Integration');
  const listeners = new SlackListeners({
    clock,
    log,
    command: config.slackCommand,
    releaseNamespace: config.namespace,
    cluster: slackCluster({ client, clock, namespaces: config.namespaces, caches }),
    integration: (namespace, name) => integrations.get(namespace, name),
    secret: (namespace, name) => client.find<CredentialSecret & KubeObject>(secrets, name, { namespace }),
    delivered: (kind, acked, took) => metrics.delivered(kind, acked, took),
  });
  return {
    name: 'SlackListener',
    where: 'everywhere',
    objects: integrations,
    workers: 4,
    longestWait: seconds(30),
    reconcile: (namespace, name) => listeners.reconcile(namespace, name),
    handle: (request, response) => listeners.handle(request, response),
    stop: () => listeners.stop(),
  };
}
