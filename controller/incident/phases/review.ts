import type { ProductEffect } from '../../integrations/capabilities.ts';
import { review as request } from '../../record/review.ts';
import type { Phase } from '../../runtime/phase.ts';
import { carrierOf, notConfigured, refOf, waitingFor, type IncidentScope } from '../scope.ts';
import { recordOff } from './record.ts';

/** A pull request for the record: people review it, and merging accepts it. */
export const review: Phase<IncidentScope, ProductEffect> = {
  condition: 'RecordProposed',
  plan(scope) {
    const off = recordOff(scope);
    if (off) return { skip: off };
    if (scope.incident.status?.record?.mergedAt !== undefined) return { effects: [] };
    const { named, policy } = scope;
    const found = carrierOf(scope, 'review', policy.spec.record?.reviewRef?.name);
    if ('off' in found) return { skip: notConfigured(found.off.message) };
    const keeper = carrierOf(scope, 'record', policy.spec.record?.integrationRef?.name);
    if ('off' in keeper) return { skip: notConfigured(keeper.off.message) };
    const pushed = refOf(scope, 'record');
    if (!pushed || !named)
      return { wait: waitingFor('WaitingForRecord', 'The pull request follows the record’s first commit.') };
    return {
      effects: [
        {
          key: 'review',
          kind: 'review',
          integration: found.name,
          desired: request({ ...scope, named }, pushed['base']),
          watch: scope.reviewInterval,
          priority: 6,
          milestone: `Proposed the record of ${named.id} for review.`,
        },
      ],
    };
  },
};
