import { backoff } from './backoff.ts';
import type { Clock, Duration } from './clock.ts';
import { seconds } from './clock.ts';
import type { List, ListOptions, Selector, WatchOptions } from './kube.ts';
import { KubeError, KubeUnreachable } from './kube-errors.ts';
import { compareVersions, type KubeObject, type Resource } from './kube-object.ts';
import { endsInitialEvents, type WatchEvent } from './kube-watch.ts';
import type { Store } from './store.ts';

/** What a reflector asks of a KubeClient. */
export interface Source<T extends KubeObject> {
  list(resource: Resource, options: ListOptions): Promise<List<T>>;
  watch(resource: Resource, options: WatchOptions): AsyncIterable<WatchEvent<T>>;
}

export interface ReflectorOptions<T extends KubeObject> extends Selector {
  readonly client: Source<NoInfer<T>>;
  readonly resource: Resource;
  /** Absent: all namespaces. */
  readonly namespace?: string | undefined;
  readonly store: Store<T>;
  readonly clock: Clock;
  readonly random?: () => number;
  /** The first wait before connecting again, doubled for each failure in a row up to `longestWait`. Default: 200 ms, 5 s. */
  readonly shortestWait?: Duration;
  readonly longestWait?: Duration;
  /** Silence after which a connection counts as dead. Default: 3 min; seen: a first bookmark after two minutes, then one a minute. */
  readonly idle?: Duration;
  /** What went wrong; the reflector goes on by itself. */
  onProblem?(error: unknown): void;
}

/** The server is asked to end each watch after 5 to 10 minutes, as client-go does, so that load spreads over its replicas. */
const watchSeconds = (random: number): number => Math.round(300 + random * 300);
/** A watch that lived so long was a healthy one: the next is opened without waiting. */
const healthy: Duration = seconds(5);

/**
 * Keeps a store equal to what the API server has: a list (streamed where the server can), then a watch from its version on,
 * again and again until stopped. After a break it resumes where it was; when that is too far back (410) it lists anew and
 * finds what was deleted meanwhile.
 */
export class Reflector<T extends KubeObject> {
  readonly #options: ReflectorOptions<T>;
  readonly #abort = new AbortController();
  readonly #synced = Promise.withResolvers<void>();
  #running: Promise<void> | undefined;
  /** Everything up to here is in the store; absent: a list is needed. */
  #version: string | undefined;
  #streams = true;
  #connected = false;
  #failures = 0;

  constructor(options: ReflectorOptions<T>) {
    this.#options = options;
  }

  start(): void {
    this.#running ??= this.#run();
  }

  /** Resolves when the first list is in the store. It waits for as long as it takes. */
  synced(): Promise<void> {
    return this.#synced.promise;
  }

  /** The watch stands: the store is at most as old as the silence that is tolerated. */
  get connected(): boolean {
    return this.#connected;
  }

  async stop(): Promise<void> {
    this.#abort.abort();
    await this.#running;
  }

  async #run(): Promise<void> {
    const { clock, random = Math.random, shortestWait = 200, longestWait = seconds(5) } = this.#options;
    while (!this.#abort.signal.aborted) {
      const began = clock.monotonic();
      try {
        await (this.#version === undefined && !this.#streams ? this.#page() : this.#watch());
      } catch (error) {
        this.#failed(error);
      }
      this.#connected = false;
      // A server that ends each watch at once without an error must not be asked without end.
      this.#failures = clock.monotonic() - began >= healthy ? 0 : this.#failures + 1;
      await this.#pause(backoff(this.#failures, { base: shortestWait, most: longestWait, random }));
    }
  }

  async #page(): Promise<void> {
    const { client, resource, namespace, labelSelector, fieldSelector, store } = this.#options;
    const { signal } = this.#abort;
    const list = await client.list(resource, { namespace, labelSelector, fieldSelector, signal });
    store.replace(list.items, list.resourceVersion);
    this.#listed(list.resourceVersion);
    await this.#watch();
  }

  /** From the known version on; without one, as a streaming list first. */
  async #watch(): Promise<void> {
    const { client, resource, namespace, labelSelector, fieldSelector, random = Math.random } = this.#options;
    const initial: T[] = [];
    const events = client.watch(resource, {
      namespace,
      labelSelector,
      fieldSelector,
      signal: this.#abort.signal,
      idle: this.#options.idle ?? seconds(180),
      timeoutSeconds: watchSeconds(random()),
      opened: () => (this.#connected = this.#version !== undefined),
      ...(this.#version === undefined ? { sendInitialEvents: true } : { resourceVersion: this.#version }),
    });
    for await (const event of events) {
      if (this.#version === undefined) this.#collect(initial, event);
      else this.#take(event, this.#version);
    }
  }

  /** One of the initial events of a streaming list. They are no state to resume from before all of them are there. */
  #collect(initial: T[], event: WatchEvent<T>): void {
    if (event.type !== 'BOOKMARK') {
      initial.push(event.object);
      return;
    }
    if (!endsInitialEvents(event)) return;
    const version = event.object.metadata.resourceVersion ?? '0';
    this.#options.store.replace(initial, version);
    this.#listed(version);
  }

  #take({ type, object }: WatchEvent<T>, former: string): void {
    const { store } = this.#options;
    const version = object.metadata.resourceVersion;
    if (version === undefined) throw new KubeUnreachable('CUT', 'a watch event has no version');
    // Behind where we are: the cluster was restored from a backup, and until it has caught up nothing of it would be shown.
    if (compareVersions(version, former) < 0)
      throw new KubeError(410, 'Expired', `the cluster went back to version ${version}`);
    if (type === 'BOOKMARK') store.progress(version);
    else if (type === 'DELETED') store.delete(object);
    else store.upsert(object);
    this.#version = version;
  }

  #listed(version: string): void {
    this.#version = version;
    this.#connected = true;
    this.#synced.resolve();
  }

  #failed(error: unknown): void {
    if (error instanceof KubeError) {
      if (error.status === 410) this.#version = undefined;
      // A server without streaming lists calls the parameter invalid. https://kubernetes.io/docs/reference/using-api/api-concepts/#streaming-lists
      else if (this.#version === undefined && (error.status === 422 || error.status === 400)) this.#streams = false;
    }
    this.#options.onProblem?.(error);
  }

  #pause(delay: Duration): Promise<void> {
    const { signal } = this.#abort;
    if (signal.aborted) return Promise.resolve();
    return new Promise((resolve) => {
      const wake = (): void => {
        cancel();
        signal.removeEventListener('abort', wake);
        resolve();
      };
      const cancel = this.#options.clock.after(delay, wake);
      signal.addEventListener('abort', wake, { once: true });
    });
  }
}
