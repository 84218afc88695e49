import type { ProductEffect } from '../../integrations/capabilities.ts';
import { isBlank } from '../../text.ts';
import type { Phase } from '../../runtime/phase.ts';
import { undeclaredReason } from '../policy/declared.ts';
import { watched, whenGone } from '../policy/drift.ts';
import { ticket } from '../render/ticket.ts';
import { notConfigured, priorityOf, waitingFor, type IncidentScope } from '../scope.ts';

/** One ticket in every system that the policy names; without a policy, in every one there is. */
export const tickets: Phase<IncidentScope, ProductEffect> = {
  condition: 'TicketsFiled',
  plan(scope) {
    if (scope.quiet) return { skip: { reason: 'Quiet', message: 'A Backfill or a record files no ticket.' } };
    if (scope.incident.spec.mode === 'Drill') return { skip: { reason: 'Drill', message: 'A drill files no ticket.' } };
    const undeclared = undeclaredReason(scope);
    if (undeclared) return { skip: undeclared };
    const wanted = ticketsWanted(scope);
    if (wanted.length === 0) return { skip: notConfigured('No Integration files tickets.') };
    const { named } = scope;
    if (!named) return { wait: waitingFor('WaitingForNumber', 'A ticket is titled with the incident’s number.') };
    return {
      effects: wanted.map(({ integration, labels }) => ({
        key: `ticket/${integration}`,
        kind: 'ticket',
        integration,
        desired: ticket(scope, named, labels),
        priority: priorityOf(scope.incident),
        milestone: `Filed a ticket at ${integration}.`,
        ...watched(scope),
        ...whenGone(scope, 'ticket'),
      })),
    };
  },
};

/** As many as status.tickets holds; with those that are recorded, so that a policy that names others ever again ends there. */
const mostTickets = 20;

/** The tickets this incident should have: recorded ones stay wanted when a policy no longer names them. */
export function ticketsWanted({
  policy,
  reach,
  entries,
}: IncidentScope): { integration: string; labels: readonly string[] }[] {
  const stated = policy.spec.tickets?.map(({ integrationRef, labels }) => ({
    integration: integrationRef.name,
    labels: (labels ?? []).filter((label) => !isBlank(label)),
  }));
  const wanted = stated ?? reach.all('ticket').map((integration) => ({ integration, labels: [] }));
  const recorded = Object.entries(entries)
    .filter(([key, entry]) => key.startsWith('ticket/') && entry.state === 'Done')
    .map(([, entry]) => ({ integration: entry.integration ?? '', labels: [] }));
  const all = [...wanted, ...recorded.filter((r) => !wanted.some((w) => w.integration === r.integration))];
  let room = mostTickets - Object.keys(entries).filter((key) => key.startsWith('ticket/')).length;
  return all.filter(({ integration }) => entries[`ticket/${integration}`] !== undefined || room-- > 0);
}
