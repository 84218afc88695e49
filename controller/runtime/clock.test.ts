import { describe, expect, test } from 'vitest';
import { isDay, rfc3339, timeOf } from './clock.ts';

describe('a stored time', () => {
  test.each([
    ['2026-06-15T21:16:06Z', Date.UTC(2026, 5, 15, 21, 16, 6)],
    ['2026-06-15t21:16:06.123456789z', Date.UTC(2026, 5, 15, 21, 16, 6, 123)],
    ['2026-06-15T23:16:06.5+02:00', Date.UTC(2026, 5, 15, 21, 16, 6, 500)],
    ['2024-02-29T00:00:00-00:00', Date.UTC(2024, 1, 29)],
  ])('%s is read', (text, at) => {
    expect(timeOf(text)).toBe(at);
  });

  test.each([
    undefined,
    '',
    'yesterday',
    '2026-06-15T21:16:06+99:99',
    '2026-06-15T21:16:06ZT9',
    '2026-02-30T21:16:06Z',
    '2026-06-15T24:00:00Z',
    '2026-06-15T21:16:60Z',
    '2026-06-15 21:16:06Z',
    '2026-06-15',
    '0001-01-01T00:00:00Z',
    '9999-12-31T23:59:59Z',
  ])('%s is none', (text) => {
    expect(timeOf(text)).toBeUndefined();
  });

  test('a day is one of the calendar', () => {
    expect(['2026-07-01', '2024-02-29', '2000-02-29'].filter(isDay)).toHaveLength(3);
    expect(['2026-02-29', '1900-02-29', '2026-13-01', '26-01-01', '2026-1-1', ''].filter(isDay)).toEqual([]);
  });

  test('writing one never throws', () => {
    for (const at of [NaN, Infinity, -Infinity, 8.64e15, 9e15, -1e15, 0, 0.5])
      expect(rfc3339(at)).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/);
  });
});
