import { minutes, type Duration } from '../../runtime/clock.ts';

/** Counts calls against one limit. Times are monotonic, in milliseconds. */
export interface Meter {
  /** Milliseconds until one more call of this priority fits; 0: now. */
  wait(now: Duration, priority: number): Duration;
  take(now: Duration): void;
  /** Calls that fit now. */
  left(now: Duration): number;
}

/** At most `most` calls within any span. The last `reserve` of them are kept for priorities 1 and 2. */
export function slidingWindow(most: number, span: Duration, reserve = 0): Meter {
  /** Oldest first. */
  const taken: Duration[] = [];
  const forget = (now: Duration): void => {
    while (taken.length > 0 && (taken[0] ?? 0) <= now - span) taken.shift();
  };
  return {
    wait(now, priority) {
      forget(now);
      const free = Math.floor(most - (priority > 2 ? reserve : 0));
      if (taken.length < free) return 0;
      // When the oldest of the last `free` calls leaves the window; where none is free, all of them must.
      return Math.max(0, (taken.at(-Math.max(1, free)) ?? now) + span - now);
    },
    take: (now) => void taken.push(now),
    left(now) {
      forget(now);
      return Math.max(0, most - taken.length);
    },
  };
}

/** A hair's breadth is forgiven: adding up fractions never comes to a whole 1 again. */
const whole = 1 - 1e-6;

/** `burst` calls at once, refilled by so many a minute: no minute sees more than the sum. */
export function tokenBucket(perMinute: number, burst: number, now: Duration): Meter {
  const most = Math.max(1, burst);
  const rate = perMinute / minutes(1);
  let level = most;
  let at = now;
  const refill = (time: Duration): void => {
    level = Math.min(most, level + (time - at) * rate);
    at = time;
  };
  return {
    wait(time) {
      refill(time);
      return level < whole ? (1 - level) / rate : 0;
    },
    take(time) {
      refill(time);
      level -= 1;
    },
    left(time) {
      refill(time);
      return Math.floor(level);
    },
  };
}
