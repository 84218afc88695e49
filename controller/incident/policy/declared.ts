import { byTime } from '../../timeline/order.ts';
import type { IncidentScope } from '../scope.ts';
import type { Reason } from '../../runtime/phase.ts';

/** Why this is no incident yet, or never was one; undefined once somebody has declared it. */
export function undeclaredReason({
  incident,
  updates,
  entries,
}: Pick<IncidentScope, 'incident' | 'updates' | 'entries'>): Reason | undefined {
  // What has been opened stays, whatever became of the timeline that told of it.
  if (entries['channel'] !== undefined) return undefined;
  const { state } = incident.spec;
  if (state === 'Triage')
    return { reason: 'Triage', message: 'It waits to be declared; until then only its alert is shown.' };
  if (state !== 'Resolved') return undefined;
  const last = updates
    .filter(({ spec }) => spec.type === 'State')
    .toSorted(byTime)
    .at(-1);
  const dismissed = last?.spec.to === 'Triage' || (last?.spec.from === 'Triage' && last.spec.to === 'Resolved');
  return dismissed ? { reason: 'Dismissed', message: 'It was closed in triage and never declared.' } : undefined;
}
