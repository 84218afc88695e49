import type { Duration } from './clock.ts';
import type { Effect, EffectKey } from './effect.ts';

/** Why, for a condition: CamelCase and a sentence. Each reason has a line in docs/reasons.md. */
export interface Reason {
  readonly reason: string;
  readonly message: string;
}

/** What a phase wants: effects, nothing for now (`skip`), an input first (`wait`), or things undone (`release`). */
export type Plan<E extends Effect = Effect> =
  | { readonly effects: readonly E[] }
  | { readonly skip: Reason }
  | {
      readonly wait: Reason;
      readonly after?: Duration;
      /** What it may want again begins so: its intents are neither carried out meanwhile nor given up. */
      readonly keeps?: string;
    }
  | { readonly release: readonly EffectKey[] };

/** A phase owns one condition and decides; it never acts. `plan` is pure: same scope, same plan. */
export interface Phase<S, E extends Effect = Effect> {
  readonly condition: string;
  plan(scope: S): Plan<E>;
}

export interface Planned<E extends Effect = Effect> {
  readonly condition: string;
  readonly plan: Plan<E>;
}

/** Runs every phase over one scope. Two phases that want the same key are a fault in the product. */
export function planAll<S, E extends Effect>(phases: readonly Phase<S, E>[], scope: S): readonly Planned<E>[] {
  const planned = phases.map((phase) => ({ condition: phase.condition, plan: phase.plan(scope) }));
  const keys = wantedOf(planned).map((effect) => effect.key);
  const twice = keys.find((key, i) => keys.indexOf(key) !== i);
  if (twice !== undefined) throw new Error(`two phases want the effect ${twice}`);
  return planned;
}

export const wantedOf = <E extends Effect>(planned: readonly Planned<E>[]): readonly E[] =>
  planned.flatMap(({ plan }) => ('effects' in plan ? plan.effects : []));

/** Whether a phase that waits may want it again. */
export const isKept = (planned: readonly Planned[], key: EffectKey): boolean =>
  planned.some(({ plan }) => 'wait' in plan && plan.keeps !== undefined && key.startsWith(plan.keeps));

export const releasedOf = (planned: readonly Planned[]): ReadonlySet<EffectKey> =>
  new Set(planned.flatMap(({ plan }) => ('release' in plan ? plan.release : [])));
