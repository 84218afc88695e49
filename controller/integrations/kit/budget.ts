import type { Clock, Duration } from '../../runtime/clock.ts';
import { Rejected } from '../../runtime/outcome.ts';
import type { Meter } from './meter.ts';

/** A call that wants its turn. */
export interface Want {
  /** 1 is served first. */
  readonly priority: number;
  readonly signal?: AbortSignal | undefined;
}

/** The limits of one vendor's API. */
export interface Limits<W extends Want> {
  /** What a call is counted by: it waits until it fits into all of them. */
  meters(want: W, now: Duration): readonly Meter[];
  /** The names under which a pause stops it. */
  pausedBy(want: W): readonly string[];
  /** Absent: calls wait for a pause to end. Present: they are refused with this. */
  readonly refusePaused?: (wait: Duration) => Rejected;
  /** Calls under way at once. Absent: any number. */
  readonly concurrent?: number;
  /** Milliseconds of waiting that raise a call by one priority. Absent: the severe always go first. */
  readonly aging?: Duration;
  /** In the refusal of a call that was stopped before its turn. */
  notSent(want: W): string;
}

interface Waiting<W> {
  readonly want: W;
  readonly rank: number;
  readonly admit: () => void;
  readonly refuse: (error: Rejected) => void;
}

/** Hands out the right to send, by priority and then in order. One for each connection. */
export class Budget<W extends Want> {
  readonly #clock: Clock;
  readonly #limits: Limits<W>;
  readonly #pauses = new Map<string, Duration>();
  #queue: Waiting<W>[] = [];
  #running = 0;
  #cancelTimer: (() => void) | undefined;

  constructor(clock: Clock, limits: Limits<W>) {
    this.#clock = clock;
    this.#limits = limits;
  }

  /** How many wait. */
  get waiting(): number {
    return this.#queue.length;
  }

  /**
   * Resolves when the call may go, and counts it; send in the same tick. What it resolves with must be called when the
   * call has ended, if the limits have `concurrent`. Throws Rejected NotSent when stopped first, or what `refusePaused`
   * says.
   */
  take(want: W): Promise<() => void> {
    const { promise, resolve, reject } = Promise.withResolvers<() => void>();
    const now = this.#clock.monotonic();
    const pause = this.#pauseOf(want, now);
    const { signal, priority } = want;
    const { refusePaused, aging } = this.#limits;
    if (pause > 0 && refusePaused) return Promise.reject(refusePaused(pause));
    if (signal?.aborted) return Promise.reject(this.#notSent(want));
    const stop = (): void => {
      this.#queue = this.#queue.filter((one) => one !== waiting);
      reject(this.#notSent(want));
    };
    const waiting: Waiting<W> = {
      want,
      rank: aging === undefined ? priority : now + priority * aging,
      admit: () => {
        signal?.removeEventListener('abort', stop);
        resolve(this.#release());
      },
      refuse: (error) => {
        signal?.removeEventListener('abort', stop);
        reject(error);
      },
    };
    signal?.addEventListener('abort', stop, { once: true });
    const place = this.#queue.findLastIndex((one) => one.rank <= waiting.rank);
    this.#queue.splice(place + 1, 0, waiting);
    this.#pump();
    return promise;
  }

  /** The vendor said to come back later: nothing of this name goes for so long. */
  pause(name: string, wait: Duration): void {
    const now = this.#clock.monotonic();
    for (const [old, until] of this.#pauses) if (until <= now) this.#pauses.delete(old);
    this.#pauses.set(name, Math.max(this.#pauses.get(name) ?? 0, now + wait));
    const refuse = this.#limits.refusePaused;
    if (refuse) this.#refuse((want) => (this.#limits.pausedBy(want).includes(name) ? refuse(wait) : undefined));
  }

  /** Refuses whoever waits. */
  close(): void {
    this.#cancelTimer?.();
    this.#refuse((want) => this.#notSent(want));
  }

  #refuse(why: (want: W) => Rejected | undefined): void {
    const refused = this.#queue.map((one) => ({ one, error: why(one.want) }));
    this.#queue = refused.flatMap(({ one, error }) => (error ? [] : [one]));
    for (const { one, error } of refused) if (error) one.refuse(error);
  }

  #release(): () => void {
    let given = true;
    return () => {
      if (!given) return;
      given = false;
      this.#running -= 1;
      if (this.#queue.length > 0) this.#pump();
    };
  }

  #pauseOf(want: W, now: Duration): Duration {
    const untils = this.#limits.pausedBy(want).map((name) => this.#pauses.get(name) ?? 0);
    return Math.max(0, Math.max(0, ...untils) - now);
  }

  #pump(): void {
    this.#cancelTimer?.();
    this.#cancelTimer = undefined;
    const now = this.#clock.monotonic();
    const most = this.#limits.concurrent ?? Infinity;
    let next = Infinity;
    const left: Waiting<W>[] = [];
    const ready: Waiting<W>[] = [];
    for (const one of this.#queue) {
      if (this.#running >= most) {
        left.push(one);
        continue;
      }
      const meters = this.#limits.meters(one.want, now);
      const waits = meters.map((meter) => meter.wait(now, one.want.priority));
      const wait = Math.max(this.#pauseOf(one.want, now), ...waits);
      if (wait > 0) {
        next = Math.min(next, wait);
        left.push(one);
        continue;
      }
      for (const meter of meters) meter.take(now);
      this.#running += 1;
      ready.push(one);
    }
    this.#queue = left;
    if (next < Infinity) this.#cancelTimer = this.#clock.after(next, () => this.#pump());
    for (const one of ready) one.admit();
  }

  #notSent(want: W): Rejected {
    return new Rejected('NotSent', this.#limits.notSent(want));
  }
}
