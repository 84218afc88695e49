import type { ProductEffect } from '../../capabilities/capabilities.ts';
import type { Phase, Reason } from '../../runtime/phase.ts';
import { digest } from '../render/receipts.ts';
import { triageMessage } from '../render/triage.ts';
import { heldUp } from './held.ts';
import {
  integrationFor,
  notConfigured,
  priorityOf,
  refOf,
  unchosen,
  waitingFor,
  type IncidentScope,
} from '../scope.ts';

/** What waits to be declared is shown where people watch alerts, and edited in place as it goes on. */
export const triage: Phase<IncidentScope, ProductEffect> = {
  condition: 'TriagePosted',
  plan(scope) {
    const off = triageOff(scope);
    if (off) return { skip: off };
    const { incident, named, policy, reach, entries } = scope;
    const found = integrationFor(scope, 'triage');
    if (!('name' in found)) return unchosen(found);
    if (!named) return { wait: waitingFor('WaitingForNumber', 'The alert is shown with the incident’s number.') };
    const { name, url } = incident.status?.channel ?? {};
    const shared = { integration: found.name, priority: priorityOf(incident) } as const;
    const effects: ProductEffect[] = [
      {
        ...shared,
        key: 'triage',
        kind: 'message',
        // Once posted it stays there, wherever the policy would show it today.
        place: { in: entries['triage']?.within ?? { channelName: policy.spec.triage?.channel ?? '' } },
        desired: triageMessage({
          ...scope,
          interactive: reach.interactive(found.name),
          ...(name !== undefined && url ? { channel: { name, url } } : {}),
        }),
      },
    ];
    const { channel, ts } = refOf(scope, 'triage') ?? {};
    // The channel's own receipts have gathered the first outcomes by then: one reply instead of many edits.
    const lack = reach.lacks(found.name, 'thread');
    if (lack === undefined && channel !== undefined && ts !== undefined && refOf(scope, 'receipts') !== undefined)
      effects.push({
        ...shared,
        key: 'triage-receipts',
        kind: 'thread',
        place: { in: { channel, ts } },
        desired: { lines: digest({ ...scope, held: heldUp(scope) }) },
        priority: 5,
        part: true,
      });
    return { effects, without: lack === undefined ? [] : [lack] };
  },
};

/** Why no alert is shown. One that was posted is followed to its end. */
function triageOff({ backfill, incident, policy, entries }: IncidentScope): Reason | undefined {
  if (backfill) return { reason: 'Quiet', message: 'A Backfill or a record is not shown as an alert.' };
  const { state } = entries['triage'] ?? {};
  if (state === 'Done' || state === 'Pending') return undefined;
  if (incident.spec.state !== 'Triage')
    return { reason: 'NotInTriage', message: 'It was declared without an alert in triage.' };
  if (policy.spec.triage === undefined)
    return notConfigured('No ResponsePolicy says where incidents in Triage are shown (spec.triage).');
  return undefined;
}
