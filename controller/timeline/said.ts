import type { IncidentUpdate } from '../api/incident-update.gen.ts';
import { claimAnnotation } from '../api/names.ts';
import { minutes, timeOf, type Duration, type Instant } from '../runtime/clock.ts';
import { isBlank } from '../text.ts';
import { byTime, happenedAt, writtenAt } from './order.ts';

/** What was said last about how it stands, with what its correction made of it. */
export interface Said {
  readonly update: IncidentUpdate;
  readonly text: string;
  /** The entry that put it right, if one did. */
  readonly correction?: IncidentUpdate;
}

/** The types of entries that say how it stands. */
const spoken: readonly IncidentUpdate['spec']['type'][] = ['Status', 'Note', 'Decision', 'Correction'];

/** People are told a Status when it is written; a Note or Decision may be of earlier, and is put down later. */
const saidAt = (update: IncidentUpdate): Instant =>
  update.spec.type === 'Note' || update.spec.type === 'Decision' ? happenedAt(update) : writtenAt(update);

/** Said last of these types, as it was corrected since. A Correction of anything else counts as said by itself. */
export function lastSaid(updates: readonly IncidentUpdate[], types = spoken): Said | undefined {
  const all = updates
    .filter(({ metadata }) => metadata.annotations?.[claimAnnotation] === undefined)
    .filter(({ spec }) => spoken.includes(spec.type) && !isBlank(spec.text ?? ''))
    .toSorted((a, b) => saidAt(a) - saidAt(b) || byTime(a, b));
  const byName = new Map(all.map((update) => [update.metadata.name, update]));
  /** What it puts right in the end: a Correction may be corrected. */
  const subjectOf = (update: IncidentUpdate): IncidentUpdate => {
    const seen = new Set([update]);
    for (let subject = update; ;) {
      const next = byName.get(subject.spec.corrects?.name ?? '');
      if (next === undefined || seen.has(next)) return subject;
      seen.add(next);
      subject = next;
    }
  };
  const update = all.findLast((one) => types.includes(one.spec.type) && subjectOf(one) === one);
  if (update === undefined) return undefined;
  const correction = all.findLast((one) => one !== update && subjectOf(one) === update);
  const { text = '' } = (correction ?? update).spec;
  return { update, text, ...(correction === undefined ? {} : { correction }) };
}

/** A promise for later than this is a slip of the pen, such as 2062 for 2026. */
const longestPromise: Duration = minutes(30 * 24 * 60);

/** The next update as a Status promises it; undefined: it does not, or not so that anybody could wait for it. */
export function promiseOf(update: IncidentUpdate | undefined): string | undefined {
  const promised = timeOf(update?.spec.nextDueAt);
  if (update === undefined || promised === undefined || promised > writtenAt(update) + longestPromise) return undefined;
  return update.spec.nextDueAt;
}
