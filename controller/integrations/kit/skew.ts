import type { Duration, Instant } from '../../runtime/clock.ts';
import { fine, unknown, wrong, type Finding } from './finding.ts';

/**
 * GitHub takes an app's token only within a minute of its own clock, and Slack's signatures are good for five; the
 * header counts whole seconds, and the answer takes its time.
 */
const most: Duration = 30_000;

/** How far this machine's clock is from the one that wrote `date` (an HTTP header). */
export function skew(who: string, date: string | undefined, now: Instant): Finding {
  const about = `Clock against ${who}`;
  const there = Date.parse(date ?? '');
  if (Number.isNaN(there)) return unknown(about, 'its answer has no date');
  const apart = Math.round(Math.abs(now - there) / 1_000);
  if (Math.abs(now - there) <= most) return fine(about, `${apart} s apart`);
  return wrong(
    about,
    `${apart} s apart, this machine is ${now > there ? 'ahead' : 'behind'}`,
    'Set the clock of this machine (NTP); signed requests and tokens are refused otherwise.',
  );
}
