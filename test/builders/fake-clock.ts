import type { Clock, Duration, Instant } from '../../controller/runtime/clock.ts';

interface Timer {
  readonly due: Duration;
  readonly order: number;
  readonly task: () => void;
}

/** Time that passes only when a test says so. Starts at 2026-01-01T00:00:00Z. */
export class FakeClock implements Clock {
  readonly #timers = new Set<Timer>();
  #wall: Instant;
  #elapsed: Duration = 0;
  #order = 0;

  constructor(start: Instant = Date.UTC(2026, 0, 1)) {
    this.#wall = start;
  }

  now(): Instant {
    return this.#wall;
  }

  monotonic(): Duration {
    return this.#elapsed;
  }

  after(delay: Duration, task: () => void): () => void {
    const timer: Timer = { due: this.#elapsed + Math.max(0, Math.ceil(delay)), order: this.#order++, task };
    this.#timers.add(timer);
    return () => this.#timers.delete(timer);
  }

  /** Timers that have not fired. A test that ends with some has found a leak. */
  get pending(): number {
    return this.#timers.size;
  }

  /** Lets `delay` pass: each timer fires at its own time, in order, and what it set off runs before the next one does. */
  async advance(delay: Duration): Promise<void> {
    const until = this.#elapsed + delay;
    await settle();
    for (let timer = this.#next(until); timer; timer = this.#next(until)) {
      this.#fire(timer);
      await settle();
    }
    this.#pass(until);
    await settle();
  }

  /** As `advance`, without letting promises run: timers only. */
  tick(delay: Duration): void {
    const until = this.#elapsed + delay;
    for (let timer = this.#next(until); timer; timer = this.#next(until)) this.#fire(timer);
    this.#pass(until);
  }

  /** The process stood still: time passed and no timer fired. They fire with the next `advance` or `tick`. */
  freeze(delay: Duration): void {
    this.#pass(this.#elapsed + delay);
  }

  /** Someone set the wall clock. */
  jump(by: Duration): void {
    this.#wall += by;
  }

  #next(until: Duration): Timer | undefined {
    let first: Timer | undefined;
    for (const timer of this.#timers) {
      if (timer.due > until) continue;
      if (!first || timer.due < first.due || (timer.due === first.due && timer.order < first.order)) first = timer;
    }
    return first;
  }

  #fire(timer: Timer): void {
    this.#pass(Math.max(this.#elapsed, timer.due));
    this.#timers.delete(timer);
    timer.task();
  }

  #pass(until: Duration): void {
    this.#wall += until - this.#elapsed;
    this.#elapsed = until;
  }
}

/** Runs all that is ready to run. */
export async function settle(): Promise<void> {
  // An immediate that sets off another one, and that a third, is as deep as anything here goes.
  for (let turn = 0; turn < 3; turn++) await new Promise((resolve) => setImmediate(resolve));
}
