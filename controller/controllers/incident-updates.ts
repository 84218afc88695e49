import type { IncidentUpdate } from '../api/incident-update.gen.ts';
import { Writer } from '../cluster/writes.ts';
import { reachIn } from '../integrations/reach.ts';
import type { Controller } from '../runtime/controller.ts';
import { keyOf, splitKey } from '../runtime/kube-object.ts';
import { Reconciler } from '../runtime/reconciler.ts';
import { updateDefinition } from '../update/definition.ts';
import { readOfIncident } from '../update/scope.ts';
import type { Parts } from './parts.ts';
import { reconcilerDeps } from './reconciler-deps.ts';
import { connectionOf, policyOf, readsOf } from './wakes.ts';

/** IncidentUpdates: woken by their incident, by policies and by what Integrations can do. */
export function incidentUpdates(parts: Parts): Controller<IncidentUpdate> {
  const { caches, config } = parts;
  const reconciler = updateReconciler(parts);
  return {
    name: 'IncidentUpdate',
    where: 'leader',
    objects: caches.of('IncidentUpdate'),
    workers: config.workers,
    watches: [
      readsOf(caches.of('Incident'), readOfIncident, (key) => caches.updatesNamed(splitKey(key)).map(keyOf)),
      policyOf('IncidentUpdate', parts),
      connectionOf('IncidentUpdate', parts),
    ],
    reconcile: (namespace, name) => reconciler.reconcile(namespace, name),
  };
}

function updateReconciler(parts: Parts) {
  const { client, clock, config, caches, connections } = parts;
  const incidents = caches.of('Incident');
  const definition = updateDefinition({
    clock,
    install: config.install,
    incident: (namespace, name) => incidents.get(namespace, name),
    incidents: () => incidents.list(),
    policies: (namespace) => caches.of('ResponsePolicy').list(namespace),
    siblings: ({ metadata, spec }) => {
      const incident = incidents.get(metadata.namespace, spec.incidentRef.name);
      return incident ? caches.updatesOf(incident) : [];
    },
    reach: (namespace) => reachIn(connections, namespace),
  });
  const writer = new Writer('IncidentUpdate', client, caches.of('IncidentUpdate'));
  return new Reconciler(definition, reconcilerDeps(parts, 'IncidentUpdate', writer));
}
