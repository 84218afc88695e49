import { capabilityOf, type ProductEffect } from '../../capabilities/capabilities.ts';
import { unknownNumber } from '../../capabilities/number.ts';
import { rfc3339, type Instant } from '../../runtime/clock.ts';
import { revOf, type EffectKey, type Entry, type Landed, type Port } from '../../runtime/effect.ts';
import { entryOf } from '../../runtime/execution.ts';

/** What is known only once `key` is done. */
const after = (key: EffectKey): string => `(known after ${key})`;

/** Words with the stand-in number in them, for people: `inc-987650321` is `inc-(known after number)`. */
export const shown = (text: string): string => text.replaceAll(String(unknownNumber), after('number'));

/** The effect as if it had been done: what it would hand back is a placeholder. */
export function pretended(
  effect: ProductEffect,
  before: Entry | undefined,
  port: Port | undefined,
  now: Instant,
): Entry {
  const at = rfc3339(now);
  const { ref, facts } = landedOf(effect);
  return entryOf(effect, {
    state: 'Done',
    attempt: (before?.attempt ?? 0) + 1,
    rev: revOf(effect.desired, port),
    ref,
    since: at,
    at,
    ...(facts ? { facts } : {}),
  });
}

/** The placeholder in an entry's ref, where there is one: it stands for its address, too. */
export const placeholderOf = (entry: Entry): string | undefined =>
  Object.values(entry.ref ?? {}).find((value) => value.startsWith('(known after '));

const landedOf = ({ key, kind, desired, place }: ProductEffect): Landed =>
  capabilityOf(kind)?.pretend(desired, place?.in ?? {}, after(key)) ?? { ref: place?.in ?? {} };
