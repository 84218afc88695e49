import type { Incident } from '../api/incident.gen.ts';
import type { IncidentUpdate } from '../api/incident-update.gen.ts';
import type { ResponsePolicy } from '../api/response-policy.gen.ts';
import { copiedFrom, copyReason, isBackfill, isArchived, isUpdateOf, originOf } from '../timeline/identity.ts';
import { choosePolicy } from '../incident/policy/policy.ts';
import { tellsOfChange } from '../timeline/history.ts';
import { claimsAsNotes, readSeries } from '../timeline/series.ts';
import { inOrder, isRestored, oldestOf } from '../timeline/order.ts';
import type { Reach } from '../capabilities/reach.ts';
import type { ProductEffect } from '../capabilities/capabilities.ts';
import type { Clock } from '../runtime/clock.ts';
import type { Identity } from '../runtime/effect.ts';
import type { Phase, Reason } from '../runtime/phase.ts';
import type { Definition } from '../runtime/reconciler.ts';
import { comments } from './phases/comments.ts';
import { notices } from './phases/notices.ts';
import { readOfIncident, type UpdateScope } from './scope.ts';

/** What an update does: all notices are effects of the update that caused them. */
export const updatePhases: readonly Phase<UpdateScope, ProductEffect>[] = [notices, comments];

export interface UpdateDeps {
  readonly clock: Clock;
  readonly install: string;
  incident(namespace: string, name: string): Incident | undefined;
  /** All that are there. */
  incidents(): readonly Incident[];
  policies(namespace: string): readonly ResponsePolicy[];
  siblings(update: IncidentUpdate): readonly IncidentUpdate[];
  reach(namespace: string): Reach;
}

export function updateDefinition(deps: UpdateDeps): Definition<IncidentUpdate, UpdateScope, ProductEffect> {
  const incidentOf = (update: IncidentUpdate): Incident | undefined => {
    const incident = deps.incident(update.metadata.namespace, update.spec.incidentRef.name);
    return incident && readOfIncident(incident);
  };
  return {
    kind: 'IncidentUpdate',
    prepare: (object) => Promise.resolve({ object, prepared: undefined }),
    gather(update, entries) {
      const incident = incidentOf(update);
      const { id, number } = incident?.status ?? {};
      const all = deps.siblings(update);
      const { namespace, name } = update.metadata;
      const applied = incident?.status?.applied;
      const series = incident && readSeries(incident, applied, all);
      const standing = series?.own.get(name);
      const original = incident && copiedFrom(incident, deps.install, deps.incidents());
      const silent = original
        ? copyReason(original)
        : silence(update, incident, standing === undefined && tellsOfChange(update));
      const siblings = incident ? inOrder(incident, claimsAsNotes(incident, applied, all, series?.own)) : [];
      return {
        update: siblings.find(({ metadata }) => metadata.name === name) ?? update,
        ...(incident && id !== undefined && number !== undefined ? { about: { incident, named: { id, number } } } : {}),
        ...(silent ? { silent } : {}),
        ...(standing === 'Possible' ? { early } : {}),
        policy: incident ? choosePolicy(incident, deps.policies(namespace)) : { spec: {} },
        siblings,
        entries,
        reach: deps.reach(namespace),
        now: deps.clock.now(),
      };
    },
    phases: () => updatePhases,
    project: () => ({}),
    identity: (update) => identityOf(update, incidentOf(update), deps.install),
    restored(update) {
      const incident = incidentOf(update);
      return incident !== undefined && isRestored(incident);
    },
    oldest(update) {
      const incident = incidentOf(update);
      return incident && oldestOf(incident, deps.siblings(update));
    },
    closed: () => false,
  };
}

const early: Reason = {
  reason: 'WaitingForIncident',
  message: 'It is told once the status of the incident counts it.',
};

/** @param claim it tells of a change, and the controller did not write it */
function silence(update: IncidentUpdate, incident: Incident | undefined, claim: boolean): Reason | undefined {
  const { name } = update.spec.incidentRef;
  if (!incident) return { reason: 'IncidentNotFound', message: `There is no Incident ${name} in this namespace.` };
  if (!isUpdateOf(update, incident))
    return { reason: 'IncidentReplaced', message: `The Incident ${name} is another one by now.` };
  if (isArchived(incident) || isBackfill(incident))
    return { reason: 'Quiet', message: 'Nobody is told of a Backfill or a record.' };
  if (claim)
    return {
      reason: 'OnlyAllClear',
      message: `AllClear itself writes the entries of type ${update.spec.type}, when the Incident changes; nobody is told of this one. Edit the Incident instead, or use type Status.`,
    };
  if (incident.spec.mode === 'Drill')
    return { reason: 'Drill', message: 'Nobody outside the channel is told of a drill.' };
  return undefined;
}

/** The incident's identity and the update's name: what was sent for it is found again, whatever became of the object. */
function identityOf(update: IncidentUpdate, incident: Incident | undefined, install: string): Identity {
  const { namespace, name } = update.metadata;
  const of = incident ? originOf(incident, install).uid : (update.spec.incidentRef.uid ?? update.metadata.uid);
  return { install, namespace, name, uid: `${of}/${name}` };
}
