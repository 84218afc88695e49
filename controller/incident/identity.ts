import type { Incident } from '../api/incident.gen.ts';
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

/** Applied again from Git: nothing happens. */
export const isRecord = (incident: Incident): boolean => incident.metadata.annotations?.[recordAnnotation] === 'true';

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
