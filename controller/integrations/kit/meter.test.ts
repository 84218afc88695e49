import { describe, expect, it } from 'vitest';
import { minutes, seconds } from '../../runtime/clock.ts';
import { slidingWindow, tokenBucket, type Meter } from './meter.ts';

/** How long the next call waits after these were made, by time and in order. */
function waitAfter(meter: Meter, taken: readonly number[], now: number, priority = 3): number {
  for (const at of taken) meter.take(at);
  return meter.wait(now, priority);
}

describe('a sliding window', () => {
  it.each<[string, number, number, readonly number[], number, number, number]>([
    ['is free at first', 2, 0, [], 0, 3, 0],
    ['is free below its limit', 2, 0, [0], 10, 3, 0],
    ['opens when the oldest leaves', 2, 0, [0, 20], 50, 3, 950],
    ['has room again just then', 2, 0, [0, 20], 1_000, 3, 0],
    ['keeps its reserve from the less severe', 3, 1, [0, 20], 50, 3, 950],
    ['gives its reserve to the severe', 3, 1, [0, 20], 50, 2, 0],
    ['of reserve alone lets the less severe in once it is empty', 1, 1, [20], 50, 3, 970],
    ['counts a fraction of a call as none', 1.5, 0, [20], 50, 3, 970],
    ['without a limit never closes', Infinity, 0, [0, 0, 0], 0, 4, 0],
  ])('%s', (_, most, reserve, taken, now, priority, wait) => {
    expect(waitAfter(slidingWindow(most, seconds(1), reserve), taken, now, priority)).toBe(wait);
  });

  it('tells what is left', () => {
    const meter = slidingWindow(3, seconds(1));
    meter.take(0);
    meter.take(500);
    expect([meter.left(500), meter.left(1_000), meter.left(1_500)]).toEqual([1, 2, 3]);
  });
});

describe('a token bucket', () => {
  it.each<[string, number, number, readonly number[], number, number]>([
    ['is full at first', 60, 2, [], 0, 0],
    ['is empty after its burst', 60, 2, [0, 0], 0, 1_000],
    ['fills again', 60, 2, [0, 0], 400, 600],
    ['holds no more than its burst', 60, 2, [minutes(5), minutes(5)], minutes(5), 1_000],
    ['holds at least one', 60, 0.1, [], 0, 0],
    ['forgives what fractions lose', 30, 1, [0, 2_000, 4_000], 6_000 - 1e-4, 0],
  ])('%s', (_, perMinute, burst, taken, now, wait) => {
    expect(waitAfter(tokenBucket(perMinute, burst, 0), taken, now)).toBeCloseTo(wait);
  });

  it('tells what is left, in whole calls', () => {
    const meter = tokenBucket(60, 3, 0);
    meter.take(0);
    expect([meter.left(0), meter.left(900), meter.left(1_000), meter.left(9_000)]).toEqual([2, 2, 3, 3]);
  });
});
