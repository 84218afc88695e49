import type { Kind } from '../../capabilities/capabilities.ts';
import type { Entry } from '../../runtime/effect.ts';
import { effectWords } from '../../capabilities/effect-words.ts';
import type { HeldUp } from '../../document/view.ts';
import { integrationFor, type IncidentScope } from '../scope.ts';
import { recordOff } from './record.ts';
import { tickets } from './tickets.ts';

/**
 * What this incident should have outside its channel and waits for a person: one who mends its Integration, or says which
 * one to use. What time can mend is not among it, so that an outage edits nothing.
 */
export function heldUp(scope: IncidentScope): HeldUp {
  return { incident: ofTickets(scope), record: recordOff(scope) ? [] : ofRecord(scope) };
}

function ofTickets(scope: IncidentScope): string[] {
  const plan = tickets.plan(scope);
  if (!('effects' in plan)) return [];
  return [
    ...plan.effects.flatMap(({ key, kind, integration = '' }) => waits(scope, key, kind, integration)),
    ...(plan.held ? [`Ticket waits: ${plan.held.message}`] : []),
  ];
}

const ofRecord = (scope: IncidentScope): string[] =>
  (['record', 'review'] as const).flatMap((key) => {
    const choice = integrationFor(scope, key);
    if ('name' in choice) return waits(scope, key, key, choice.name);
    return 'ambiguous' in choice
      ? [`${key === 'record' ? 'Record' : 'Request to review it'} waits: ${choice.ambiguous.message}`]
      : [];
  });

function waits({ entries, reach }: IncidentScope, key: string, kind: Kind, integration: string): string[] {
  const entry = entries[key];
  if (entry !== undefined && entry.state !== 'Pending') return [];
  const lost = reach.lost(integration, kind);
  if (lost === undefined) return [];
  const wanted: Entry = { kind, integration, state: 'Pending', attempt: 1, since: '', at: '' };
  return [`${effectWords(key, wanted, reach.noun).thing} waits: ${lost}`];
}
