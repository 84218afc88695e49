import type { ProductEffect } from '../../integrations/capabilities.ts';
import { rfc3339, type Instant } from '../../runtime/clock.ts';
import { revision, type EffectKey, type Entry, type Ref } from '../../runtime/effect.ts';
import { entryOf } from '../../runtime/execution.ts';

/** Stands for the number that the incident will get: long, so that no text holds it by chance. */
const unknownNumber = 987_650_321;

/** What is known only once `key` is done. */
const after = (key: EffectKey): string => `(known after ${key})`;

/** Words with the stand-in number in them, for people: `inc-987650321` is `inc-(known after number)`. */
export const shown = (text: string): string => text.replaceAll(String(unknownNumber), after('number'));

/** The effect as if it had been done: what it would hand back is a placeholder. */
export function pretended(effect: ProductEffect, before: Entry | undefined, now: Instant): Entry {
  const at = rfc3339(now);
  const facts = factsOf(effect);
  return entryOf(effect, {
    state: 'Done',
    attempt: (before?.attempt ?? 0) + 1,
    rev: revision(effect.desired),
    ref: refOf(effect),
    since: at,
    at,
    ...(facts ? { facts } : {}),
  });
}

/** The placeholder in an entry's ref, where there is one: it stands for its address, too. */
export const placeholderOf = (entry: Entry): string | undefined =>
  Object.values(entry.ref ?? {}).find((value) => value.startsWith('(known after '));

function refOf(effect: ProductEffect): Ref {
  const { key, within = {} } = effect;
  const unknown = after(key);
  switch (effect.kind) {
    case 'number':
      return { number: String(unknownNumber) };
    case 'channel':
      return { channel: unknown, name: effect.desired.name, team: unknown };
    case 'message':
    case 'thread':
      return { channel: within['channel'] ?? unknown, ts: unknown };
    case 'record':
      return { branch: effect.desired.branch, folder: effect.desired.folder, commit: unknown, base: unknown };
    case 'ticket':
      return { id: unknown, number: unknown };
    case 'review':
      return { id: unknown, pull: unknown };
    case 'purpose':
    case 'pin':
    case 'members':
      return within;
    case 'bookmark':
    case 'comment':
      return { ...within, [effect.kind]: unknown };
  }
}

function factsOf(effect: ProductEffect): Entry['facts'] {
  if (effect.kind === 'members') return { invited: effect.desired.people.join(',') };
  if (effect.kind === 'ticket') return { state: effect.desired.state };
  if (effect.kind === 'review') return { state: 'Open' };
  return undefined;
}
