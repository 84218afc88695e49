import type { ProductEffect } from '../../capabilities/capabilities.ts';
import { mostRequests, requestKey, requestsOf } from '../../record/requests.ts';
import type { Phase, Reason } from '../../runtime/phase.ts';
import type { IncidentScope } from '../scope.ts';
import { recordOff } from './record.ts';
import { usedUp } from './review.ts';

/** Merging the last ending is accepting: from then on the incident cannot be reopened. */
export const acceptance: Phase<IncidentScope, ProductEffect> = {
  condition: 'RecordAccepted',
  plan(scope) {
    const off = recordOff(scope);
    if (off) return { skip: off };
    if (scope.incident.status?.record?.mergedAt !== undefined) return { effects: [] };
    return { skip: awaited(scope) };
  },
};

function awaited(scope: IncidentScope): Reason {
  const { request } = requestsOf(scope, scope.entries);
  if (request > mostRequests) return usedUp(scope);
  const { facts, ref } = scope.entries[requestKey(request)] ?? {};
  if (facts?.['state'] === 'Closed')
    return {
      reason: 'ClosedUnmerged',
      message: `Pull request ${ref?.['id'] ?? ''} was closed without a merge; reopen it to accept the record.`,
    };
  const again = request === 1 ? '' : 'What was merged tells of an earlier ending. ';
  return {
    reason: 'AwaitingReview',
    message: `${again}The record is accepted when its pull request is merged.`,
  };
}
