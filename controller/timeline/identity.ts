import type { Incident } from '../api/incident.gen.ts';
import type { IncidentUpdate } from '../api/incident-update.gen.ts';
import { identityAnnotation, recordAnnotation } from '../api/names.ts';
import { canonical } from '../runtime/canonical.ts';
import type { Identity } from '../runtime/effect.ts';
import type { Reason } from '../runtime/phase.ts';

/** What was first seen of an incident; written once, before anything is sent. */
export interface Origin extends Identity {
  /** It was Resolved when first seen: it is a record of something past, and sends nothing. */
  readonly backfill?: boolean;
}

/** What is recorded of it, in status or in the annotation, else what will be. */
export const originOf = (incident: Incident, install: string): Origin =>
  recordedOrigin(incident) ?? newOrigin(incident, install);

/**
 * What it is. Restored from a backup (another uid, and the old one is gone) an incident keeps what is recorded; a copy,
 * whose original is among `all`, gets an identity of its own.
 */
export function decideOrigin(incident: Incident, install: string, all: readonly Incident[]): Origin {
  const recorded = recordedOrigin(incident);
  if (!recorded || recorded.uid === incident.metadata.uid) return recorded ?? newOrigin(incident, install);
  const claim = claimOn(incident, recorded);
  const another = all.some((other) => other.metadata.uid !== incident.metadata.uid && claimOn(other, recorded) < claim);
  return another ? newOrigin(incident, install) : recorded;
}

/**
 * The identity of the original, while that is there, of a copy that was stored with its receipts, as a backup's status
 * restored beside the original: the channel, tickets and record that it tells of are not its own.
 */
export function copiedFrom(incident: Incident, install: string, all: readonly Incident[]): Origin | undefined {
  const recorded = recordedOrigin(incident);
  if (!recorded || Object.keys(incident.status?.effects ?? {}).length === 0) return undefined;
  return decideOrigin(incident, install, all).uid === recorded.uid ? undefined : recorded;
}

/** Why nothing is done for a copy, or for its updates. */
export const copyReason = ({ namespace, name }: Origin): Reason => ({
  reason: 'CopiedWithStatus',
  message: `It is a copy of Incident ${namespace}/${name} with that one's status: the channel, tickets and record in it are not its own, so nothing is done for it. Delete it, which leaves them alone, and apply it without its status.`,
});

/** The annotation says so already. */
export const isAnnotated = (incident: Incident, origin: Origin): boolean =>
  canonical(annotatedOrigin(incident)) === canonical(origin);

/** Compares as text; the lowest has the best claim: who was born with it, who has it in status, who has its name, who is oldest. */
function claimOn(incident: Incident, origin: Origin): string {
  const { uid, name, namespace, creationTimestamp } = incident.metadata;
  if (uid === origin.uid) return '0';
  if (recordedOrigin(incident)?.uid !== origin.uid) return 'none';
  if (incident.status?.identity?.uid === origin.uid) return `1 ${creationTimestamp} ${uid}`;
  return `${name === origin.name && namespace === origin.namespace ? 2 : 3} ${creationTimestamp} ${uid}`;
}

function newOrigin(incident: Incident, install: string): Origin {
  const { namespace, name, uid } = incident.metadata;
  return { install, namespace, name, uid, ...(firstSeenResolved(incident) ? { backfill: true } : {}) };
}

/** By which its updates know it: its own, or after a restore the one under which it was declared. */
export const originUid = (incident: Incident): string => recordedOrigin(incident)?.uid ?? incident.metadata.uid;

/** An update that names a uid is not told of a later incident of the same name. */
export function isUpdateOf({ metadata, spec: { incidentRef } }: IncidentUpdate, incident: Incident): boolean {
  const { namespace, name, uid } = incident.metadata;
  if (metadata.namespace !== namespace || incidentRef.name !== name) return false;
  return incidentRef.uid === undefined || incidentRef.uid === uid || incidentRef.uid === originUid(incident);
}

/** Applied again from Git: nothing happens. */
export const isArchived = (incident: Incident): boolean => incident.metadata.annotations?.[recordAnnotation] === 'true';

/** Something past, of which nobody is told: said so, or Resolved when it was first seen. */
export function isBackfill(incident: Incident): boolean {
  const origin = recordedOrigin(incident);
  return incident.spec.mode === 'Backfill' || (origin ? origin.backfill === true : firstSeenResolved(incident));
}

const firstSeenResolved = (incident: Incident): boolean =>
  incident.spec.state === 'Resolved' && incident.status?.applied === undefined;

/** Status first: it cannot vanish there, and an annotation is dropped by any `kubectl replace`. */
const recordedOrigin = (incident: Incident): Origin | undefined =>
  incident.status?.identity ?? annotatedOrigin(incident);

function annotatedOrigin(incident: Incident): Origin | undefined {
  const text = incident.metadata.annotations?.[identityAnnotation];
  if (!text) return undefined;
  try {
    return originIn(JSON.parse(text));
  } catch {
    return undefined;
  }
}

/** What status has a place for; undefined where status, or a name that the uid is part of, would be refused for it. */
function originIn(value: unknown): Origin | undefined {
  if (value === null || typeof value !== 'object') return undefined;
  const { install, namespace, name, uid, backfill }: Partial<Record<keyof Origin, unknown>> = value;
  if (!fits(install) || !fits(namespace) || !fits(name)) return undefined;
  if (typeof uid !== 'string' || !/^[a-z0-9-]{1,64}$/.test(uid)) return undefined;
  if (backfill !== undefined && typeof backfill !== 'boolean') return undefined;
  return { install, namespace, name, uid, ...(backfill === undefined ? {} : { backfill }) };
}

/** Bounds of status.identity: crds/incidents.yaml. */
const fits = (value: unknown): value is string =>
  typeof value === 'string' && value.isWellFormed() && Array.from(value).length <= 253;
