import type { Clock, Duration } from '../../../runtime/clock.ts';

/** Slack waits 3 s for an ack; the rest is for the way there and back. */
export const ackMost: Duration = 2_200;

/** The answer did not come in time. What was asked may still happen. */
export class TooLate extends Error {
  override readonly name = 'TooLate';
}

/** Waits for `work` at most so long; what comes later is not waited for, and its failure is nobody's. @throws TooLate */
export async function within<T>(clock: Clock, most: Duration, work: Promise<T>): Promise<T> {
  const { promise, reject } = Promise.withResolvers<never>();
  const cancel = clock.after(most, () => reject(new TooLate(`no answer within ${most} ms`)));
  work.catch(() => undefined);
  try {
    return await Promise.race([work, promise]);
  } finally {
    cancel();
  }
}
