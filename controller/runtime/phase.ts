import type { Duration } from './clock.ts';
import type { Effect, EffectKey } from './effect.ts';
import { phrase } from './outcome.ts';
import type { AnyReason } from './reasons.ts';

/** Why, for a condition: its reason and a sentence. */
export interface Reason {
  readonly reason: AnyReason;
  readonly message: string;
}

/**
 * What a phase wants: effects, nothing for now (`skip`), an input first (`wait`), or things undone (`release`).
 * What only a person can decide is `held` beside the effects, of which there may be none.
 * `failed` is what comes of a phase that threw; no phase returns it.
 */
export type Plan<E extends Effect = Effect> = (
  | {
      readonly effects: readonly E[];
      /** Something more is wanted once this is over. */
      readonly later?: Reason;
      /** What is left off of it, and why, in sentences for the condition. */
      readonly without?: readonly string[];
      /** More would be wanted, and a person has to decide something first. */
      readonly held?: Reason;
    }
  | { readonly failed: Reason; readonly error: unknown }
  | { readonly skip: Reason }
  | {
      readonly wait: Reason;
      /** Key prefix. Pending entries under it are left alone while the phase waits. */
      readonly keepPrefix?: string;
    }
  | { readonly release: readonly EffectKey[] }
) & {
  /** By then time alone changes the plan: the object is planned again, whatever else happens. */
  readonly after?: Duration;
};

/** A phase owns one condition and decides; it never acts. `plan` is pure: same scope, same plan. */
export interface Phase<S, E extends Effect = Effect> {
  readonly condition: string;
  plan(scope: S): Plan<E>;
}

export interface Planned<E extends Effect = Effect> {
  readonly condition: string;
  readonly plan: Plan<E>;
}

/**
 * Runs every phase over one scope. One that throws, or wants a key that is wanted already, is a fault in the product: it
 * fails alone, and the others go on.
 */
export function planAll<S, E extends Effect>(phases: readonly Phase<S, E>[], scope: S): readonly Planned<E>[] {
  const taken = new Set<EffectKey>();
  return phases.map((phase) => {
    const { condition } = phase;
    try {
      const planned = phase.plan(scope);
      const keys = 'effects' in planned ? planned.effects.map(({ key }) => key) : [];
      const twice = keys.find((key, i) => taken.has(key) || keys.indexOf(key) !== i);
      if (twice !== undefined) throw new Error(`the effect ${twice} is wanted twice`);
      for (const key of keys) taken.add(key);
      return { condition, plan: planned };
    } catch (error) {
      return { condition, plan: { failed: { reason: 'PlanFailed', message: phrase(error) }, error } };
    }
  });
}

export const wantedOf = <E extends Effect>(planned: readonly Planned<E>[]): readonly E[] =>
  planned.flatMap(({ plan }) => ('effects' in plan ? plan.effects : []));

/** Whether a phase that waits may want it again; of one that failed nobody knows what it wants. */
export const isKept = (planned: readonly Planned[], key: EffectKey): boolean =>
  planned.some(
    ({ plan }) =>
      'failed' in plan || ('wait' in plan && plan.keepPrefix !== undefined && key.startsWith(plan.keepPrefix)),
  );

/** Whether it is not decided yet all that is wanted. */
export const isUndecided = ({ plan }: Planned): boolean =>
  'wait' in plan || 'failed' in plan || ('effects' in plan && plan.later !== undefined);

export const releasedOf = (planned: readonly Planned[]): ReadonlySet<EffectKey> =>
  new Set(planned.flatMap(({ plan }) => ('release' in plan ? plan.release : [])));
