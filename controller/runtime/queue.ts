import { backoff } from './backoff.ts';
import type { Clock, Duration } from './clock.ts';
import { seconds } from './clock.ts';
import { Heap } from './queue-heap.ts';

export interface QueueOptions {
  readonly clock: Clock;
  readonly random?: () => number;
  /** The first wait of `retry`, doubled for each failure in a row up to `longestWait`. Default: 500 ms, 5 min. */
  readonly shortestWait?: Duration;
  readonly longestWait?: Duration;
  /** Of keys that nobody gave one. 1 is served first. Default: 3. */
  readonly priority?: number;
  /** To have waited so long is worth one level of priority, so that nothing starves. Default: 10 s. */
  readonly aging?: Duration;
  /** The worker threw. The key is retried by itself. */
  onError?(key: string, error: unknown): void;
  /** For metrics. `start`: how long it waited. `done`: how long it took. `retry`: how long it will wait. */
  report?(what: 'add' | 'start' | 'done' | 'retry', key: string, duration: Duration): void;
}

export interface AddOptions {
  /** 1 is served first. Absent: the key's last one, else the queue's. The better one counts when it is queued twice. */
  readonly priority?: number | undefined;
}

export type Worker = (key: string) => Promise<void>;

interface Item {
  readonly key: string;
  priority: number;
  failures: number;
  /** In line; a former place of the same key does not count any more. */
  place: Place | undefined;
  wake: Wake | undefined;
  processing: boolean;
  /** Monotonic; added while it was processed. */
  againSince: Duration | undefined;
}

interface Place {
  readonly item: Item;
  /** Time of queueing plus what the priority costs: all age alike, so the order of two never changes. */
  readonly score: number;
  readonly order: number;
  readonly since: Duration;
}

interface Wake {
  readonly item: Item;
  readonly at: Duration;
}

/**
 * Keys to be worked on: each at most once in line, and never by two workers at a time. A key that is added while it is
 * worked on comes again afterwards.
 */
export class WorkQueue {
  readonly #options: QueueOptions;
  readonly #items = new Map<string, Item>();
  readonly #line = new Heap<Place>((a, b) => a.score < b.score || (a.score === b.score && a.order < b.order));
  readonly #wakes = new Heap<Wake>((a, b) => a.at < b.at);
  readonly #idle = new Set<() => void>();
  #timer: { readonly at: Duration; cancel(): void } | undefined;
  #worker: Worker | undefined;
  #concurrency = 1;
  #queued = 0;
  #processing = 0;
  #order = 0;
  #pumping = false;
  #stopped = false;

  constructor(options: QueueOptions) {
    this.#options = options;
  }

  /** Keys in line, without those that wait for their time. */
  get depth(): number {
    return this.#queued;
  }

  get processing(): number {
    return this.#processing;
  }

  /** As soon as possible. Of no effect after `stop`. */
  add(key: string, options: AddOptions = {}): void {
    if (this.#stopped) return;
    const item = this.#item(key);
    const now = this.#options.clock.monotonic();
    const waits = item.place !== undefined || item.againSince !== undefined;
    const priority = options.priority ?? item.priority;
    // A better priority is for the turn that is due; a worse one must not hold up what others asked for.
    item.priority = waits ? Math.min(priority, item.priority) : priority;
    if (!waits) this.#options.report?.('add', key, 0);
    if (item.processing) item.againSince ??= now;
    else this.#enqueue(item, item.place?.since ?? now);
  }

  /** Once `delay` has passed, never before. Of several times for one key the earliest counts. */
  addAfter(key: string, delay: Duration, options: AddOptions = {}): void {
    if (Number.isNaN(delay)) throw new RangeError(`no delay for ${key}`);
    if (delay <= 0) this.add(key, options);
    if (delay <= 0 || this.#stopped) return;
    const item = this.#item(key);
    if (options.priority !== undefined && !item.place) item.priority = options.priority;
    const at = this.#options.clock.monotonic() + delay;
    if (item.wake && item.wake.at <= at) return;
    item.wake = { item, at };
    this.#wakes.push(item.wake);
    this.#arm();
  }

  /** After a failure: later each time in a row. Returns the delay. */
  retry(key: string, options: AddOptions = {}): Duration {
    const { random = Math.random, shortestWait: base = 500, longestWait: most = seconds(300) } = this.#options;
    const item = this.#item(key);
    item.failures++;
    const delay = backoff(item.failures, { base, most, random });
    this.#options.report?.('retry', key, delay);
    this.addAfter(key, delay, options);
    return delay;
  }

  /** It went well: the next failure is the first one again. */
  forget(key: string): void {
    const item = this.#items.get(key);
    if (!item) return;
    item.failures = 0;
    this.#drop(item);
  }

  failures(key: string): number {
    return this.#items.get(key)?.failures ?? 0;
  }

  /** Starts working, on so many keys at a time. */
  run(worker: Worker, concurrency: number): void {
    if (this.#worker) throw new Error('the queue runs already');
    this.#worker = worker;
    this.#concurrency = concurrency;
    this.#pump();
  }

  /** Resolves when nothing is in line and nothing is worked on; what waits for its time does not count. */
  idle(): Promise<void> {
    if (this.#queued + this.#processing === 0) return Promise.resolve();
    return new Promise((resolve) => this.#idle.add(resolve));
  }

  /** Takes in nothing more, drops what waits for its time, and resolves when all that is in line has been worked on. */
  async stop(): Promise<void> {
    this.#stopped = true;
    this.#timer?.cancel();
    this.#timer = undefined;
    if (this.#worker) await this.idle();
    this.#items.clear();
  }

  #item(key: string): Item {
    let item = this.#items.get(key);
    if (!item) {
      const priority = this.#options.priority ?? 3;
      item = {
        key,
        priority,
        failures: 0,
        place: undefined,
        wake: undefined,
        processing: false,
        againSince: undefined,
      };
      if (!this.#stopped) this.#items.set(key, item);
    }
    return item;
  }

  #drop(item: Item): void {
    if (!item.place && !item.wake && !item.processing && item.failures === 0) this.#items.delete(item.key);
  }

  #enqueue(item: Item, since: Duration): void {
    const score = since + item.priority * (this.#options.aging ?? seconds(10));
    if (item.place && item.place.score <= score) return;
    if (!item.place) this.#queued++;
    item.place = { item, score, since, order: this.#order++ };
    this.#line.push(item.place);
    this.#pump();
  }

  #pump(): void {
    if (this.#pumping || !this.#worker) return;
    this.#pumping = true;
    // Not at once: whoever adds should not find the work begun, and timers and sockets must have their turn between two.
    setImmediate(() => {
      this.#pumping = false;
      while (this.#processing < this.#concurrency) {
        const item = this.#next();
        if (!item) return;
        void this.#work(item);
      }
    });
  }

  #next(): Item | undefined {
    for (;;) {
      const place = this.#line.pop();
      if (!place) return undefined;
      const { item } = place;
      if (item.place !== place) continue;
      item.place = undefined;
      this.#queued--;
      this.#options.report?.('start', item.key, this.#options.clock.monotonic() - place.since);
      return item;
    }
  }

  async #work(item: Item): Promise<void> {
    const { clock } = this.#options;
    const began = clock.monotonic();
    item.processing = true;
    this.#processing++;
    try {
      await this.#worker?.(item.key);
    } catch (error) {
      this.#options.onError?.(item.key, error);
      this.retry(item.key);
    }
    item.processing = false;
    this.#processing--;
    this.#options.report?.('done', item.key, clock.monotonic() - began);
    if (item.againSince !== undefined) this.#enqueue(item, item.againSince);
    item.againSince = undefined;
    this.#drop(item);
    if (this.#queued + this.#processing === 0) {
      for (const resolve of this.#idle) resolve();
      this.#idle.clear();
    }
    this.#pump();
  }

  /** One timer, for the earliest. */
  #arm(): void {
    const first = this.#wakes.peek();
    if (this.#timer && first && this.#timer.at <= first.at) return;
    this.#timer?.cancel();
    this.#timer = undefined;
    if (!first) return;
    const { clock } = this.#options;
    this.#timer = { at: first.at, cancel: clock.after(first.at - clock.monotonic(), () => this.#due()) };
  }

  #due(): void {
    this.#timer = undefined;
    const now = this.#options.clock.monotonic();
    for (let wake = this.#wakes.peek(); wake && wake.at <= now; wake = this.#wakes.peek()) {
      this.#wakes.pop();
      if (wake.item.wake !== wake) continue;
      wake.item.wake = undefined;
      this.add(wake.item.key);
    }
    this.#arm();
  }
}
