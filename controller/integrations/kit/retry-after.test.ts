import { expect, it } from 'vitest';
import { retryAfter } from './retry-after.ts';

const now = Date.parse('2026-11-21T10:00:00Z');
const in90 = 'Sat, 21 Nov 2026 10:01:30 GMT';

it.each<[string | null | undefined, string | undefined, number | undefined]>([
  ['30', undefined, 30_000],
  [' 7 ', undefined, 7_000],
  ['1.5', undefined, 1_500],
  ['0', undefined, 1_000],
  ['86400', undefined, 3_600_000],
  ['999999999999999999999', undefined, 3_600_000],
  [in90, undefined, 90_000],
  // The server's clock is a minute behind ours.
  [in90, 'Sat, 21 Nov 2026 09:59:00 GMT', 150_000],
  [in90, 'nonsense', 90_000],
  ['Sat, 21 Nov 2026 09:00:00 GMT', undefined, 1_000],
  ['-5', undefined, undefined],
  ['soon', undefined, undefined],
  ['', undefined, undefined],
  [null, undefined, undefined],
  [undefined, undefined, undefined],
])('Retry-After: %s (Date: %s) is %s ms', (header, date, wait) => {
  expect(retryAfter(header, now, date)).toBe(wait);
});
