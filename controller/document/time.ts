import { rfc3339, timeOf } from '../runtime/clock.ts';

/** `2026-02-03 10:55 UTC`; the text itself where it is no time. */
export function utc(at: string): string {
  const time = timeOf(at);
  return time === undefined ? at : `${rfc3339(time).slice(0, 16).replace('T', ' ')} UTC`;
}
