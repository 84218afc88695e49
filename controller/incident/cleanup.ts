import type { Incident } from '../api/incident.gen.ts';
import { cleanupFinalizer } from '../api/names.ts';
import type { Reach } from '../capabilities/reach.ts';
import { minutes, type Clock, type Duration } from '../runtime/clock.ts';
import type { ReasonName } from '../runtime/reasons.ts';
import { abandonment, leftBehind } from './phases/farewell.ts';
import type { IncidentScope } from './scope.ts';

export interface CleanupDeps {
  readonly clock: Clock;
  /** Default: two minutes. */
  readonly cleanupMost?: Duration;
  reach(namespace: string): Reach;
  /** What is recorded of its effects, with what landed since. */
  entries(incident: Incident): IncidentScope['entries'];
  /** All that are there. */
  incidents(): readonly Incident[];
  /** A merge patch on metadata, fenced by the object's resourceVersion. */
  writeMetadata(incident: Incident, metadata: Readonly<Record<string, unknown>>): Promise<Incident>;
  event(incident: Incident, type: 'Normal' | 'Warning', reason: ReasonName, message: string): void;
}

const usualMost: Duration = minutes(2);

/** Deleted incidents of this process: when each was first seen deleted, and the end of its finalizer. */
export class Cleanups {
  readonly #deps: CleanupDeps;
  /**
   * By uid. Monotonic, from when this process saw the deletion: clocks of the cluster may differ from ours, and a process
   * that takes over gets the whole time to try.
   */
  readonly #seen = new Map<string, { readonly at: Duration; told: boolean }>();

  constructor(deps: CleanupDeps) {
    this.#deps = deps;
  }

  /**
   * Before everything else, so that nothing that goes wrong later keeps the object: lets it go once its channel is done
   * with, or is to be left as it is. No other effect is waited for.
   */
  async prepare(incident: Incident): Promise<Incident> {
    const { namespace } = incident.metadata;
    const seen = this.#see(incident);
    const scope = {
      incident,
      entries: this.#deps.entries(incident),
      reach: this.#deps.reach(namespace),
      cleanupLeft: this.#left(seen.at),
    };
    const why = abandonment(scope);
    if (!hasFinalizer(incident) || (why === undefined && leftBehind(scope) !== undefined)) return incident;
    if (why !== undefined && !seen.told) this.#deps.event(incident, 'Warning', 'CleanupAbandoned', why);
    seen.told ||= why !== undefined;
    return this.removeFinalizer(incident);
  }

  /** For the scope of a deleted incident. */
  scopeOf(incident: Incident): Pick<IncidentScope, 'cleanupLeft'> {
    const seen = this.#seen.get(incident.metadata.uid);
    return seen ? { cleanupLeft: this.#left(seen.at) } : {};
  }

  /** Takes our finalizer away, if it is there. */
  async removeFinalizer(incident: Incident): Promise<Incident> {
    if (!hasFinalizer(incident)) return incident;
    const finalizers = incident.metadata.finalizers?.filter((finalizer) => finalizer !== cleanupFinalizer);
    return this.#deps.writeMetadata(incident, { finalizers });
  }

  #see({ metadata: { uid } }: Incident): { readonly at: Duration; told: boolean } {
    const known = this.#seen.get(uid);
    if (known) return known;
    const there = new Set(this.#deps.incidents().map(({ metadata }) => metadata.uid));
    for (const other of this.#seen.keys()) if (!there.has(other)) this.#seen.delete(other);
    const seen = { at: this.#deps.clock.monotonic(), told: false };
    this.#seen.set(uid, seen);
    return seen;
  }

  #left = (since: Duration): Duration => since + (this.#deps.cleanupMost ?? usualMost) - this.#deps.clock.monotonic();
}

const hasFinalizer = ({ metadata }: Incident): boolean => metadata.finalizers?.includes(cleanupFinalizer) === true;
