import { apiVersion } from '../api/names.ts';
import type { Incident } from '../api/incident.gen.ts';
import type { IncidentUpdate } from '../api/incident-update.gen.ts';
import { Writer } from '../cluster/writes.ts';
import { incidentDefinition } from '../incident/definition.ts';
import { heldNotices } from '../incident/render/receipts.ts';
import { priorityOf } from '../incident/scope.ts';
import { reachIn } from '../integrations/reach.ts';
import { seconds, type Duration } from '../runtime/clock.ts';
import type { Controller } from '../runtime/controller.ts';
import { splitKey } from '../runtime/kube-object.ts';
import { Reconciler } from '../runtime/reconciler.ts';
import type { Parts } from './parts.ts';
import { reconcilerDeps } from './reconciler-deps.ts';
import { connectionOf, policyOf, readsOf } from './wakes.ts';

/** Of one open incident. */
const driftPace: Duration = seconds(6);

/** Incidents: woken by their updates, by policies and by what Integrations can do. */
export function incidents(parts: Parts): Controller<Incident> {
  const { caches, config } = parts;
  const reconciler = incidentReconciler(parts);
  return {
    name: 'Incident',
    where: 'leader',
    objects: caches.of('Incident'),
    workers: config.workers,
    watches: [
      readsOf(caches.of('IncidentUpdate'), readOfUpdate, (key, { spec }) => [
        `${splitKey(key).namespace}/${spec.incidentRef.name}`,
      ]),
      policyOf('Incident', parts),
      connectionOf('Incident', parts),
    ],
    priority: priorityOf,
    reconcile: (namespace, name) => reconciler.reconcile(namespace, name),
  };
}

/** All but how it goes on: who was told of it stands in its effects, and what waits for a person is told in receipts. */
const readOfUpdate = ({ metadata, spec, status }: IncidentUpdate): unknown => ({
  metadata: { ...metadata, resourceVersion: undefined },
  spec,
  effects: status?.effects,
  held: heldNotices(status),
});

function incidentReconciler(parts: Parts) {
  const { client, clock, config, caches, connections, executor, record } = parts;
  const writer = new Writer('Incident', client, caches.of('Incident'));
  const updates = new Writer('IncidentUpdate', client, caches.of('IncidentUpdate'));
  const definition = incidentDefinition({
    clock,
    install: config.install,
    reviewInterval: config.reviewInterval,
    driftInterval: () => driftInterval(parts),
    policies: (namespace) => caches.of('ResponsePolicy').list(namespace),
    updates: (incident) => caches.updatesOf(incident),
    entries: ({ metadata: { namespace, name, uid }, status }) =>
      executor.view({ owner: { kind: 'Incident', namespace, name, uid }, entries: status?.effects ?? {} }),
    reach: (namespace) => reachIn(connections, namespace),
    incidents: () => caches.of('Incident').list(),
    ensureUpdate: async (draft) => {
      const { object, created } = await updates.ensure(draft);
      return { update: object, created };
    },
    writeMetadata: (incident, metadata) => writer.metadata(incident, metadata),
    event: ({ metadata: { namespace, name, uid } }, type, reason, message) =>
      record({ apiVersion, kind: 'Incident', namespace, name, uid }, type, reason, message),
  });
  return new Reconciler(definition, reconcilerDeps(parts, 'Incident', writer));
}

/** Two of Slack's reads an incident each time: with many open ones, half of that budget stays for those who wait. */
function driftInterval({ config, caches }: Parts): Duration {
  if (config.tuning.rateFactor === Infinity) return config.driftInterval;
  const all = caches.of('Incident').list();
  const open = all.filter(({ status }) => status?.applied?.state !== 'Resolved').length;
  return Math.max(config.driftInterval, open * driftPace);
}
