import type { Clock, Duration } from '../../runtime/clock.ts';
import { minutes } from '../../runtime/clock.ts';
import { Rejected } from '../../runtime/outcome.ts';

export interface Limits {
  /** Requests that create content, a minute and an hour. Infinity switches a limit off. */
  readonly perMinute: number;
  readonly perHour: number;
  /** Requests under way at once, reads too. */
  readonly concurrent: number;
  /** How many of the hour's writes are kept for priorities 1 and 2. */
  readonly reserve: number;
}

/** GitHub's own: 80 content-creating requests a minute, 500 an hour (docs.github.com, "Rate limits for the REST API"). */
export const githubLimits: Limits = { perMinute: 80, perHour: 500, concurrent: 20, reserve: 50 };

export const noLimits: Limits = { perMinute: Infinity, perHour: Infinity, concurrent: Infinity, reserve: 0 };

/** GitHub's own, so many times; Infinity: none. */
export function timesLimits(factor: number): Limits {
  if (factor === Infinity) return noLimits;
  const { perMinute, perHour, reserve, concurrent } = githubLimits;
  return { perMinute: perMinute * factor, perHour: perHour * factor, reserve: reserve * factor, concurrent };
}

interface Waiting {
  readonly kind: 'read' | 'write';
  readonly priority: number;
  readonly admit: () => void;
  readonly refuse: (error: unknown) => void;
}

/** Hands out the right to send, the most urgent first. One for each connection. */
export class Budget {
  private readonly clock: Clock;
  private readonly limits: Limits;
  private readonly waiting: Waiting[] = [];
  /** When each write of the last hour was admitted, oldest first; monotonic. */
  private readonly writes: number[] = [];
  private running = 0;
  private pausedUntil = 0;
  private cancelTimer: (() => void) | undefined;

  constructor(clock: Clock, limits: Limits = githubLimits) {
    this.clock = clock;
    this.limits = limits;
  }

  /** Writes that may still be sent within this hour. */
  get left(): number {
    this.forget();
    return Math.max(0, this.limits.perHour - this.writes.length);
  }

  /**
   * Waits for a slot; the function it gives must be called when the request has ended.
   * Throws Rejected: RateLimited while the vendor asked for a pause, NotSent when `signal` aborts the wait.
   */
  slot(kind: 'read' | 'write', priority: number, signal: AbortSignal): Promise<() => void> {
    const pause = this.pausedUntil - this.clock.monotonic();
    if (pause > 0) return Promise.reject(rateLimited(pause));
    if (signal.aborted) return Promise.reject(notSent());
    return new Promise((resolve, reject) => {
      const stop = () => {
        const at = this.waiting.indexOf(entry);
        if (at >= 0) this.waiting.splice(at, 1);
        reject(notSent());
      };
      const entry: Waiting = {
        kind,
        priority,
        admit: () => {
          signal.removeEventListener('abort', stop);
          resolve(this.taken());
        },
        refuse: (error) => {
          signal.removeEventListener('abort', stop);
          reject(error);
        },
      };
      signal.addEventListener('abort', stop, { once: true });
      const behind = this.waiting.findIndex((other) => other.priority > priority);
      this.waiting.splice(behind < 0 ? this.waiting.length : behind, 0, entry);
      this.pump();
    });
  }

  /** The vendor said to come back later: everything that waits is refused, and so is what comes before then. */
  pause(duration: Duration): void {
    this.pausedUntil = Math.max(this.pausedUntil, this.clock.monotonic() + duration);
    for (const one of this.waiting.splice(0)) one.refuse(rateLimited(duration));
  }

  close(): void {
    this.cancelTimer?.();
    for (const one of this.waiting.splice(0)) one.refuse(notSent());
  }

  private taken(): () => void {
    let given = true;
    return () => {
      if (!given) return;
      given = false;
      this.running -= 1;
      this.pump();
    };
  }

  private pump(): void {
    this.cancelTimer?.();
    this.cancelTimer = undefined;
    let soonest = Infinity;
    for (let at = 0; at < this.waiting.length && this.running < this.limits.concurrent;) {
      const one = this.waiting[at];
      if (!one) break;
      const wait = one.kind === 'read' ? 0 : this.writeWait(one.priority);
      if (wait > 0) {
        soonest = Math.min(soonest, wait);
        at += 1;
        continue;
      }
      this.waiting.splice(at, 1);
      this.running += 1;
      if (one.kind === 'write') this.writes.push(this.clock.monotonic());
      one.admit();
    }
    if (soonest < Infinity) this.cancelTimer = this.clock.after(soonest, () => this.pump());
  }

  /** Milliseconds until one more write fits into both windows. */
  private writeWait(priority: number): Duration {
    this.forget();
    const now = this.clock.monotonic();
    const perHour = this.limits.perHour - (priority > 2 ? this.limits.reserve : 0);
    const fits = (most: number, window: Duration): Duration => {
      if (this.writes.length < most) return 0;
      const oldest = this.writes[this.writes.length - most] ?? 0;
      return Math.max(0, oldest + window - now);
    };
    return Math.max(fits(this.limits.perMinute, minutes(1)), fits(perHour, minutes(60)));
  }

  private forget(): void {
    const since = this.clock.monotonic() - minutes(60);
    while (this.writes.length > 0 && (this.writes[0] ?? 0) <= since) this.writes.shift();
  }
}

const rateLimited = (retryAfter: Duration): Rejected =>
  new Rejected('RateLimited', 'GitHub asked to wait before the next request', { retryAfter });
const notSent = (): Rejected => new Rejected('NotSent', 'stopped while waiting for its turn; nothing was sent');
