import { type Clock, type Duration, minutes, seconds } from '../../runtime/clock.ts';
import { Rejected } from '../../runtime/outcome.ts';

export interface Want {
  readonly method: string;
  readonly channel?: string | undefined;
  /** 1 is served first. */
  readonly priority: number;
  readonly signal?: AbortSignal | undefined;
}

export interface Scheduler {
  /** Resolves when the call may go, and counts it; send in the same tick. Throws Rejected NotSent when aborted first. */
  take(want: Want): Promise<void>;
  /** After a 429: nothing like it for so long. Two channels within a second pause the whole method. */
  pause(want: Want, wait: Duration): void;
  /** Calls that could go at once, by method; only methods used so far. */
  budget(): Readonly<Record<string, number>>;
  /** How many wait. */
  readonly waiting: number;
}

/** Calls a minute: https://docs.slack.dev/apis/web-api/rate-limits. Methods that stand nowhere here are tier 2. */
const tier2 = 20;
const tier3 = 50;
const tier4 = 100;
const perMinute: Readonly<Record<string, number>> = {
  'auth.test': tier4,
  'bookmarks.list': tier3,
  'chat.delete': tier3,
  'chat.postEphemeral': tier4,
  // "Several hundred a minute" for a workspace.
  'chat.postMessage': 300,
  'chat.update': tier3,
  'conversations.history': tier3,
  'conversations.info': tier3,
  'conversations.invite': tier3,
  'conversations.members': tier4,
  'conversations.replies': tier3,
  'users.conversations': tier3,
  'users.info': tier4,
  'users.lookupByEmail': tier3,
};
/** So much of a limit is refilled and the rest held for a burst: no minute sees more than the whole. */
const share = 0.8;
/** One class of priority is worth so much waiting, so that nobody starves. */
const aging = seconds(30);

interface Bucket {
  readonly most: number;
  /** Tokens a millisecond. */
  readonly rate: number;
  level: number;
  at: Duration;
}

interface Waiting {
  readonly want: Want;
  readonly rank: number;
  readonly go: () => void;
}

/**
 * Budgets of one app in one workspace. `factor` multiplies every limit; Infinity switches them off (for an emulator
 * without limits), and only a 429 is heeded then.
 */
export function scheduler(clock: Clock, factor = 1): Scheduler {
  const buckets = new Map<string, Bucket>();
  const pauses = new Map<string, Duration>();
  const lastPause = new Map<string, { channel: string; at: Duration }>();
  let queue: Waiting[] = [];
  let cancelTimer: (() => void) | undefined;

  function bucket(key: string, limit: number, burst: number, now: Duration): Bucket {
    let found = buckets.get(key);
    if (!found) {
      const most = Math.max(1, burst * factor);
      found = { most, rate: (limit * factor) / minutes(1), level: most, at: now };
      buckets.set(key, found);
    }
    found.level = Math.min(found.most, found.level + (now - found.at) * found.rate);
    found.at = now;
    return found;
  }

  function bucketsOf({ method, channel }: Want, now: Duration): Bucket[] {
    if (factor === Infinity) return [];
    const limit = perMinute[method] ?? tier2;
    const whole = bucket(method, limit * share, Math.round(limit * (1 - share)), now);
    if (method !== 'chat.postMessage' || channel === undefined) return [whole];
    return [whole, bucket(`${method} ${channel}`, 60, 1, now)];
  }

  /** Milliseconds until it could go; 0: now. */
  function due(want: Want, needed: readonly Bucket[], now: Duration): Duration {
    let wait = Math.max(0, (pauses.get(want.method) ?? 0) - now);
    if (want.channel !== undefined) {
      wait = Math.max(wait, (pauses.get(`${want.method} ${want.channel}`) ?? 0) - now);
    }
    // A hair's breadth is forgiven: adding up fractions never comes to a whole 1 again.
    for (const one of needed) if (one.level < 1 - 1e-6) wait = Math.max(wait, (1 - one.level) / one.rate);
    return wait;
  }

  function pump(): void {
    cancelTimer?.();
    cancelTimer = undefined;
    const now = clock.monotonic();
    let next = Infinity;
    const left: Waiting[] = [];
    const ready: Waiting[] = [];
    for (const one of queue) {
      const needed = bucketsOf(one.want, now);
      const wait = due(one.want, needed, now);
      if (wait > 0) {
        next = Math.min(next, wait);
        left.push(one);
        continue;
      }
      for (const taken of needed) taken.level -= 1;
      ready.push(one);
    }
    queue = left;
    if (next < Infinity) cancelTimer = clock.after(next, pump);
    forgetIdle(now);
    for (const one of ready) one.go();
  }

  function forgetIdle(now: Duration): void {
    if (buckets.size < 1_000) return;
    for (const [key, one] of buckets) if (one.level + (now - one.at) * one.rate >= one.most) buckets.delete(key);
    for (const [key, until] of pauses) if (until <= now) pauses.delete(key);
  }

  return {
    take(want) {
      const { promise, resolve, reject } = Promise.withResolvers<void>();
      const stopped = (): void => {
        queue = queue.filter((one) => one !== waiting);
        reject(new Rejected('NotSent', `${want.method}: stopped before it was sent`));
      };
      const waiting: Waiting = {
        want,
        rank: clock.monotonic() + want.priority * aging,
        go() {
          want.signal?.removeEventListener('abort', stopped);
          resolve();
        },
      };
      if (want.signal?.aborted) {
        stopped();
        return promise;
      }
      want.signal?.addEventListener('abort', stopped, { once: true });
      const place = queue.findLastIndex((one) => one.rank <= waiting.rank);
      queue.splice(place + 1, 0, waiting);
      pump();
      return promise;
    },
    pause({ method, channel }, wait) {
      const now = clock.monotonic();
      const last = lastPause.get(method);
      const key = channel === undefined ? method : `${method} ${channel}`;
      pauses.set(key, Math.max(pauses.get(key) ?? 0, now + wait));
      if (channel === undefined) return;
      if (last && last.channel !== channel && now - last.at <= seconds(1)) pauses.set(method, now + wait);
      lastPause.set(method, { channel, at: now });
    },
    budget() {
      const now = clock.monotonic();
      return Object.fromEntries(
        [...buckets]
          .filter(([key]) => !key.includes(' '))
          .map(([method, one]) => [method, Math.floor(Math.min(one.most, one.level + (now - one.at) * one.rate))]),
      );
    },
    get waiting() {
      return queue.length;
    },
  };
}
