import type { ProductEffect } from '../../capabilities/capabilities.ts';
import { isBlank } from '../../text.ts';
import type { Entry } from '../../runtime/effect.ts';
import { rule } from '../../runtime/mutation.ts';
import type { Phase, Reason } from '../../runtime/phase.ts';
import { undeclaredReason } from '../policy/declared.ts';
import { watched, whenGone } from '../policy/drift.ts';
import { ticket } from '../render/ticket.ts';
import { notConfigured, notSupported, priorityOf, waitingFor, type IncidentScope } from '../scope.ts';

/** One ticket in every system that the policy names; where it names none, one in all. */
export const tickets: Phase<IncidentScope, ProductEffect> = {
  condition: 'TicketsFiled',
  plan(scope) {
    if (scope.backfill) return { skip: { reason: 'Quiet', message: 'A Backfill or a record files no ticket.' } };
    if (scope.incident.spec.mode === 'Drill') return { skip: { reason: 'Drill', message: 'A drill files no ticket.' } };
    const undeclared = undeclaredReason(scope);
    if (undeclared) return { skip: undeclared };
    const { wanted, without, held, off } = ticketsOf(scope);
    if (off) return { skip: off };
    const { named } = scope;
    if (!named && !held)
      return { wait: waitingFor('WaitingForNumber', 'A ticket is titled with the incident’s number.') };
    return {
      effects: wanted.flatMap(({ integration, labels }) =>
        named
          ? {
              key: keyAt(integration, scope),
              kind: 'ticket',
              integration,
              desired: ticket(scope, named, labels),
              priority: priorityOf(scope.incident),
              milestone: `Filed a ticket at ${integration}.`,
              drift: { ...watched(scope), ...whenGone(scope, 'ticket') },
            }
          : [],
      ),
      without,
      ...(held ? { held } : {}),
    };
  },
};

/** Of one Integration there is one ticket, whatever changes about the incident. */
const keyAt = rule<(integration: string, scope: IncidentScope) => string>((integration) => `ticket/${integration}`, {
  'has keys by generation': (integration, scope) => `ticket/${integration}-${scope.incident.metadata.generation}`,
});

/** As many as status.tickets holds; with those that are recorded, so that a policy that names others ever again ends there. */
const mostTickets = 20;

interface Wanted {
  readonly integration: string;
  readonly labels: readonly string[];
}

interface Tickets {
  readonly wanted: readonly Wanted[];
  /** What is left off, in sentences. */
  readonly without: readonly string[];
  /** A person has to say who files it. */
  readonly held?: Reason;
  /** Why there is none. */
  readonly off?: Reason;
}

/** The tickets this incident should have. */
export const ticketsWanted = (scope: IncidentScope): readonly Wanted[] => ticketsOf(scope).wanted;

/** Recorded tickets stay wanted when nothing names their Integrations any more. */
function ticketsOf(scope: IncidentScope): Tickets {
  const { policy, reach, entries } = scope;
  const recorded = Object.entries(entries).filter(([key]) => key.startsWith('ticket/'));
  const kept = (...states: Entry['state'][]): Wanted[] =>
    recorded.flatMap(([, { state, integration }]) =>
      states.includes(state) && integration !== undefined ? [{ integration, labels: [] }] : [],
    );
  if (policy.spec.tickets === undefined) {
    // Whatever came of it: what was begun somewhere is not begun elsewhere as well.
    const begun = kept('Done', 'Pending', 'Failed', 'Unknown', 'Expired');
    if (begun.length > 0) return { wanted: begun, without: [] };
    const choice = reach.choose('ticket', undefined, 'spec.tickets');
    if ('name' in choice) return { wanted: [{ integration: choice.name, labels: [] }], without: [] };
    return { wanted: [], without: [], ...('none' in choice ? { off: choice.none } : { held: choice.ambiguous }) };
  }
  const stated = policy.spec.tickets.map(({ integrationRef: { name }, labels }) => ({
    integration: name,
    labels: (labels ?? []).filter((label) => !isBlank(label)),
    lack: entries[`ticket/${name}`] === undefined ? reach.lacks(name, 'ticket') : undefined,
  }));
  const able = stated
    .filter(({ lack }) => lack === undefined)
    .map(({ integration, labels }) => ({ integration, labels }));
  const without = stated.flatMap(({ lack }) => lack ?? []);
  const all = [...able, ...kept('Done').filter((r) => !able.some((w) => w.integration === r.integration))];
  let room = mostTickets - recorded.length;
  const wanted = all.filter(({ integration }) => entries[`ticket/${integration}`] !== undefined || room-- > 0);
  if (wanted.length > 0) return { wanted, without };
  return {
    wanted,
    without,
    off: without.length > 0 ? notSupported(without.join(' ')) : notConfigured('The ResponsePolicy wants no ticket.'),
  };
}
