import type { Clock } from './runtime/clock.ts';

/**
 * For tests only; without these variables it is the clock that was given. `ALLCLEAR_TEST_CLOCK_SKEW_SECONDS=600`: this
 * process's wall clock is ten minutes ahead. `ALLCLEAR_TEST_CLOCK_JUMP_SECONDS=3600`: at SIGUSR2 it goes on by another
 * hour. The monotonic clock knows nothing of either, nor does the time that the API server tells.
 */
export function testClock(env: Readonly<Record<string, string | undefined>>, clock: Clock): Clock {
  const skew = Number(env['ALLCLEAR_TEST_CLOCK_SKEW_SECONDS'] ?? 0) * 1_000;
  const jump = Number(env['ALLCLEAR_TEST_CLOCK_JUMP_SECONDS'] ?? 0) * 1_000;
  if (skew === 0 && jump === 0) return clock;
  let ahead = skew;
  if (jump !== 0) process.on('SIGUSR2', () => (ahead += jump));
  return { ...clock, now: () => clock.now() + ahead };
}
