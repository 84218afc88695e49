// Generated from crds/ by tools/generate.ts. Do not edit.
import type { Incident } from './incident.gen.ts';
import type { IncidentUpdate } from './incident-update.gen.ts';
import type { Integration } from './integration.gen.ts';
import type { ResponsePolicy } from './response-policy.gen.ts';

/** Our kinds and the types of their objects. */
export interface Kinds {
  Incident: Incident;
  IncidentUpdate: IncidentUpdate;
  Integration: Integration;
  ResponsePolicy: ResponsePolicy;
}
export type KindName = keyof Kinds;

/** Each kind's name in paths of the API server. */
export const plurals = {
  Incident: 'incidents',
  IncidentUpdate: 'incidentupdates',
  Integration: 'integrations',
  ResponsePolicy: 'responsepolicies',
} as const satisfies Record<KindName, string>;
