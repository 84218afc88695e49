import type { Incident } from '../api/incident.gen.ts';
import type { IncidentUpdate } from '../api/incident-update.gen.ts';
import { cleanupFinalizer, identityAnnotation } from '../api/names.ts';
import type { ResponsePolicy } from '../api/response-policy.gen.ts';
import type { ProductEffect } from '../capabilities/capabilities.ts';
import type { Duration } from '../runtime/clock.ts';
import type { Entry } from '../runtime/effect.ts';
import { Stopped, type Definition } from '../runtime/reconciler.ts';
import { Cleanups, type CleanupDeps } from './cleanup.ts';
import { applyUpdates, type UpdateDraft } from '../timeline/history.ts';
import {
  copiedFrom,
  copyReason,
  decideOrigin,
  isAnnotated,
  isBackfill,
  isArchived,
  originOf,
  type Origin,
} from '../timeline/identity.ts';
import { deletionPhases, phases } from './phases.ts';
import { choosePolicy } from './policy/policy.ts';
import { projectStatus } from './project.ts';
import { isDeclaration } from '../timeline/entries.ts';
import { titleOf } from '../document/words.ts';
import { claimsAsNotes, readSeries } from '../timeline/series.ts';
import type { Applied } from '../timeline/history.ts';
import type { IncidentScope } from './scope.ts';
import { inOrder, isRestored, notBefore, oldestOf } from '../timeline/order.ts';
import type { Reach } from '../capabilities/reach.ts';
import { oneLine } from '../text.ts';

export interface IncidentDeps extends CleanupDeps {
  readonly install: string;
  readonly reviewInterval: Duration;
  /** How often what stands outside for an open incident is looked at. Absent: never. */
  driftInterval?(): Duration;
  policies(namespace: string): readonly ResponsePolicy[];
  updates(incident: Incident): readonly IncidentUpdate[];
  /** Creates it, or returns the one of that name and whether it is new. */
  ensureUpdate(draft: UpdateDraft): Promise<{ update: IncidentUpdate; created: boolean }>;
}

/** Incident: how it becomes a scope, and what of it is written back. */
export function incidentDefinition(deps: IncidentDeps): Definition<Incident, IncidentScope, ProductEffect, Applied> {
  /** By uid: told, and not in the cache yet. */
  const told = new Map<string, Applied>();
  const cleanups = new Cleanups(deps);
  return {
    kind: 'Incident',
    async prepare(incident) {
      const original = copiedFrom(incident, deps.install, deps.incidents());
      if (original) {
        if (incident.metadata.deletionTimestamp) await cleanups.removeFinalizer(incident);
        throw new Stopped(copyReason(original));
      }
      if (incident.metadata.deletionTimestamp)
        return { object: await cleanups.prepare(incident), prepared: appliedOf(incident, told) };
      if (isArchived(incident))
        return { object: incident, prepared: applyUpdates(incident, incident.status?.applied, []) };
      const object = await ensureIdentityAndFinalizer(deps, incident);
      return { object, prepared: await recordChanges(deps, object, told) };
    },
    gather: (incident, entries, applied) => ({
      ...gather(deps, incident, entries, applied),
      ...cleanups.scopeOf(incident),
    }),
    phases: ({ incident }) =>
      isArchived(incident) ? [] : incident.metadata.deletionTimestamp ? deletionPhases : phases,
    project: ({ incident }) => {
      const { number, id, applied, channel, tickets, record, timestamps } = incident.status ?? {};
      return { number, id, applied, channel, tickets, record, timestamps };
    },
    rides: ({ incident }) => (isArchived(incident) ? {} : { identity: originOf(incident, deps.install) }),
    identity: (incident) => originOf(incident, deps.install),
    restored: isRestored,
    oldest: (incident) => oldestOf(incident, deps.updates(incident)),
    closed: (incident) => incident.status?.applied?.state === 'Resolved',
  };
}

function gather(
  deps: IncidentDeps,
  object: Incident,
  entries: IncidentScope['entries'],
  applied: Applied,
): IncidentScope {
  const { namespace } = object.metadata;
  const updates = inOrder(object, claimsAsNotes(object, applied, deps.updates(object)));
  const reach = remembering(object, deps.reach(namespace));
  const facts = projectStatus(object, entries, applied, updates, (entry) => reach.link(entry));
  const incident: Incident = { ...object, status: { ...object.status, ...facts, effects: { ...entries } } };
  const { id, number } = facts;
  const driftInterval = applied.state === 'Resolved' ? undefined : deps.driftInterval?.();
  return {
    incident,
    identity: originOf(object, deps.install),
    policy: choosePolicy(object, deps.policies(namespace)),
    ...(id !== undefined && number !== undefined ? { named: { id, number } } : {}),
    applied,
    updates,
    entries,
    reach,
    backfill: isBackfill(object),
    now: deps.clock.now(),
    reviewInterval: deps.reviewInterval,
    ...(driftInterval === undefined ? {} : { driftInterval }),
  };
}

/** A link that was known once stays known while its integration is not connected: nothing is edited for an outage. */
function remembering({ status }: Incident, reach: Reach): Reach {
  const stored = (entry: Entry): string | undefined => {
    if (entry.kind === 'channel') return status?.channel?.url;
    if (entry.kind === 'ticket')
      return status?.tickets?.find(({ integration }) => integration === entry.integration)?.url;
    return entry.kind === 'review' ? status?.record?.pull?.url : undefined;
  };
  return { ...reach, link: (entry) => reach.link(entry) ?? stored(entry) };
}

/** Identity and finalizer, in one write, before the first intent. */
async function ensureIdentityAndFinalizer(deps: IncidentDeps, incident: Incident): Promise<Incident> {
  const origin = decideOrigin(incident, deps.install, deps.incidents());
  const { finalizers = [], namespace } = incident.metadata;
  const undoable = deps.reach(namespace).all('channel').length > 0 && incident.spec.mode !== 'Backfill';
  const needsFinalizer = undoable && !finalizers.includes(cleanupFinalizer);
  if (isAnnotated(incident, origin) && !needsFinalizer) return withOrigin(incident, origin);
  const written = await deps.writeMetadata(incident, {
    ...(isAnnotated(incident, origin) ? {} : { annotations: { [identityAnnotation]: JSON.stringify(origin) } }),
    ...(needsFinalizer ? { finalizers: [...finalizers, cleanupFinalizer] } : {}),
  });
  return withOrigin(written, origin);
}

/** A copy may have its original's identity in a status without receipts, until that is written. */
function withOrigin(incident: Incident, { uid }: Origin): Incident {
  const { identity, ...status } = incident.status ?? {};
  return identity === undefined || identity.uid === uid ? incident : { ...incident, status };
}

/** Writes down what changed since the world was last told. */
async function recordChanges(deps: IncidentDeps, incident: Incident, told: Map<string, Applied>): Promise<Applied> {
  const known = knownApplied(incident, told);
  if (known === undefined && originOf(incident, deps.install).backfill)
    return withAct(incident, applyUpdates(incident, undefined, []));
  const updates = [...deps.updates(incident)];
  const written = new Set<string>();
  for (;;) {
    const now = notBefore(inOrder(incident, updates), deps.clock.now());
    const { applied, drafts } = readSeries(incident, known, updates, now, written);
    const [draft] = drafts;
    if (!draft) {
      const seen = withAct(incident, applied ?? applyUpdates(incident, undefined, []));
      if (written.size > 0) told.set(incident.metadata.uid, seen);
      return seen;
    }
    const { update, created } = await deps.ensureUpdate(draft);
    updates.push(update);
    if (!created) continue;
    written.add(update.metadata.name);
    announce(deps, incident, update);
  }
}

/** The act that stands in spec has been seen: what is edited later is no part of it. Recorded with the edit that brought it. */
function withAct({ spec, status, metadata }: Incident, applied: Applied): Applied {
  if (spec.change === undefined || status?.observedGeneration === metadata.generation) return applied;
  return { ...applied, changeId: spec.change.id };
}

function announce(deps: IncidentDeps, incident: Incident, update: IncidentUpdate): void {
  const { spec } = update;
  if (spec.type !== 'State') return;
  const what = `${incident.spec.severity}: ${oneLine(titleOf(incident))}`;
  if (isDeclaration(update)) deps.event(incident, 'Normal', 'Declared', what);
  if (spec.to === 'Triage') deps.event(incident, 'Normal', 'Triaged', what);
  if (spec.to === 'Resolved' && spec.from !== 'Triage')
    deps.event(incident, 'Normal', 'AllClear', 'All Clear has been declared!');
}

/** The later of what is stored and what this process has told since. */
function knownApplied(incident: Incident, told: Map<string, Applied>): Applied | undefined {
  const stored = incident.status?.applied;
  const ours = told.get(incident.metadata.uid);
  if (!ours || (stored && stored.seq >= ours.seq)) {
    told.delete(incident.metadata.uid);
    return stored;
  }
  return ours;
}

const appliedOf = (incident: Incident, told: Map<string, Applied>): Applied =>
  knownApplied(incident, told) ?? applyUpdates(incident, undefined, []);
