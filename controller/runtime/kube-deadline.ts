import type { Clock, Duration } from './clock.ts';

/** A signal that aborts when its time is over or when an outer one does. */
export interface Deadline {
  readonly signal: AbortSignal;
  /** It was time that ended it. */
  expired(): boolean;
  /** From now on, `delay` more. Cheap: called for every event of a watch. */
  extend(delay: Duration): void;
  /** Rejects as soon as the signal aborts. */
  race<T>(work: Promise<T>): Promise<T>;
  done(): void;
}

export function deadline(clock: Clock, delay: Duration, outer?: AbortSignal): Deadline {
  const controller = new AbortController();
  const { signal } = controller;
  const over = Promise.withResolvers<never>();
  over.promise.catch(() => {});
  signal.addEventListener('abort', () => over.reject(signal.reason), { once: true });
  let expired = false;
  let due = clock.monotonic() + delay;
  const check = (): void => {
    const left = due - clock.monotonic();
    if (left > 0) {
      cancel = clock.after(left, check);
      return;
    }
    expired = true;
    controller.abort();
  };
  let cancel = clock.after(delay, check);
  const follow = (): void => controller.abort(outer?.reason);
  if (outer?.aborted) follow();
  outer?.addEventListener('abort', follow, { once: true });
  return {
    signal,
    expired: () => expired,
    extend(more) {
      const later = clock.monotonic() + more;
      // A timer that is due earlier looks again by itself.
      if (later < due) {
        cancel();
        cancel = clock.after(more, check);
      }
      due = later;
    },
    race: (work) => Promise.race([work, over.promise]),
    done() {
      cancel();
      outer?.removeEventListener('abort', follow);
    },
  };
}
