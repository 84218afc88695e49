import type { Draft } from '../api/meta.ts';
import type { Incident } from '../api/incident.gen.ts';
import type { IncidentUpdate } from '../api/incident-update.gen.ts';
import type { ResponsePolicy } from '../api/response-policy.gen.ts';
import type { Act } from './act.ts';

/** An object to be created under a name that is known beforehand. */
export type NamedDraft<T extends { apiVersion: string; kind: string; spec: unknown }> = Draft<T> & {
  metadata: { name: string; namespace: string };
};

/** Our kinds as verbs read and write them. Reads come from caches, writes go to the API server. */
export interface Store {
  /** Every watch stands: the caches are as the API server is. */
  connected(): boolean;
  incidents(namespace: string): readonly Incident[];
  incident(namespace: string, name: string): Incident | undefined;
  updates(incident: Incident): readonly IncidentUpdate[];
  policies(namespace: string): readonly ResponsePolicy[];
  /** It is labelled so: nothing of it is shown in lists. */
  isPrivate(namespace: string): Promise<boolean>;
  /** Throws as act() does. */
  act(act: Act): Promise<Incident>;
  /** Creates it, or returns what has that name already. Throws KubeError, KubeUnreachable. */
  declare(draft: NamedDraft<Incident>): Promise<{ object: Incident; created: boolean }>;
  record(draft: NamedDraft<IncidentUpdate>): Promise<{ object: IncidentUpdate; created: boolean }>;
}

/** What a person wants of the API server, as kubectl would ask for it. */
export interface Want {
  readonly verb: 'create' | 'patch';
  readonly resource: 'incidents' | 'incidentupdates';
  readonly namespace: string;
  readonly name?: string;
}

/** authorization.k8s.io/v1 SubjectAccessReview.spec. */
export interface Review {
  readonly user: string;
  readonly groups: readonly string[];
  readonly resourceAttributes: Want & { readonly group: string };
}

/** The cluster as a way in sees it: what verbs read and write, who may, and what becomes of an incident. */
export interface LiveStore extends Store {
  /** Namespaces whose incidents are served. */
  readonly namespaces: readonly string[];
  review(review: Review): Promise<boolean>;
  /** Resolves with the incident once `is` holds of it in the cache; undefined when it does not in time, or it is gone. */
  until(
    namespace: string,
    name: string,
    is: (incident: Incident) => boolean,
    signal: AbortSignal,
  ): Promise<Incident | undefined>;
}
