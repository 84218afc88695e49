import { minutes, type Clock, type Duration } from '../../../runtime/clock.ts';

/** Slack delivers an event again for a little over five minutes. */
const lifetime: Duration = minutes(10);
const most = 2_000;

/**
 * What this process has answered lately, so that a delivery that comes again gets the same answer and does nothing. An
 * extra: across processes the names of what is written tell a repeat.
 */
export class Recent {
  readonly #clock: Clock;
  readonly #answers = new Map<string, { until: Duration; answer: Promise<unknown> }>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** A failure is forgotten: it is to be tried again. */
  once<T>(key: string, work: () => Promise<T>): Promise<T>;
  once(key: string, work: () => Promise<unknown>): Promise<unknown> {
    const now = this.#clock.monotonic();
    const known = this.#answers.get(key);
    // Written under the same key by the same code, hence of the same type.
    if (known && known.until > now) return known.answer;
    for (const [old, { until }] of this.#answers) {
      if (until > now && this.#answers.size < most) break;
      this.#answers.delete(old);
    }
    const answer = work();
    const mine = { until: now + lifetime, answer };
    this.#answers.set(key, mine);
    answer.catch(() => {
      if (this.#answers.get(key) === mine) this.#answers.delete(key);
    });
    return answer;
  }
}
