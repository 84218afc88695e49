/** So many of `all`, the same for the same seed, each perturbation with its fair share. */
export function pick<T extends { readonly perturbation: string }>(all: readonly T[], count: number, seed: number): T[] {
  const random = generator(seed);
  const groups = new Map<string, T[]>();
  for (const one of all) groups.set(one.perturbation, [...(groups.get(one.perturbation) ?? []), one]);
  const shuffled = [...groups.values()].map((group) =>
    group
      .map((one) => ({ one, at: random() }))
      .toSorted((a, b) => a.at - b.at)
      .map(({ one }) => one),
  );
  const picked: T[] = [];
  for (let turn = 0; picked.length < Math.min(count, all.length); turn++)
    for (const group of shuffled) if (turn < group.length && picked.length < count) picked.push(group[turn] as T);
  return picked;
}

/** mulberry32: small, even enough, and the same everywhere. */
export function generator(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}
