import type { Integration } from '../api/integration.gen.ts';
import { secrets } from '../cluster/resources.ts';
import { liveStore } from '../cluster/live-store.ts';
import { credentialsOf, type CredentialSecret } from '../integrations/credentials.ts';
import { seconds } from '../runtime/clock.ts';
import type { Controller } from '../runtime/controller.ts';
import type { KubeObject } from '../runtime/kube-object.ts';
import { SlackListeners } from '../integrations/slack/listen/listeners.ts';
import { ackMost } from '../integrations/slack/listen/within.ts';
import type { Parts } from './parts.ts';

/** Answers people in Slack: one listener for each Slack Integration that has the keys for one, whoever leads. */
export function slackListeners({ client, clock, config, log, metrics, caches }: Parts): Controller<Integration> {
  const integrations = caches.of('Integration');
  const listeners = new SlackListeners({
    clock,
    log,
    command: config.command,
    releaseNamespace: config.namespace,
    cluster: liveStore({ client, clock, namespaces: config.namespaces, caches, timeout: ackMost }),
    integration: (namespace, name) => integrations.get(namespace, name),
    async secrets(integration) {
      const { metadata, spec } = integration;
      const { namespace } = metadata;
      const secret = await client.find<CredentialSecret & KubeObject>(secrets, spec.secretRef.name, { namespace });
      const read = credentialsOf(integration, secret);
      return 'secrets' in read ? read.secrets : {};
    },
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
