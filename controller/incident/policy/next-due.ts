import { rfc3339 } from '../../runtime/clock.ts';
import { byTime, happenedAt } from '../render/words.ts';
import type { IncidentScope } from '../scope.ts';
import { parseDuration } from './policy.ts';

/**
 * When the next update to people is due, as RFC 3339: what the last one promises, else the policy's time after it, or
 * after the declaration. It depends on no clock. undefined: none is due.
 */
export function nextDue({
  incident,
  updates,
  policy,
}: Pick<IncidentScope, 'incident' | 'updates' | 'policy'>): string | undefined {
  const last = updates
    .filter(({ spec }) => spec.type === 'Status')
    .toSorted(byTime)
    .at(-1);
  if (last?.spec.nextDueAt !== undefined) return last.spec.nextDueAt;
  const dueIn = parseDuration(policy.spec.updates?.dueIn ?? '');
  if (dueIn === 0) return undefined;
  const declared = Date.parse(incident.status?.timestamps?.declaredAt ?? incident.metadata.creationTimestamp);
  return rfc3339((last === undefined ? declared : happenedAt(last)) + dueIn);
}
