import type { ProductEffect } from '../../capabilities/capabilities.ts';
import { recordFiles, recordPlace, type RecordPlace } from '../../record/files.ts';
import { requestKey, requestsOf } from '../../record/requests.ts';
import { seconds } from '../../runtime/clock.ts';
import type { Phase, Reason } from '../../runtime/phase.ts';
import { undeclaredReason } from '../policy/declared.ts';
import { isInviting } from './members.ts';
import { integrationFor, unchosen, waitingFor, type IncidentScope } from '../scope.ts';

/** Once resolved: what happened, on a branch of its own in Git. */
export const record: Phase<IncidentScope, ProductEffect> = {
  condition: 'RecordCommitted',
  plan(scope) {
    const off = recordOff(scope);
    if (off) return { skip: off };
    if (scope.incident.status?.record?.mergedAt !== undefined) return { effects: [] };
    const { named, entries } = scope;
    const found = integrationFor(scope, 'record');
    if (!('name' in found)) return unchosen(found);
    if (!named) return { wait: waitingFor('WaitingForNumber', 'The record is filed under the incident’s number.') };
    const left = outcomesWaitLeft(scope);
    if (!entries['record'] && left > 0)
      return {
        wait: waitingFor(
          'WaitingForOutcomes',
          'The record waits up to 30 s for the last notices, so that it holds them.',
        ),
        after: left,
      };
    const { request, merged } = requestsOf(scope, entries);
    const view = { ...scope, named };
    const { taken, ...place } = recordPlaceOf(view);
    return {
      effects: [
        {
          key: 'record',
          kind: 'record',
          integration: found.name,
          // Recorded with a refusal, too, which has no ref.
          ...(taken === undefined ? {} : { place: { in: { taken } } }),
          desired: {
            ...recordFiles(view, place),
            ...(merged === undefined ? {} : { merged }),
            ...(taken === undefined ? {} : { taken }),
          },
          // A merge was learned of, and not what the base branch holds since.
          drift: {
            ...(request > 1 && !isMade(scope, request) ? { every: scope.reviewInterval } : {}),
            ...(isTaken(scope) ? { changed: 'enforce' } : {}),
          },
          priority: 6,
          milestone: `Committed the record of ${named.id}.`,
        },
      ],
    };
  },
};

type NumberedScope = IncidentScope & { readonly named: NonNullable<IncidentScope['named']> };

/**
 * Where the record stands or should stand. Once its plain names turn out to be somebody else's, `taken` says whose, and
 * it has names of its own. A folder that is recorded stays.
 */
export function recordPlaceOf(scope: NumberedScope): RecordPlace & { readonly taken?: string | undefined } {
  const { request } = requestsOf(scope, scope.entries);
  const { state, within, message, reason, ref } = scope.entries['record'] ?? {};
  const known = ref?.['taken'] ?? within?.['taken'];
  const taken = known ?? (isTaken(scope) && !isMade(scope, request) ? message : undefined);
  const place = recordPlace(scope, { aside: taken !== undefined, request });
  const recorded = state === 'Done' && reason !== folderTaken ? ref?.['folder'] : undefined;
  return { branch: place.branch, folder: recorded ?? place.folder, taken };
}

const folderTaken = 'FolderTaken';
const isTaken = ({ entries }: IncidentScope): boolean =>
  [folderTaken, 'BranchTaken'].includes(entries['record']?.reason ?? '');
const isMade = ({ entries }: IncidentScope, request: number): boolean =>
  entries[requestKey(request)]?.ref !== undefined;

/** Why there is no record, or not yet. */
export function recordOff(scope: IncidentScope): Reason | undefined {
  const { applied, incident } = scope;
  const undeclared = undeclaredReason(scope);
  if (undeclared) return undeclared;
  if (incident.spec.mode === 'Drill') return { reason: 'Drill', message: 'A drill leaves no record.' };
  if (applied.state !== 'Resolved')
    return { reason: 'NotResolved', message: 'The record is written once the incident is resolved.' };
  return undefined;
}

const longestOutcomesWait = seconds(30);

/** Milliseconds for which something of this incident is still under way; 0 when the record can be written. */
function outcomesWaitLeft(scope: IncidentScope): number {
  const { entries, updates, incident, now } = scope;
  const open = isInviting(scope) || Object.values(entries).some(({ state }) => state === 'Pending');
  const untold = updates.some(
    ({ status }) =>
      status?.conditions?.find((c) => c.type === 'Ready')?.status !== 'True' ||
      // An update whose notice is held up calls itself Ready, if degraded.
      Object.values(status.effects ?? {}).some(({ state }) => state === 'Pending'),
  );
  if (!open && !untold) return 0;
  return Math.max(0, Date.parse(incident.status?.timestamps?.resolvedAt ?? '') + longestOutcomesWait - now || 0);
}
