import type { KindName, Kinds } from '../api/kinds.gen.ts';
import type { Clock, Duration } from '../runtime/clock.ts';
import type { KubeClient } from '../runtime/kube.ts';
import { Reflector } from '../runtime/reflector.ts';
import { Store, withoutManagedFields, type Listener } from '../runtime/store.ts';
import { resourceOf } from './resources.ts';

export interface CacheOptions<T> {
  readonly client: KubeClient;
  readonly clock: Clock;
  readonly namespaces: readonly string[];
  /** Silence after which a watch counts as dead. */
  readonly idle: Duration;
  readonly indexes?: Readonly<Record<string, (object: T) => readonly string[]>>;
  /** What is kept of an object. Default: all but managedFields. */
  readonly project?: (object: T) => T;
  onProblem(error: unknown): void;
}

/** All objects of one kind in the namespaces that are served, kept equal to the API server's. */
export class Cache<K extends KindName> {
  readonly #stores = new Map<string, Store<Kinds[K]>>();
  readonly #reflectors: Reflector<Kinds[K]>[] = [];
  readonly #project: (object: Kinds[K]) => Kinds[K];

  constructor(kind: K, options: CacheOptions<Kinds[K]>) {
    const { client, clock, namespaces, idle, indexes, project = withoutManagedFields } = options;
    this.#project = project;
    for (const namespace of new Set(namespaces)) {
      const store = new Store<Kinds[K]>({ project, ...(indexes ? { indexes } : {}) });
      this.#stores.set(namespace, store);
      this.#reflectors.push(
        new Reflector({
          client,
          clock,
          resource: resourceOf(kind),
          namespace,
          store,
          idle,
          onProblem: (error) => options.onProblem(error),
        }),
      );
    }
  }

  start(): void {
    for (const reflector of this.#reflectors) reflector.start();
  }

  async synced(): Promise<void> {
    await Promise.all(this.#reflectors.map((r) => r.synced()));
  }

  async stop(): Promise<void> {
    await Promise.all(this.#reflectors.map((r) => r.stop()));
  }

  /** Every watch stands. */
  get connected(): boolean {
    return this.#reflectors.every((r) => r.connected);
  }

  get(namespace: string, name: string): Kinds[K] | undefined {
    return this.#stores.get(namespace)?.get(`${namespace}/${name}`);
  }

  list(namespace?: string): Kinds[K][] {
    if (namespace !== undefined) return this.#stores.get(namespace)?.list() ?? [];
    return [...this.#stores.values()].flatMap((store) => store.list());
  }

  byIndex(index: string, namespace: string, value: string): Kinds[K][] {
    return this.#stores.get(namespace)?.byIndex(index, value) ?? [];
  }

  /** The answer to a write of ours; returns what is kept of it. */
  observe(object: Kinds[K]): Kinds[K] {
    const kept = this.#project(object);
    this.#stores.get(object.metadata.namespace)?.observe(kept);
    return kept;
  }

  /** The returned function ends it. */
  onChange(listener: Listener<Kinds[K]>): () => void {
    const ends = [...this.#stores.values()].map((store) => store.onChange(listener));
    return () => ends.forEach((end) => end());
  }
}
