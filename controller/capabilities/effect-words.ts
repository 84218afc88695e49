import type { Noun } from '../document/words.ts';
import { refusedPart, unusable, type Entry } from '../runtime/effect.ts';
import { capabilityOf } from './capabilities.ts';
import type { EffectWords } from './capability.ts';

export const effectWords = (key: string, entry: Entry, noun: Noun): EffectWords =>
  capabilityOf(entry.kind)?.words(entry, key, noun) ?? { thing: `${entry.kind} ${key}`, done: 'done' };

/** What a person can do about an effect that is not done. */
export function advice(entry: Entry): string {
  switch (entry.state) {
    case 'Failed':
      return mend(entry.reason);
    case 'Unknown':
      return 'Look whether it is there, and repeat it by hand if it is not.';
    case 'Expired':
      return 'If it still matters, tell them by hand.';
    case 'Done': {
      const part = refusedPart(entry);
      return part ? mend(part.reason) : '';
    }
    case 'Pending':
    case 'Cancelled':
      return '';
  }
}

/** Nothing in the cluster tells that a branch rule is gone, so that a push is tried again sooner than others. */
const mend = (reason: string | undefined): string =>
  `Put that right; it is tried again ${reason === 'PushRefused' ? 'each minute' : 'after 5 minutes, then less often'}, and at once when its Integration or the spec changes.`;

/** It needs a person's eyes. */
export const troubled = (entry: Entry): boolean =>
  entry.state === 'Failed' ||
  entry.state === 'Unknown' ||
  entry.state === 'Expired' ||
  unusable(entry) !== undefined ||
  refusedPart(entry) !== undefined;

/** What of a thing that stands was refused: its last edit, or those whom it could not let in. */
const refusedWords = ({ kind }: Entry): string => (kind === 'members' ? 'not invited' : 'its last edit was refused');

/** How it stands, in one line: `GitHub issue failed: Bad credentials.` Unescaped. */
export function outcome(key: string, entry: Entry, noun: Noun): string {
  const { thing, done, aside } = effectWords(key, entry, noun);
  const part = refusedPart(entry);
  // The message of a thing that stands is of what people did to it outside.
  const said = part && !unusable(entry) ? part.message : (entry.message ?? entry.reason ?? '');
  const why = said.trim().replace(/[.:]$/, '');
  const because = why === '' ? '' : `: ${why}`;
  switch (entry.state) {
    case 'Done':
      if (entry.reason === 'Gone') return `${thing} was taken away outside; it is left so`;
      if (unusable(entry)) return `${thing} cannot be used${because}`;
      return part
        ? `${thing} ${done}; ${refusedWords(entry)}${because}`
        : `${thing} ${done}${aside === undefined ? '' : `; ${aside}`}`;
    case 'Failed':
      return `${thing} failed${because}`;
    case 'Unknown':
      return `${thing}: outcome unknown${because}`;
    case 'Expired':
      return `${thing} was not sent: too late`;
    case 'Pending':
      return `${thing} on its way`;
    case 'Cancelled':
      if (entry.reason === 'NotSupported') return `${thing} left off${because}`;
      return `${thing} not sent: no longer wanted`;
  }
}
