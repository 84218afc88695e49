/** A point in time: milliseconds since the Unix epoch. */
export type Instant = number;
/** A span of time in milliseconds. */
export type Duration = number;

export const seconds = (n: number): Duration => n * 1_000;
export const minutes = (n: number): Duration => n * 60_000;

/**
 * By how much the wall clocks of two processes and of a vendor may disagree and nothing is doubled for it: whoever asks
 * the outside for what happened since an intent asks from so much earlier. One more page of history at most.
 */
export const clockTolerance: Duration = minutes(60);

/** The only source of time in the product, so that tests can own it. */
export interface Clock {
  /** Wall time, for what people read. It may jump. */
  now(): Instant;
  /** Milliseconds that never go back, for every wait, budget and lease. */
  monotonic(): Duration;
  /** Runs `task` once after `delay`; the returned function cancels it. Never keeps the process alive by itself. */
  after(delay: Duration, task: () => void): () => void;
}

/** The process's own clock. Delays are rounded up: a timer that fires early loses a wake-up. */
export const systemClock: Clock = {
  now: () => Date.now(),
  monotonic: () => performance.now(),
  after(delay, task) {
    // setTimeout holds 31 bits: a longer wait would fire at once.
    const timer = setTimeout(task, Math.min(Math.ceil(delay) + 1, 2 ** 31 - 1));
    timer.unref();
    return () => clearTimeout(timer);
  },
};

/** The first and the last second that RFC 3339 can write: its years have four digits. */
const first: Instant = Date.parse('0000-01-01T00:00:00Z');
const last: Instant = Date.parse('9999-12-31T23:59:59Z');

/**
 * RFC 3339 with whole seconds, as Kubernetes writes it. Never throws: what is no time is the epoch, as where nothing is
 * known, and what lies beyond the years 0 to 9999 is their first or last second.
 */
export function rfc3339(at: Instant): string {
  const shown = Number.isNaN(at) ? 0 : Math.min(Math.max(at, first), last);
  return new Date(shown).toISOString().replace(/\.\d{3}Z$/, 'Z');
}

const time =
  /^((?:19|2\d)\d{2}-\d{2}-\d{2})T((?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d)(\.\d{1,9})?(Z|[+-](?:[01]\d|2[0-3]):[0-5]\d)$/;

/**
 * A stored time, read as the CRDs' rule has it: RFC 3339 in the years 1900 to 2999. undefined for what cannot be read,
 * which an older version of the CRDs may have let in.
 */
export function timeOf(text: string | undefined): Instant | undefined {
  const [, day = '', clock = '', fraction = '', zone = ''] = time.exec(text?.toUpperCase() ?? '') ?? [];
  const at = isDay(day) ? Date.parse(`${day}T${clock}${fraction.slice(0, 4)}${zone}`) : NaN;
  return Number.isNaN(at) ? undefined : at;
}

/** A day of the calendar in these years, as 2026-07-01: there is no 30th of February. */
export function isDay(text: string): boolean {
  if (!/^(?:19|2\d)\d{2}-\d{2}-\d{2}$/.test(text)) return false;
  const at = Date.parse(`${text}T00:00:00Z`);
  return !Number.isNaN(at) && new Date(at).toISOString().startsWith(text);
}
