import type { Incident } from '../api/incident.gen.ts';
import type { IncidentUpdate } from '../api/incident-update.gen.ts';
import { rfc3339, seconds, timeOf, type Duration, type Instant } from '../runtime/clock.ts';
import { seriesNumberOf, tellsOfChange } from './history.ts';
import { originUid } from './identity.ts';

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

/** When it was written, by the API server's clock, in whole seconds. Milliseconds; 0 where that is not known. */
export const writtenAt = ({ metadata }: IncidentUpdate): Instant => timeOf(metadata.creationTimestamp) ?? 0;

/** When it happened, as its author says; nothing that is written has yet to happen. Milliseconds. */
export const happenedAt = (update: IncidentUpdate): Instant =>
  Math.min(writtenAt(update), timeOf(update.spec.occurredAt) ?? Infinity);

/**
 * In the order of writing, whatever they say of when it happened. In the same second the incident's first entry comes
 * first, then it goes by name, numbers in it as numbers (t2 before t10): nothing else is known. `inOrder` hands them
 * out so.
 */
export const byTime = (a: IncidentUpdate, b: IncidentUpdate): number =>
  writtenAt(a) - writtenAt(b) || Number(isFirst(b)) - Number(isFirst(a)) || byName(a.metadata.name, b.metadata.name);

const isFirst = ({ spec: { type, from } }: IncidentUpdate): boolean => type === 'State' && from === undefined;

const collator = new Intl.Collator('en', { numeric: true });
export const byName = (a: string, b: string): number => collator.compare(a, b);
