import type { IncidentUpdate } from '../api/incident-update.gen.ts';
import { byName } from '../timeline/order.ts';
import { isDeclaration } from '../timeline/entries.ts';
import { minutes, timeOf } from '../runtime/clock.ts';
import {
  closingEntry,
  closingOf,
  fixed,
  isDeclared,
  numbersOf,
  timesOf,
  type RecordView,
  type Times,
} from './entries.ts';

type Time = keyof Times;

/** A time that cannot be right as it is recorded, or that contradicts another. */
export interface Doubt {
  /** A sentence without its full stop: `It was noticed before it began`. */
  readonly what: string;
  /** The times that may be wrong: no duration is made of them. */
  readonly of: readonly Time[];
  readonly cites: readonly string[];
}

/** What began longer before its declaration is a slip of the pen (1970, last year) more often than a fact. */
const longest = minutes(30 * 24 * 60);
/** By which two clocks may differ. */
const skew = minutes(5);

export function doubtsOf(view: RecordView): readonly Doubt[] {
  const found = entriesInDoubt(view);
  const wrong = new Set(found.flatMap(({ of }) => of));
  const times = timesOf(view);
  const entry: Readonly<Record<Time, string>> = { ...fixed, resolved: closingEntry(view) };
  // In this order, since a time that is in doubt contradicts nothing.
  for (const [earlier, later, of, what, gap = 0] of rules(isDeclared(view))) {
    const [a, b] = [times[earlier], times[later]];
    if (a === undefined || b === undefined || a >= b - gap || wrong.has(earlier) || wrong.has(later)) continue;
    for (const time of of) wrong.add(time);
    found.push({ what, of, cites: [entry[earlier], entry[later]] });
  }
  return found;
}

/** What must not be earlier than what (by more than so many milliseconds), and which of the two is then wrong. */
type Rule = readonly [earlier: Time, later: Time, of: readonly Time[], what: string, gap?: number];

const rules = (declared: boolean): readonly Rule[] => [
  ...(declared
    ? ([
        ['started', 'declared', ['started'], 'It began more than 30 days before it was declared', longest],
        ['detected', 'declared', ['detected'], 'It was noticed more than 30 days before it was declared', longest],
        ['mitigated', 'declared', ['mitigated'], 'It was mitigated more than 30 days before it was declared', longest],
      ] as const)
    : []),
  ['resolved', 'declared', ['resolved'], 'The all clear came before the declaration'],
  ['declared', 'started', ['started'], `It began after it was ${declared ? 'declared' : 'recorded'}`],
  ['declared', 'detected', ['detected'], `It was ${declared ? 'declared' : 'recorded'} before it was noticed`],
  ['resolved', 'mitigated', ['mitigated'], 'The all clear came before the mitigation'],
  ['detected', 'started', ['started', 'detected'], 'It was noticed before it began'],
  ['mitigated', 'started', ['started', 'mitigated'], 'It was mitigated before it began'],
];

/** The times that durations may be made of. */
export function soundTimes(view: RecordView): Times {
  const wrong = new Set<string>(doubtsOf(view).flatMap(({ of }) => of));
  const { declared, ...others } = timesOf(view);
  return { ...Object.fromEntries(Object.entries(others).filter(([time]) => !wrong.has(time))), declared };
}

/** Entries that say they happened later than they were written, or long before anybody declared anything. */
function entriesInDoubt(view: RecordView): Doubt[] {
  const earliest = isDeclared(view) ? timesOf(view).declared - longest : -Infinity;
  const late = view.updates.filter((update) => saidOf(update) > Date.parse(update.metadata.creationTimestamp) + skew);
  const early = view.updates.filter((update) => saidOf(update) < earliest);
  return [
    ...entryDoubt(view, late, 'later than written down'),
    ...entryDoubt(view, early, 'more than 30 days before the declaration'),
  ];
}

/** NaN, which is neither late nor early, where it says nothing. */
const saidOf = ({ spec }: IncidentUpdate): number => timeOf(spec.occurredAt) ?? NaN;

function entryDoubt(view: RecordView, updates: readonly IncidentUpdate[], how: string): Doubt[] {
  if (updates.length === 0) return [];
  const numbers = numbersOf(view);
  const cites = updates.map(({ metadata }) => numbers.get(metadata.name) ?? fixed.declared).toSorted(byName);
  const closing = closingOf(view.updates);
  const of = updates.flatMap((update): Time[] =>
    update === closing ? ['resolved'] : isDeclaration(update) ? ['declared'] : [],
  );
  return [{ what: `${cites.join(', ')} happened, as recorded, ${how}`, of, cites }];
}
