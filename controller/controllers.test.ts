import { beforeEach, expect, it } from 'vitest';
import { FakeClock } from '../test/builders/fake-clock.ts';
import { anEntry, anIncident, anUpdate } from '../test/builders/incident.ts';
import type { Integration } from './api/integration.gen.ts';
import type { ResponsePolicy } from './api/response-policy.gen.ts';
import { Caches } from './cluster/caches.ts';
import { readConfig } from './config.ts';
import { controllers } from './controllers.ts';
import { Connections } from './integrations/connections.ts';
import { minutes } from './runtime/clock.ts';
import { Controllers } from './runtime/controller.ts';
import type { PortLookup } from './runtime/execution.ts';
import { Executor } from './runtime/executor.ts';
import { KubeClient } from './runtime/kube.ts';
import { Metrics } from './server/metrics.ts';

const silent = { debug() {}, info() {}, warn() {}, error() {} };
const [incident, update] = [anIncident(), anUpdate()];
const incidentKey = `Incident default/${incident.metadata.name}`;
const updateKey = `IncidentUpdate default/${update.metadata.name}`;

const reach = (): PortLookup => ({ epoch: '', reason: 'IntegrationGone', message: 'Nothing is in reach.' });

let clock: FakeClock;
let caches: Caches;
let connections: Connections;
/** `controller namespace/name`: what was reconciled since the list was read last. */
let passes: string[];

/** Every controller, with passes that only say so; an incident and its update are cached and have been seen. */
beforeEach(async () => {
  clock = new FakeClock();
  const endpoint = {
    server: 'http://127.0.0.1:1',
    namespace: undefined,
    credentials: async () => ({ headers: {}, tls: {} }),
  };
  const client = new KubeClient({ endpoint });
  const served = { client, clock, namespaces: ['default', 'other'], idle: minutes(1), onProblem: () => undefined };
  const config = readConfig({ ALLCLEAR_NAMESPACE: 'allclear-system' });
  caches = new Caches(served, config.namespace);
  const leadership = { session: 's', leading: () => true, acquiredAt: () => 0 };
  connections = new Connections({
    clock,
    install: 'test',
    tuning: {},
    releaseNamespace: config.namespace,
    integrations: () => [],
    integration: () => undefined,
    secret: async () => undefined,
    writeStatus: async () => undefined,
    log: () => undefined,
  });
  const executor = new Executor({ clock, leadership, reach, wake: () => undefined, report: () => undefined });
  const parts = {
    config,
    client,
    clock,
    leadership,
    metrics: new Metrics(),
    log: silent,
    caches,
    connections,
    executor,
  };
  const list = controllers({ ...parts, record: () => undefined });
  const noting = list.map((one) => ({
    ...one,
    async reconcile(namespace: string, name: string) {
      passes.push(`${one.name} ${namespace}/${name}`);
      return {};
    },
  }));
  passes = [];
  const all = new Controllers({ clock, failed: () => undefined, reconciled: () => undefined }, noting);
  caches.of('Incident').observe(incident);
  caches.of('IncidentUpdate').observe(update);
  const started = all.start('leader');
  await clock.advance(0);
  await started;
  await all.start('everywhere');
  await seen();
});

/** What was reconciled since it was asked last. */
async function seen(): Promise<string[]> {
  await clock.advance(0);
  return passes.splice(0).toSorted();
}

it.each([
  ['what it says', { spec: { text: 'Better now.' } }, [incidentKey, updateKey]],
  ['who was told', { effects: { 'notice/slack/x': anEntry('message') } }, [incidentKey, updateKey]],
  ['nothing that is read', {}, [updateKey]],
])('an update in which %s is new wakes its incident if need be', async (_, change, expected) => {
  caches.of('IncidentUpdate').observe(anUpdate({ ...change, metadata: { resourceVersion: '2' } }));
  expect(await seen()).toEqual(expected);
});

it.each([
  ['its spec', { spec: { severity: 'SEV1' as const } }, [incidentKey, updateKey]],
  ['its number', { status: { ...incident.status, number: 2 } }, [incidentKey, updateKey]],
  [
    'its ticket',
    { status: { ...incident.status, effects: { 'ticket/github': anEntry('ticket') } } },
    [incidentKey, updateKey],
  ],
  ['another receipt', { status: { ...incident.status, effects: { pin: anEntry('pin') } } }, [incidentKey]],
  ['its conditions', { status: { ...incident.status, conditions: [] } }, [incidentKey]],
])('an incident of which %s is new wakes its updates if need be', async (_, change, expected) => {
  caches.of('Incident').observe(anIncident({ ...change, metadata: { resourceVersion: '2' } }));
  expect(await seen()).toEqual(expected);
});

const policyIn = (namespace: string): ResponsePolicy => ({
  apiVersion: 'allclear.dev/v1alpha1',
  kind: 'ResponsePolicy',
  metadata: { ...incident.metadata, namespace, name: 'p', uid: 'p', resourceVersion: '2' },
  spec: { priority: 0 },
});

it('a policy wakes all of its namespace', async () => {
  caches.of('ResponsePolicy').observe(policyIn('other'));
  expect(await seen()).toEqual([]);
  caches.of('ResponsePolicy').observe(policyIn('default'));
  expect(await seen()).toEqual([incidentKey, updateKey]);
});

it('what Integrations can do wakes all in their reach', async () => {
  await connections.reconcile('other', 'slack');
  expect(await seen()).toEqual([]);
  await connections.reconcile('default', 'slack');
  expect(await seen()).toEqual([incidentKey, updateKey]);
  await connections.reconcile('allclear-system', 'slack');
  expect(await seen()).toEqual([incidentKey, updateKey]);
});

it('an Integration is connected by the leader, and listened to everywhere', async () => {
  const integration: Integration = {
    apiVersion: 'allclear.dev/v1alpha1',
    kind: 'Integration',
    metadata: { ...incident.metadata, namespace: 'allclear-system', name: 'slack', uid: 'i', resourceVersion: '2' },
    spec: { secretRef: { name: 'slack' }, allowedNamespaces: { from: 'All' } },
  };
  caches.of('Integration').observe(integration);
  expect(await seen()).toEqual(['Integration allclear-system/slack', 'SlackListener allclear-system/slack']);
});
