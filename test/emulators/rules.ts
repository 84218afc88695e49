/** Which of the requests that pass a rule is meant for. */
export interface Match<E> {
  /** HTTP method. */
  readonly method?: string;
  /** Part of the path with query, or a pattern. */
  readonly path?: string | RegExp;
  readonly when?: (exchange: E) => boolean;
  /** Only the nth match, from 1. */
  readonly nth?: number;
  /** Only the first so many matches. */
  readonly times?: number;
  /** 0 to 1, drawn from `seed`, so that a run can be had again. */
  readonly probability?: number;
  readonly seed?: number;
}

export interface RuleHandle {
  /** How often it acted. */
  readonly hits: number;
  /** Resolves when it has acted `n` times. */
  hit(n?: number): Promise<void>;
  /** Lets go what it holds now. */
  release(): void;
  remove(): void;
}

export interface LiveRule<E, R extends Match<E>> extends RuleHandle {
  readonly rule: R;
  hits: number;
  matches(exchange: E): boolean;
  /** It is about to act. */
  act(): void;
  /** Resolves at the next `release`. */
  wait(): Promise<void>;
}

/** A rule of a proxy, counting what it matched and did. */
export function liveRule<E extends { readonly method: string; readonly path: string }, R extends Match<E>>(
  rule: R,
  remove: () => void,
): LiveRule<E, R> {
  const draw = random(rule.seed ?? 1);
  const held = new Set<() => void>();
  const watchers = new Set<() => void>();
  let matched = 0;
  const live: LiveRule<E, R> = {
    rule,
    hits: 0,
    matches(exchange) {
      if (rule.method !== undefined && rule.method !== exchange.method) return false;
      if (typeof rule.path === 'string' && !exchange.path.includes(rule.path)) return false;
      if (rule.path instanceof RegExp && !rule.path.test(exchange.path)) return false;
      if (rule.when && !rule.when(exchange)) return false;
      matched += 1;
      if (rule.nth !== undefined && matched !== rule.nth) return false;
      if (rule.times !== undefined && matched > rule.times) return false;
      return rule.probability === undefined || draw() < rule.probability;
    },
    act() {
      live.hits += 1;
      for (const watcher of watchers) watcher();
    },
    wait: () =>
      new Promise((resolve) => {
        held.add(resolve);
      }),
    hit: (n = 1) =>
      new Promise((resolve) => {
        const look = (): void => {
          if (live.hits < n) return;
          watchers.delete(look);
          resolve();
        };
        watchers.add(look);
        look();
      }),
    release() {
      for (const resolve of held) resolve();
      held.clear();
    },
    remove() {
      remove();
      live.release();
    },
  };
  return live;
}

/** mulberry32: the same numbers for the same seed. */
function random(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}
