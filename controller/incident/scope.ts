import type { Incident, IncidentStatus } from '../api/incident.gen.ts';
import type { IncidentUpdate } from '../api/incident-update.gen.ts';
import type { Choice, Reach } from '../integrations/capabilities.ts';
import type { Duration, Instant } from '../runtime/clock.ts';
import type { EffectKey, Entry, Identity, Ref } from '../runtime/effect.ts';
import type { Plan, Reason } from '../runtime/phase.ts';
import type { ReasonName } from '../runtime/reasons.ts';
import type { Policy } from './policy/policy.ts';

export type Applied = NonNullable<IncidentStatus['applied']>;

/** Everything a phase may look at. Read-only, gathered from caches before any phase runs. */
export interface IncidentScope {
  readonly incident: Incident;
  /** Whose effects these are: what stands outside says so. */
  readonly identity: Identity;
  readonly policy: Policy;
  /** INC-00447 and 447, once allocated. */
  readonly named?: { readonly id: string; readonly number: number };
  /** What the world has been told. */
  readonly applied: Applied;
  /** Of this incident, by time. */
  readonly updates: readonly IncidentUpdate[];
  /** What is recorded or has landed so far. */
  readonly entries: Readonly<Record<EffectKey, Entry>>;
  readonly reach: Reach;
  /** Nothing but the record is written: a Backfill, or an incident first seen Resolved. */
  readonly backfill: boolean;
  readonly now: Instant;
  /** How often an open pull request is looked at. */
  readonly reviewInterval: Duration;
  /** How often its channel, live status, pin and tickets are looked at. Absent: not at all, as once it is closed. */
  readonly driftInterval?: Duration;
  /** Of a deleted incident: how long taking leave of its channel may still take. */
  readonly cleanupLeft?: Duration;
}

/** The recorded place of an effect that is done, else undefined. */
export function refOf(scope: Pick<IncidentScope, 'entries'>, key: EffectKey): Ref | undefined {
  const entry = scope.entries[key];
  return entry?.state === 'Done' ? entry.ref : undefined;
}

type Carried = 'channel' | 'record' | 'review' | 'triage';

/** Who carries an effect out: what is recorded stays with the Integration that made it, there or gone; else whom choose says. */
export function integrationFor(
  { entries, reach, policy }: Pick<IncidentScope, 'entries' | 'reach' | 'policy'>,
  key: Carried,
): Choice {
  const recorded = entries[key]?.integration;
  if (recorded !== undefined) return { name: recorded };
  const { channel, record, triage } = policy.spec;
  const stated: Readonly<Record<Carried, [name: string | undefined, field: string]>> = {
    channel: [channel?.integrationRef?.name, 'spec.channel.integrationRef'],
    record: [record?.integrationRef?.name, 'spec.record.integrationRef'],
    review: [record?.reviewRef?.name, 'spec.record.reviewRef'],
    triage: [triage?.integrationRef?.name, 'spec.triage.integrationRef'],
  };
  return reach.choose(key === 'triage' ? 'message' : key, ...stated[key]);
}

/** The plan of a phase for which nobody is chosen. */
export const unchosen = (choice: Exclude<Choice, { readonly name: string }>): Plan<never> =>
  'none' in choice ? { skip: choice.none } : { effects: [], held: choice.ambiguous };

/** 1 for SEV1 … 4 for SEV4: what is served first. */
export const priorityOf = (incident: Incident): number => Number(incident.spec.severity.slice(3));

/** The Integration lacks what a phase consists of: it is left off. */
export const notSupported = (message: string): Reason => ({ reason: 'NotSupported', message });
export const notConfigured = (message: string): Reason => ({ reason: 'NotConfigured', message });
export const waitingFor = (reason: ReasonName, message: string): Reason => ({ reason, message });
