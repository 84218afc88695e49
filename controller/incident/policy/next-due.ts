import { rfc3339, timeOf } from '../../runtime/clock.ts';
import { byTime, writtenAt } from '../../timeline/order.ts';
import type { IncidentScope } from '../scope.ts';
import { promiseOf } from '../../timeline/said.ts';
import { parseDuration } from './policy.ts';

/**
 * When the next update to people is due, as RFC 3339: what the one that was written last promises, else the policy's
 * time after it, or after the declaration. It depends on no clock. undefined: none is due.
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
  const promised = promiseOf(last);
  if (promised !== undefined) return promised;
  const dueIn = parseDuration(policy.spec.updates?.dueIn ?? '');
  if (dueIn === 0) return undefined;
  const { declaredAt } = incident.status?.timestamps ?? {};
  const declared = timeOf(declaredAt) ?? timeOf(incident.metadata.creationTimestamp) ?? 0;
  return rfc3339((last === undefined ? declared : writtenAt(last)) + dueIn);
}
