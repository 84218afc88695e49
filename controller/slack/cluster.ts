import type { Incident } from '../api/incident.gen.ts';
import type { Store } from '../act/store.ts';
import type { Review } from './rights.ts';

/** What the listeners know of the cluster, and how they write to it. */
export interface Cluster extends Store {
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
