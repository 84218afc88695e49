import { type Clock, type Duration, seconds } from '../../runtime/clock.ts';
import { Budget, type Want as AnyWant } from '../kit/budget.ts';
import { tokenBucket, type Meter } from '../kit/meter.ts';

export interface Want extends AnyWant {
  readonly method: string;
  readonly channel?: string | undefined;
}

export interface Scheduler {
  /** Resolves when the call may go, and counts it; send in the same tick. Throws Rejected NotSent when aborted first. */
  take(want: Want): Promise<unknown>;
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

/** So many meters are kept; then those that are full again go. */
const mostMeters = 1_000;

/**
 * Budgets of one app in one workspace. `factor` multiplies every limit; Infinity switches them off (for an emulator
 * without limits), and only a 429 is heeded then.
 */
export function scheduler(clock: Clock, factor = 1): Scheduler {
  const meters = new Map<string, { readonly meter: Meter; readonly burst: number }>();
  const lastPause = new Map<string, { channel: string; at: Duration }>();

  function meterOf(key: string, limit: number, burst: number, now: Duration): Meter {
    const known = meters.get(key);
    if (known) return known.meter;
    if (meters.size >= mostMeters)
      for (const [old, each] of meters) if (each.meter.left(now) >= each.burst) meters.delete(old);
    const meter = tokenBucket(limit * factor, burst * factor, now);
    meters.set(key, { meter, burst: Math.max(1, Math.floor(burst * factor)) });
    return meter;
  }

  const queue = new Budget<Want>(clock, {
    meters({ method, channel }, now) {
      if (factor === Infinity) return [];
      const limit = perMinute[method] ?? tier2;
      const whole = meterOf(method, limit * share, Math.round(limit * (1 - share)), now);
      if (method !== 'chat.postMessage' || channel === undefined) return [whole];
      return [whole, meterOf(inChannel(method, channel), 60, 1, now)];
    },
    pausedBy: ({ method, channel }) => (channel === undefined ? [method] : [method, inChannel(method, channel)]),
    aging,
    notSent: ({ method }) => `${method}: stopped before it was sent`,
  });

  return {
    take: (want) => queue.take(want),
    pause({ method, channel }, wait) {
      if (channel === undefined) return queue.pause(method, wait);
      queue.pause(inChannel(method, channel), wait);
      const now = clock.monotonic();
      const last = lastPause.get(method);
      if (last && last.channel !== channel && now - last.at <= seconds(1)) queue.pause(method, wait);
      lastPause.set(method, { channel, at: now });
    },
    budget() {
      const now = clock.monotonic();
      const ofMethods = [...meters].filter(([key]) => !key.includes(' '));
      return Object.fromEntries(ofMethods.map(([method, { meter }]) => [method, meter.left(now)]));
    },
    get waiting() {
      return queue.waiting;
    },
  };
}

const inChannel = (method: string, channel: string): string => `${method} ${channel}`;
