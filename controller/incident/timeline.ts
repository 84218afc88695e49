import type { Incident } from '../api/incident.gen.ts';
import type { IncidentUpdate } from '../api/incident-update.gen.ts';
import { claimAnnotation } from '../api/names.ts';
import { minutes, rfc3339, seconds, timeOf, type Duration, type Instant } from '../runtime/clock.ts';
import { isBlank } from '../text.ts';
import { seriesNumberOf, tellsOfChange } from './history.ts';
import { originUid } from './identity.ts';
import { byTime, happenedAt, writtenAt } from './render/words.ts';

/**
 * The timeline of one incident, in the order of writing: by creationTimestamp, which the API server gives in whole
 * seconds; within a second by name, the controller's own entries by their number. Where creationTimestamp is known to
 * say something else than when it was written, the entry is handed out with the right one:
 *
 * - The entry of the declaration was written when the Incident was, however late the controller came.
 * - Entries of the controller follow each other by number, also where two API servers' clocks differ.
 * - Restored from a backup, all objects are new: the earlier of occurredAt and creationTimestamp counts.
 */
export function inOrder(incident: Incident, updates: readonly IncidentUpdate[]): IncidentUpdate[] {
  const restored = isRestored(incident);
  const numbered = updates
    .flatMap((update) => {
      const number = tellsOfChange(update) ? seriesNumberOf(incident, update) : undefined;
      return number === undefined ? [] : [{ update, number }];
    })
    .toSorted((a, b) => a.number - b.number);
  const written = new Map<IncidentUpdate, Instant>();
  let before: Instant = -Infinity;
  for (const { update, number } of numbered) {
    before = Math.max(before, restored || number === 1 ? earlier(update) : writtenAt(update));
    written.set(update, before);
  }
  return updates
    .map((update) => writtenOn(update, written.get(update) ?? (restored ? earlier(update) : writtenAt(update))))
    .toSorted(byTime);
}

/** It was declared under another uid than it has now. */
export const isRestored = (incident: Incident): boolean => originUid(incident) !== incident.metadata.uid;

function earlier(update: IncidentUpdate): Instant {
  return Math.min(writtenAt(update), timeOf(update.spec.occurredAt) ?? Infinity);
}

const writtenOn = (update: IncidentUpdate, at: Instant): IncidentUpdate =>
  at === writtenAt(update) ? update : { ...update, metadata: { ...update.metadata, creationTimestamp: rfc3339(at) } };

/** Two clocks that count as the same differ by less. */
const clocksDiffer: Duration = seconds(10);

/** When an entry that is written now may say that it happened: never before one that stands there already. */
export function notBefore(updates: readonly IncidentUpdate[], now: Instant): Instant {
  return updates.reduce((latest, update) => {
    const written = writtenAt(update);
    const said = timeOf(update.spec.occurredAt) ?? written;
    return Math.max(latest, said < written + clocksDiffer ? Math.max(said, written) : written);
  }, now);
}

/** Of a restored incident: since when things of it may stand outside, as far as is known. undefined: it was not restored. */
export function oldestOf(incident: Incident, updates: readonly IncidentUpdate[]): Instant | undefined {
  if (!isRestored(incident)) return undefined;
  const [first] = inOrder(incident, updates);
  const known = [timeOf(incident.status?.timestamps?.declaredAt), timeOf(incident.metadata.creationTimestamp)];
  return Math.min(...known.map((at) => at ?? Infinity), first === undefined ? Infinity : writtenAt(first));
}

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
