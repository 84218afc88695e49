import type { Incident, IncidentSpec, IncidentStatus } from '../../controller/api/incident.gen.ts';
import type { IncidentUpdate, IncidentUpdateSpec } from '../../controller/api/incident-update.gen.ts';
import type { ObjectMeta } from '../../controller/api/meta.ts';
import type { Entry } from '../../controller/runtime/effect.ts';

export interface IncidentParts {
  readonly metadata?: Partial<ObjectMeta>;
  readonly spec?: Partial<IncidentSpec>;
  /** Replaces the whole status; null: none, as before the controller has seen it. */
  readonly status?: IncidentStatus | null;
}

const uid = '6f1c7c54-3d55-4a0c-9a51-5b4f4ce3a1d1';
const declaredAt = '2026-02-03T10:55:12Z';

/** An incident as the API server hands it out a moment after it got its number. */
export function anIncident({ metadata, spec, status }: IncidentParts = {}): Incident {
  const known: IncidentStatus = {
    observedGeneration: 1,
    number: 1,
    id: 'INC-00001',
    timestamps: { declaredAt: metadata?.creationTimestamp ?? declaredAt },
  };
  const filled = status === undefined ? known : status;
  return {
    apiVersion: 'allclear.dev/v1alpha1',
    kind: 'Incident',
    metadata: {
      name: 'mobile-app-login',
      namespace: 'default',
      uid,
      resourceVersion: '1',
      generation: 1,
      creationTimestamp: declaredAt,
      ...metadata,
    },
    spec: {
      title: 'Mobile app login errors',
      severity: 'SEV2',
      state: 'Investigating',
      mode: 'Live',
      escalation: { level: 0 },
      deletionPolicy: 'Leave',
      ...spec,
    },
    ...(filled === null ? {} : { status: filled }),
  };
}

export interface UpdateParts {
  readonly metadata?: Partial<ObjectMeta>;
  readonly spec?: Partial<IncidentUpdateSpec>;
  readonly effects?: Readonly<Record<string, Entry>>;
}

/** A timeline entry of `anIncident()`. */
export function anUpdate({ metadata, spec, effects }: UpdateParts = {}): IncidentUpdate {
  return {
    apiVersion: 'allclear.dev/v1alpha1',
    kind: 'IncidentUpdate',
    metadata: {
      name: 'mobile-app-login-6f1c7c54-t1',
      namespace: 'default',
      uid: '0d3a44e2-5a0e-4d7d-8a49-54f0c1d0a001',
      resourceVersion: '1',
      generation: 1,
      creationTimestamp: declaredAt,
      ...metadata,
    },
    spec: {
      incidentRef: { name: 'mobile-app-login', uid },
      type: 'Note',
      text: 'Looking.',
      audience: 'Responders',
      ...spec,
    },
    ...(effects === undefined ? {} : { status: { effects: { ...effects } } }),
  };
}

/** An effect that was done at once. */
export function anEntry(kind: string, parts: Partial<Entry> = {}): Entry {
  return { kind, state: 'Done', attempt: 1, since: declaredAt, at: declaredAt, ...parts };
}
