import type { Duration } from './clock.ts';
import { minutes } from './clock.ts';

export interface BackoffOptions {
  /** The wait after the first failure. Default: 500 ms. */
  readonly base?: Duration;
  /** Default: 5 min. */
  readonly most?: Duration;
  /** Between 0 and 1. */
  readonly random?: () => number;
}

/**
 * How long to wait after so many failures in a row: doubled each time, bounded, and between half and all of it,
 * so that those who failed together do not come back together.
 */
export function backoff(failures: number, options: BackoffOptions = {}): Duration {
  const { base = 500, most = minutes(5), random = Math.random } = options;
  const full = Math.min(most, base * 2 ** Math.min(Math.max(failures - 1, 0), 30));
  return full / 2 + (random() * full) / 2;
}
