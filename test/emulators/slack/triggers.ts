import { randomBytes } from 'node:crypto';
import type { Clock } from '../../../controller/runtime/clock.ts';

/** What a trigger_id was handed out for. */
export interface Trigger {
  /** The person's name in the workspace. */
  readonly who: string;
  /** The modal in which it arose; views.push wants one. */
  readonly view?: string;
}

/** Trigger ids: each works once, for a few seconds. */
export class Triggers {
  readonly #life: number;
  readonly #clock: Clock;
  readonly #given = new Map<string, Trigger & { readonly at: number; used: boolean }>();

  constructor(life: number, clock: Clock) {
    this.#life = life;
    this.#clock = clock;
  }

  give(trigger: Trigger): string {
    const id = `${Date.now()}.${randomBytes(4).readUInt32BE()}.${randomBytes(16).toString('hex')}`;
    this.#given.set(id, { ...trigger, at: this.#clock.monotonic(), used: false });
    return id;
  }

  /** Uses it up. Slack's errors: https://docs.slack.dev/reference/methods/views.open#errors */
  take(id: string): Trigger | 'invalid_trigger_id' | 'expired_trigger_id' | 'exchanged_trigger_id' {
    const found = this.#given.get(id);
    if (!found) return 'invalid_trigger_id';
    if (found.used) return 'exchanged_trigger_id';
    if (this.#clock.monotonic() - found.at > this.#life) return 'expired_trigger_id';
    found.used = true;
    return found;
  }
}
