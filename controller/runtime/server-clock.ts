import { seconds, type Clock, type Duration, type Instant } from './clock.ts';

export interface ServerClock {
  /** `now()` is the API server's; the rest is the process's own. */
  readonly clock: Clock;
  /**
   * An answer came: its `Date` header, and when (monotonic) it was asked for and when it was there. The server wrote the
   * date in between, in whole seconds, cut off.
   */
  readonly heard: (date: string | undefined, sent: Duration, received: Duration) => void;
}

/** Up to here the two clocks are the same: the header has whole seconds, and no decision is as fine. */
const tolerance: Duration = seconds(2);
/** Of the process's own oscillator, in milliseconds a millisecond; NTP corrects by up to 500 parts in a million. */
const drift = 500e-6;

/** How much the server's time is ahead of the monotonic clock lies between these; `at`: monotonic, as of then. */
interface Known {
  readonly least: Duration;
  readonly most: Duration;
  readonly at: Duration;
}

/**
 * One clock for all that is written into the cluster or compared with what stands there: the API server's, since that
 * one writes creationTimestamp. It is reckoned from the process's monotonic clock, so a wall clock that somebody sets
 * changes nothing; while the wall clock agrees with it, and before anything was heard, it is the wall clock itself. An
 * answer that contradicts what is known counts once the next one agrees with it.
 */
export function serverClock(local: Clock): ServerClock {
  let known: Known | undefined;
  /** The last answer, if it contradicts what is known. */
  let suspected: Known | undefined;
  return {
    clock: {
      now() {
        const wall = local.now();
        if (known === undefined) return wall;
        const passed = local.monotonic();
        const [least, most] = [passed + known.least, passed + known.most];
        const agrees = wall >= least - tolerance && wall <= most + tolerance;
        return agrees ? wall : Math.round((least + most) / 2);
      },
      monotonic: () => local.monotonic(),
      after: (delay, task) => local.after(delay, task),
    },
    heard(date, sent, received) {
      const at: Instant = Date.parse(date ?? '');
      if (Number.isNaN(at)) return;
      const seen = { least: at - received, most: at + seconds(1) - sent, at: received };
      const both = known === undefined ? seen : narrowed(known, seen);
      const agreed = both ?? (suspected && narrowed(suspected, seen));
      known = agreed ?? known;
      suspected = agreed ? undefined : seen;
    },
  };
}

/**
 * What holds if both do; undefined: they contradict each other. The server's clock was set then, or this machine slept,
 * and the next answer says the same; or one of several servers is wrong, and it does not.
 */
function narrowed(known: Known, seen: Known): Known | undefined {
  const drifted = Math.max(0, seen.at - known.at) * drift;
  const least = Math.max(known.least - drifted, seen.least);
  const most = Math.min(known.most + drifted, seen.most);
  return least <= most ? { least, most, at: seen.at } : undefined;
}
