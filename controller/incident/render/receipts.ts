import type { IncidentUpdate } from '../../api/incident-update.gen.ts';
import { withPeople, type Inline, type Line } from '../../document/doc.ts';
import type { ThreadLine } from '../../capabilities/thread.ts';
import { isMended, type Cause, type Entry } from '../../runtime/effect.ts';
import { capabilities, capabilityOf } from '../../capabilities/capabilities.ts';
import { advice, effectWords, outcome, troubled } from '../../capabilities/effect-words.ts';
import { byName, byTime } from '../../timeline/order.ts';
import { isDeclaration } from '../../timeline/entries.ts';
import { type HeldUp, type View } from '../../document/view.ts';
import { shownId } from '../../document/words.ts';

type Effects = Readonly<Record<string, Entry>>;
type ReceiptsView = Pick<View, 'incident' | 'updates' | 'entries' | 'named' | 'reach'> & { readonly held?: HeldUp };
type WordsOf = View['reach'];
/** Key, title, what was made, and what waits for a person. */
type Wave = readonly [key: string, title: string, effects: Effects, held: readonly string[]];

/**
 * The lines of the receipts thread, one reply each. A wave (all that the incident has made, then each update's notices,
 * then the record) is one line that is edited as outcomes land. What went wrong has a line of its own, which is not
 * taken back: its last words are that it was done after all.
 */
export function receipts(view: ReceiptsView): ThreadLine[] {
  const all: Effects = view.entries;
  const waves: Wave[] = [
    declared(view),
    ...view.updates.toSorted(byTime).map((update): Wave => {
      const { name } = update.metadata;
      return [`update/${name}`, heading(update), update.status?.effects ?? {}, heldNotices(update.status)];
    }),
    ['record', 'Record', only(all, 'last'), view.held?.record ?? []],
  ];
  return waves.flatMap((each) => wave(each, view.reach));
}

/** What the declaration made, as the one reply under the alert that it came from; trouble is told in the channel. */
export const digest = (view: ReceiptsView): ThreadLine[] => wave(declared(view), view.reach).slice(0, 1);

const declared = (view: ReceiptsView): Wave => [
  'incident',
  `${shownId(view)} declared`,
  only(view.entries, 'first'),
  view.held?.incident ?? [],
];

/** A notice whose Integration is not there, or that several could send: its update says which. */
export function heldNotices(status: IncidentUpdate['status']): string[] {
  const sent = status?.conditions?.find(({ type }) => type === 'NoticesSent');
  return sent?.reason === 'Ambiguous' || sent?.reason === 'IntegrationGone' ? [`Notice waits: ${sent.message}`] : [];
}

/** What another version made is told of with the declaration. */
const toldOf = ({ kind }: Entry) => capabilityOf(kind)?.told ?? 'first';

const only = (effects: Effects, told: 'first' | 'last'): Effects =>
  Object.fromEntries(Object.entries(effects).filter(([, entry]) => toldOf(entry) === told));

function wave([key, title, effects, held]: Wave, words: WordsOf): ThreadLine[] {
  const entries = Object.entries(effects)
    .filter(([, e]) => toldOf(e) !== 'never' && e.state !== 'Cancelled')
    .toSorted(([a, x], [b, y]) => order(x) - order(y) || byName(a, b));
  const told = entries.filter(([, e]) => e.state !== 'Pending').map(([k, e]) => line(k, e, words));
  told.push(...held.map((text): Line => ['✗ ', ...withPeople(text)]));
  if (told.length === 0) return [];
  return [
    { key, lines: [[{ strong: title }], ...counted(told)] },
    ...entries.flatMap(([k, e]) => trouble(key, k, e, words)),
  ];
}

/** `✓ Bookmark set (3)` for what reads the same. */
function counted(lines: readonly Line[]): Line[] {
  const alike = new Map<string, { line: Line; n: number }>();
  for (const each of lines) {
    const key = JSON.stringify(each);
    alike.set(key, { line: each, n: (alike.get(key)?.n ?? 0) + 1 });
  }
  return [...alike.values()].map((each) => (each.n === 1 ? each.line : [...each.line, ` (${each.n})`]));
}

const kinds = Object.keys(capabilities);
/** What is not known comes last. */
const order = ({ kind }: Entry): number => (kinds.includes(kind) ? kinds.indexOf(kind) : kinds.length);

/** @param after of what was done: ` after all` */
function line(key: string, entry: Entry, { link, noun }: WordsOf, after = ''): Line {
  const mark = entry.state === 'Unknown' ? '? ' : troubled(entry) ? '✗ ' : '✓ ';
  if (entry.state !== 'Done' || troubled(entry)) return [mark, ...withPeople(outcome(key, entry, noun))];
  const url = link(entry);
  const { thing, done, aside } = effectWords(key, entry, noun);
  const shown: Line = url === undefined ? withPeople(thing) : [{ link: { title: thing, url } }];
  return [mark, ...shown, ...withPeople(` ${done}${after}${aside === undefined ? '' : `; ${aside}`}`)];
}

/** Why a later attempt did it. */
const sinceWhat: Readonly<Record<Cause, string>> = {
  Refused: 'after all',
  Expired: 'after all',
  Gone: 'again, since it had been taken away',
  Moved: 'again, where it stands now',
  Released: 'again, after it had been taken back',
  WantedAgain: 'after all',
  TakenOver: 'in the place of another',
};

function trouble(within: string, key: string, entry: Entry, words: WordsOf): ThreadLine[] {
  const own = `${within}/failed/${key}`;
  if (troubled(entry)) {
    const url = entry.state === 'Unknown' ? words.link(entry) : undefined;
    const where: Inline[] = url === undefined ? [] : [' ', { link: { title: 'Look there.', url } }];
    return [{ key: own, lines: [[...line(key, entry, words), `. ${advice(entry)}`, ...where]] }];
  }
  if (entry.state === 'Done' && entry.attempt > 1) {
    const after = ` ${sinceWhat[entry.cause ?? 'Refused']}, at attempt ${entry.attempt}`;
    return [{ key: own, lines: [[...line(key, entry, words, after), '.']], amends: true }];
  }
  return isMended(entry) ? [{ key: own, lines: [[...line(key, entry, words, ' after all'), '.']], amends: true }] : [];
}

function heading(update: IncidentUpdate): string {
  const { type, from, to } = update.spec;
  switch (type) {
    case 'State':
      if (isDeclaration(update)) return 'Declaration';
      return to === 'Resolved' ? 'All Clear' : `State: ${from ?? 'none'} → ${to ?? 'none'}`;
    case 'Severity':
    case 'Escalation':
    case 'Role':
      return `${type}: ${from ?? 'none'} → ${to ?? 'none'}`;
    case 'Status':
      return 'Update sent';
    case 'Note':
    case 'Decision':
    case 'Command':
    case 'Graph':
    case 'Deploy':
    case 'Alert':
    case 'Message':
    case 'Huddle':
    case 'Correction':
      return type;
  }
}
