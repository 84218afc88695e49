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
export const clockSlack: Duration = minutes(60);

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

/** RFC 3339 with whole seconds, as Kubernetes writes it. */
export const rfc3339 = (at: Instant): string => new Date(at).toISOString().replace(/\.\d{3}Z$/, 'Z');
