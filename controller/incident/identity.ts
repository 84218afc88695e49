import type { Incident } from '../api/incident.gen.ts';
import type { IncidentUpdate } from '../api/incident-update.gen.ts';
import { identityAnnotation, recordAnnotation } from '../api/names.ts';
import type { Identity } from '../runtime/effect.ts';

/** What was first seen of an incident; written once, before anything is sent. */
export interface Origin extends Identity {
  /** It was Resolved when first seen: it is a record of something past, and sends nothing. */
  readonly backfill?: boolean;
}

/** The annotation's value, else what it will be. */
export function originOf(incident: Incident, install: string): Origin {
  const { namespace, name, uid } = incident.metadata;
  return (
    readOrigin(incident) ?? {
      install,
      namespace,
      name,
      uid,
      ...(firstSeenResolved(incident) ? { backfill: true } : {}),
    }
  );
}

/**
 * What the annotation must be; undefined when it is so already. Restored from a backup (another uid, and the old one is
 * gone) an incident keeps it; a copy, whose original still lives, gets one of its own.
 */
export function originToWrite(
  incident: Incident,
  install: string,
  alive: (uid: string) => boolean,
): Origin | undefined {
  const { namespace, name, uid } = incident.metadata;
  const written = readOrigin(incident);
  if (written && (written.uid === uid || !alive(written.uid))) return undefined;
  return { install, namespace, name, uid, ...(firstSeenResolved(incident) ? { backfill: true } : {}) };
}

/** By which its updates know it: its own, or after a restore the one under which it was declared. */
export const originUid = (incident: Incident): string => readOrigin(incident)?.uid ?? incident.metadata.uid;

/** An update that names a uid is not told of a later incident of the same name. */
export function isUpdateOf({ metadata, spec: { incidentRef } }: IncidentUpdate, incident: Incident): boolean {
  const { namespace, name, uid } = incident.metadata;
  if (metadata.namespace !== namespace || incidentRef.name !== name) return false;
  return incidentRef.uid === undefined || incidentRef.uid === uid || incidentRef.uid === originUid(incident);
}

/** Applied again from Git: nothing happens. */
export const isRecord = (incident: Incident): boolean => incident.metadata.annotations?.[recordAnnotation] === 'true';

/** Something past, of which nobody is told: said so, or Resolved when it was first seen. */
export function isBackfill(incident: Incident): boolean {
  const origin = readOrigin(incident);
  return incident.spec.mode === 'Backfill' || (origin ? origin.backfill === true : firstSeenResolved(incident));
}

const firstSeenResolved = (incident: Incident): boolean =>
  incident.spec.state === 'Resolved' && incident.status?.applied === undefined;

function readOrigin(incident: Incident): Origin | undefined {
  const text = incident.metadata.annotations?.[identityAnnotation];
  if (!text) return undefined;
  try {
    const value: unknown = JSON.parse(text);
    return isOrigin(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

function isOrigin(value: unknown): value is Origin {
  if (value === null || typeof value !== 'object') return false;
  const fields = new Map<string, unknown>(Object.entries(value));
  return ['install', 'namespace', 'name', 'uid'].every((field) => typeof fields.get(field) === 'string');
}
