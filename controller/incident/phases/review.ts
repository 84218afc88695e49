import type { ProductEffect } from '../../capabilities/capabilities.ts';
import { mostRequests, requestKey, requestsOf } from '../../record/requests.ts';
import { review as reviewOf } from '../../record/review.ts';
import type { Phase, Reason } from '../../runtime/phase.ts';
import { integrationFor, refOf, unchosen, waitingFor, type IncidentScope } from '../scope.ts';
import { recordOff, recordPlaceOf } from './record.ts';

/** A pull request for the record: people review it, and merging accepts it. Another one when that held an earlier ending. */
export const review: Phase<IncidentScope, ProductEffect> = {
  condition: 'RecordProposed',
  plan(scope) {
    const off = recordOff(scope);
    if (off) return { skip: off };
    if (scope.incident.status?.record?.mergedAt !== undefined) return { effects: [] };
    const { named, entries } = scope;
    const found = integrationFor(scope, 'review');
    if (!('name' in found)) return unchosen(found);
    const keeper = integrationFor(scope, 'record');
    if ('none' in keeper) return { skip: keeper.none };
    const { request } = requestsOf(scope, entries);
    if (request > mostRequests) return { skip: usedUp(scope) };
    const pushed = refOf(scope, 'record');
    const place = named && recordPlaceOf({ ...scope, named });
    if (!pushed || !place || pushed['branch'] !== place.branch)
      return {
        wait: waitingFor('WaitingForRecord', 'The pull request follows the record’s first commit.'),
        keepPrefix: 'review',
      };
    const again = request === 1 ? '' : ' again, since what was merged tells of an earlier ending';
    return {
      effects: [
        {
          key: requestKey(request),
          kind: 'review',
          integration: found.name,
          desired: reviewOf(
            { ...scope, named },
            {
              base: pushed['base'],
              place,
              request,
              ending: entries['record']?.facts?.['ending'],
            },
          ),
          drift: { every: scope.reviewInterval },
          priority: 6,
          milestone: `Proposed the record of ${named.id} for review${again}.`,
        },
      ],
    };
  },
};

/** Something merges and reopens again and again: people decide. */
export const usedUp = ({ entries }: Pick<IncidentScope, 'entries'>): Reason => ({
  reason: 'TooManyRequests',
  message: `${mostRequests} requests were merged, none with the last ending: merge branch ${entries['record']?.ref?.['branch'] ?? 'of the record'} by hand.`,
});
