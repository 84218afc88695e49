import type { EffectKey, Entry } from '../runtime/effect.ts';
import { endingOf, endsClosed, type RecordView } from './entries.ts';

type Entries = Readonly<Record<EffectKey, Entry>>;

/** So often an incident is reopened after a merge and closed again before people see to it themselves. */
export const mostRequests = 5;

/** The key of the first request, of the second, and so on: each is a request for review of its own. */
export const requestKey = (request: number): EffectKey => (request === 1 ? 'review' : `review/${request}`);

/** The latest that was made. */
export const lastRequest = (entries: Entries): Entry | undefined =>
  Array.from({ length: mostRequests }, (_, i) => entries[requestKey(mostRequests - i)]).find(
    (entry) => entry?.state === 'Done' && entry.ref !== undefined,
  );

/** How far the record's review has come, read off what is recorded. */
export interface Requests {
  /** Which one brings the last ending, from 1; mostRequests + 1: there are no more. */
  readonly request: number;
  /** The ending that the base branch holds, as far as is known. */
  readonly merged: string | undefined;
  /** RFC 3339; when what holds the last ending was merged. Absent: it was not. */
  readonly acceptedAt?: string;
}

/**
 * A merged request accepts the ending that its branch held when it was last seen open, or that the base branch is seen
 * to hold. When that is not the last one, since the incident was open again meanwhile, the next request brings it.
 */
export function requestsOf(view: Pick<RecordView, 'incident' | 'updates'>, entries: Entries): Requests {
  const ending = endingOf(view);
  const merged = entries['record']?.facts?.['merged'];
  for (let request = 1; request <= mostRequests; request += 1) {
    // Superseded: a later request exists.
    if (entries[requestKey(request + 1)]?.ref !== undefined) continue;
    const { mergedAt, carries, state } = entries[requestKey(request)]?.facts ?? {};
    const holds = carries === ending || merged === ending;
    if (mergedAt !== undefined && holds) {
      // After a takeover, status may be seen before the entry of the last all clear.
      if (!endsClosed(view.updates)) return { request, merged };
      // Merged with an earlier ending: people brought the last one to the base branch by themselves.
      const later = carries === undefined || carries === ending ? undefined : entries['record']?.at;
      return { request, merged, acceptedAt: later ?? mergedAt };
    }
    // Its merge may show in Git before its host was asked.
    const spent = state === 'Merged' || (merged !== undefined && merged !== ending && carries === merged);
    if (!spent) return { request, merged };
  }
  return { request: mostRequests + 1, merged };
}
