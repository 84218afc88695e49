import { type Duration, type Instant, seconds } from '../../runtime/clock.ts';

/** A server that asks for more is asked again after an hour: its clock or ours may be wrong, and nobody would notice. */
const longest: Duration = seconds(3_600);

/** As long as a server may ask us to wait: one second to an hour. */
export const waitOf = (asked: Duration): Duration => Math.min(Math.max(asked, seconds(1)), longest);

/**
 * `Retry-After` in milliseconds, given as seconds or as a date (RFC 9110, section 10.2.3). A date is compared with the
 * answer's own `Date`, else with `now`. Undefined: there is none, or it says neither.
 */
export function retryAfter(
  header: string | null | undefined,
  now: Instant,
  date?: string | null,
): Duration | undefined {
  const said = (header ?? '').trim();
  if (/^\d+(?:\.\d+)?$/.test(said)) return waitOf(seconds(Number(said)));
  const until = /[a-z]/i.test(said) ? Date.parse(said) : Number.NaN;
  return Number.isNaN(until) ? undefined : waitOf(until - sentAt(date, now));
}

/** When an answer was sent, by the clock of its sender. */
export function sentAt(date: string | null | undefined, now: Instant): Instant {
  const sent = Date.parse(date ?? '');
  return Number.isNaN(sent) ? now : sent;
}
