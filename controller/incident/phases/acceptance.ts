import type { ProductEffect } from '../../integrations/capabilities.ts';
import type { Phase } from '../../runtime/phase.ts';
import type { IncidentScope } from '../scope.ts';
import { recordOff } from './record.ts';

/** Merging is accepting: from then on the incident cannot be reopened. */
export const acceptance: Phase<IncidentScope, ProductEffect> = {
  condition: 'RecordAccepted',
  plan(scope) {
    const off = recordOff(scope);
    if (off) return { skip: off };
    const { record } = scope.incident.status ?? {};
    if (record?.mergedAt !== undefined) return { effects: [] };
    if (scope.entries['review']?.facts?.['state'] === 'Closed')
      return {
        skip: {
          reason: 'ClosedUnmerged',
          message: `Pull request ${record?.pull?.id ?? ''} was closed without a merge; reopen it to accept the record.`,
        },
      };
    return { skip: { reason: 'AwaitingReview', message: 'The record is accepted when its pull request is merged.' } };
  },
};
