import { minutes, type Clock, type Duration } from '../../runtime/clock.ts';
import { Rejected } from '../../runtime/outcome.ts';
import { Budget as Queue, type Want } from '../kit/budget.ts';
import { slidingWindow, type Meter } from '../kit/meter.ts';

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

/** GitHub pauses a connection as a whole. */
const everything = 'all';

/** The budget of one connection. While GitHub asked for a pause, whatever waits or comes is refused as RateLimited. */
export class Budget {
  readonly #clock: Clock;
  readonly #hour: Meter;
  readonly #queue: Queue<Want & { readonly kind: 'read' | 'write' }>;

  constructor(clock: Clock, { perMinute, perHour, concurrent, reserve }: Limits = githubLimits) {
    this.#clock = clock;
    this.#hour = slidingWindow(perHour, minutes(60), reserve);
    const writes = [slidingWindow(perMinute, minutes(1)), this.#hour];
    this.#queue = new Queue(clock, {
      meters: ({ kind }) => (kind === 'write' ? writes : []),
      pausedBy: () => [everything],
      refusePaused: rateLimited,
      concurrent,
      notSent: () => 'stopped while waiting for its turn; nothing was sent',
    });
  }

  /** Writes that may still be sent within this hour. */
  get left(): number {
    return this.#hour.left(this.#clock.monotonic());
  }

  /** Waits for a slot; the function it gives must be called when the request has ended. See the kit's Budget. */
  slot(kind: 'read' | 'write', priority: number, signal: AbortSignal): Promise<() => void> {
    return this.#queue.take({ kind, priority, signal });
  }

  pause(duration: Duration): void {
    this.#queue.pause(everything, duration);
  }

  close(): void {
    this.#queue.close();
  }
}

const rateLimited = (retryAfter: Duration): Rejected =>
  new Rejected('RateLimited', 'GitHub asked to wait before the next request', { retryAfter });
