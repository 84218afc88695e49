import type { Act } from '../act/act.ts';
import type { Draft } from '../api/meta.ts';
import type { Incident } from '../api/incident.gen.ts';
import type { IncidentUpdate } from '../api/incident-update.gen.ts';
import type { ResponsePolicy } from '../api/response-policy.gen.ts';
import type { Review } from './rights.ts';

export type Named<T extends { apiVersion: string; kind: string; spec: unknown }> = Draft<T> & {
  metadata: { name: string; namespace: string };
};

/** What the front doors know of the cluster, and how they write to it. Reads come from caches, writes go to the API server. */
export interface Cluster {
  /** Every watch stands: the caches are as the API server is. */
  connected(): boolean;
  /** Namespaces whose incidents are served. */
  readonly namespaces: readonly string[];
  incidents(namespace: string): readonly Incident[];
  incident(namespace: string, name: string): Incident | undefined;
  updates(incident: Incident): readonly IncidentUpdate[];
  policies(namespace: string): readonly ResponsePolicy[];
  /** It is labelled so: nothing of it is shown in lists. */
  isPrivate(namespace: string): Promise<boolean>;
  /** Throws as act() does. */
  act(act: Act): Promise<Incident>;
  /** Creates it, or returns what has that name already. Throws KubeError, KubeUnreachable. */
  declare(draft: Named<Incident>): Promise<{ object: Incident; created: boolean }>;
  record(draft: Named<IncidentUpdate>): Promise<{ object: IncidentUpdate; created: boolean }>;
  review(review: Review): Promise<boolean>;
  /** Resolves with the incident once `is` holds of it in the cache; undefined when it does not in time, or it is gone. */
  until(
    namespace: string,
    name: string,
    is: (incident: Incident) => boolean,
    signal: AbortSignal,
  ): Promise<Incident | undefined>;
}
