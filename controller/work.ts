import type { Caches } from './cluster/caches.ts';
import { priorityOf } from './incident/scope.ts';
import type { Log } from './log.ts';
import type { Clock, Duration } from './runtime/clock.ts';
import { KubeError } from './runtime/kube-errors.ts';
import { keyOf, splitKey, type KubeObject } from './runtime/kube-object.ts';
import { WorkQueue } from './runtime/queue.ts';
import type { Metrics } from './server/metrics.ts';

export interface WorkDeps {
  readonly clock: Clock;
  readonly log: Log;
  readonly metrics: Metrics;
  readonly caches: Caches;
}

/** The kinds that are reconciled. */
export type WorkKind = 'Incident' | 'IncidentUpdate' | 'Integration';

/** Resolves with when to come again without a change, if at all. */
export type Reconcile = (namespace: string, name: string) => Promise<{ readonly after?: Duration }>;

/** Which object is reconciled when: a queue for each kind, and what wakes whom when the cluster changes. */
export class Work {
  readonly #deps: WorkDeps;
  readonly #queues: Readonly<Record<WorkKind, WorkQueue>>;

  constructor(deps: WorkDeps) {
    this.#deps = deps;
    this.#queues = {
      Incident: this.#queue('Incident'),
      IncidentUpdate: this.#queue('IncidentUpdate'),
      Integration: this.#queue('Integration'),
    };
    this.#subscribe();
    deps.metrics.depths(() =>
      Object.fromEntries(Object.entries(this.#queues).map(([kind, queue]) => [kind, queue.depth])),
    );
  }

  /** As soon as possible; with `after`, once that has passed. */
  add(kind: WorkKind, key: string, after: Duration = 0): void {
    this.#queues[kind].addAfter(key, after);
  }

  /** Incidents and their updates. Without a namespace: in all of them. */
  wakeAll(namespace?: string): void {
    const { incidents, updates } = this.#deps.caches;
    this.#addEach('Incident', incidents.list(namespace));
    this.#addEach('IncidentUpdate', updates.list(namespace));
  }

  /** Begins with all that the cache holds. */
  run(kind: WorkKind, reconcile: Reconcile, workers: number): void {
    const { incidents, updates, integrations } = this.#deps.caches;
    this.#addEach(kind, { Incident: incidents, IncidentUpdate: updates, Integration: integrations }[kind].list());
    const queue = this.#queues[kind];
    queue.run(async (key) => {
      const { namespace, name } = splitKey(key);
      const verdict = await this.#attempt(kind, key, () => reconcile(namespace, name));
      if (verdict === undefined) return;
      queue.forget(key);
      if (verdict.after !== undefined) queue.addAfter(key, verdict.after);
    }, workers);
  }

  /** Nothing of this kind is in line or under way. */
  async idle(kind: WorkKind): Promise<void> {
    await this.#queues[kind].idle();
  }

  /** What is under way is waited for. */
  async stop(): Promise<void> {
    await Promise.all([this.#queues.Incident.stop(), this.#queues.IncidentUpdate.stop()]);
    await this.#queues.Integration.stop();
  }

  /** undefined: the write was overtaken, and the key comes again by itself. */
  async #attempt<V>(kind: WorkKind, key: string, work: () => Promise<V>): Promise<V | undefined> {
    const { clock, metrics } = this.#deps;
    const began = clock.monotonic();
    const took = (): number => (clock.monotonic() - began) / 1_000;
    try {
      const verdict = await work();
      metrics.reconciled(kind, 'success', took());
      return verdict;
    } catch (error) {
      const status = error instanceof KubeError ? error.status : 0;
      metrics.reconciled(kind, status === 409 || status === 404 ? 'requeue_after' : 'error', took());
      // Somebody else wrote first; what they wrote is in the cache by now.
      if (status === 409) this.#queues[kind].add(key);
      // It is gone, and the watch has not said so yet.
      else if (status === 404) this.#queues[kind].retry(key);
      else throw error;
      return undefined;
    }
  }

  #subscribe(): void {
    const { caches } = this.#deps;
    caches.incidents.onChange((key, incident) => {
      this.#queues.Incident.add(key, incident ? { priority: priorityOf(incident) } : {});
      this.#addEach('IncidentUpdate', caches.updatesNamed(splitKey(key)));
    });
    caches.updates.onChange((key, update, old) => {
      this.add('IncidentUpdate', key);
      const incident = (update ?? old)?.spec.incidentRef.name;
      if (incident !== undefined) this.add('Incident', `${splitKey(key).namespace}/${incident}`);
    });
    caches.policies.onChange((key) => this.wakeAll(splitKey(key).namespace));
    caches.integrations.onChange((key) => this.add('Integration', key));
  }

  #queue(kind: WorkKind): WorkQueue {
    const { clock, log } = this.#deps;
    return new WorkQueue({ clock, onError: (key, error) => log.error('reconcile-failed', { kind, key, error }) });
  }

  #addEach(kind: WorkKind, objects: readonly KubeObject[]): void {
    for (const object of objects) this.add(kind, keyOf(object));
  }
}
