import { refusedPart, unusable, type Entry } from '../runtime/effect.ts';
import type { Noun } from '../integrations/capabilities.ts';
import { ticketWord } from './words.ts';

/** An effect in people's words: `{thing: 'GitHub issue #12', done: 'filed'}`. Unescaped. */
export interface EffectWords {
  readonly thing: string;
  readonly done: string;
  /** What else people should know of it. */
  readonly aside?: string;
}

type Describe = (entry: Entry, key: string, noun: Noun) => EffectWords;

const words: Readonly<Record<string, Describe>> = {
  number: () => ({ thing: 'Number', done: 'given' }),
  channel: (e) => ({ thing: channelWord(e), done: 'opened' }),
  purpose: () => ({ thing: 'Channel purpose', done: 'set' }),
  message: (e, key) =>
    key === 'triage'
      ? { thing: `Alert in ${hash(e.within?.['channelName']) ?? 'chat'}`, done: 'posted' }
      : e.within?.['channelName'] === undefined
        ? { thing: key === 'farewell' ? 'Last line' : 'Live status', done: 'posted' }
        : { thing: `Notice to ${hash(e.within['channelName'])}`, done: 'sent' },
  // Its trouble is its own: the live status stands without it.
  pin: (e) => ({ thing: e.state === 'Done' ? 'Live status' : 'Pin', done: 'pinned' }),
  members: (e) => members(e),
  bookmark: (_, key, noun) => ({ thing: bookmark(key.split('/'), noun), done: 'set' }),
  thread: () => ({ thing: 'Receipts', done: 'posted' }),
  ticket: (e, _, noun) => ({ thing: capital(ticketWord(noun, e.integration, e.ref?.['id'])), done: 'filed' }),
  comment: (e, _, noun) => ({
    thing: `Comment on the ${ticketWord(noun, e.integration, e.within?.['id'])}`,
    done: 'added',
  }),
  record: (e) => ({
    thing: named('Record', e.ref?.['branch']),
    done: 'pushed',
    ...(e.ref?.['taken'] === undefined ? {} : { aside: e.ref['taken'] }),
  }),
  review: (e, _, noun) => ({
    thing: named(capital(noun('review', e.integration)), e.ref?.['id'] ?? pull(e.ref?.['pull'])),
    done: e.facts?.['state'] === 'Merged' ? 'merged' : 'opened',
  }),
};

export function effectWords(key: string, entry: Entry, noun: Noun): EffectWords {
  return words[entry.kind]?.(entry, key, noun) ?? { thing: `${entry.kind} ${key}`, done: 'done' };
}

/** `Channel #inc-00001`. */
export const channelWord = ({ ref }: Entry): string => named('Channel', hash(ref?.['name']));

function members(entry: Entry): EffectWords {
  const invited = list(entry.facts?.['invited']);
  const missing = list(entry.facts?.['notFound']);
  // Where that is recorded as refused it is said with its reason.
  const left = missing.length === 0 || refusedPart(entry) ? '' : `; not found: ${missing.join(', ')}`;
  if (entry.state !== 'Done') return { thing: 'Invitations', done: 'sent' };
  return { thing: 'People', done: invited.length === 0 ? `invited${left}` : `invited: ${invited.join(', ')}${left}` };
}

const list = (text = ''): string[] => text.split(',').flatMap((part) => part.trim() || []);
const named = (noun: string, name: string | undefined): string => (name === undefined ? noun : `${noun} ${name}`);
const hash = (name: string | undefined): string | undefined =>
  name === undefined || name.startsWith('#') ? name : `#${name}`;
const pull = (id: string | undefined): string | undefined =>
  id === undefined ? undefined : `#${id.replace(/^#/, '')}`;
/** `bookmark/ticket/github` says whose it is; other keys hold only a hash of the address. */
const bookmark = ([, from, name]: readonly string[], noun: Noun): string =>
  from === 'ticket' && name !== undefined ? `Bookmark of the ${ticketWord(noun, name, undefined)}` : 'Bookmark';
const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);

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
