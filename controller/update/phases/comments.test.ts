import { describe, expect, test } from 'vitest';
import { anEntry, anIncident, anUpdate } from '../../../test/builders/incident.ts';
import { aReach } from '../../../test/builders/reach.ts';
import { outlineOf } from '../../../test/builders/scope.ts';
import type { IncidentUpdateSpec } from '../../api/incident-update.gen.ts';
import type { Reach } from '../../capabilities/reach.ts';
import type { Entry } from '../../runtime/effect.ts';
import type { UpdateScope } from '../scope.ts';
import { comments } from './comments.ts';

interface Parts extends Partial<Pick<UpdateScope, 'silent' | 'early'>> {
  readonly spec?: Partial<IncidentUpdateSpec>;
  readonly tickets?: Readonly<Record<string, Partial<Entry>>>;
  readonly isNumbered?: boolean;
  readonly lacks?: Reach['lacks'];
}

function aScope({ spec, tickets = { github: {} }, isNumbered = true, lacks, ...rest }: Parts = {}): UpdateScope {
  const update = anUpdate({ spec: { type: 'Status', audience: 'Stakeholders', ...spec } });
  const effects = Object.entries(tickets).map(([integration, parts]): [string, Entry] => [
    `ticket/${integration}`,
    anEntry('ticket', { integration, ref: { id: '#12' }, ...parts }),
  ]);
  const incident = anIncident({ spec: { severity: 'SEV1' }, status: { effects: Object.fromEntries(effects) } });
  return {
    update,
    ...(isNumbered ? { about: { incident, named: { id: 'INC-00001', number: 1 } } } : {}),
    policy: { spec: {} },
    siblings: [update],
    entries: {},
    reach: aReach(lacks ? { lacks } : {}),
    now: 0,
    ...rest,
  };
}

const lacking: Reach['lacks'] = (name) => (name === 'jira' ? 'Integration jira adds no comments.' : undefined);

describe('an update is repeated', () => {
  test.each<[string, Parts, string]>([
    ['on the ticket', {}, 'comment/github by github'],
    ['on every ticket', { tickets: { github: {}, jira: {} } }, 'comment/github by github, comment/jira by jira'],
    [
      'on those whose vendor takes comments',
      { tickets: { github: {}, jira: {} }, lacks: lacking },
      'comment/github by github, without: Integration jira adds no comments.',
    ],
    ['nowhere where no vendor takes comments', { tickets: { jira: {} }, lacks: lacking }, 'skip NotSupported'],
    ['nowhere without a ticket', { tickets: {} }, 'skip NoTicket'],
    ['nowhere where the ticket was refused', { tickets: { github: { state: 'Failed' } } }, 'skip NoTicket'],
    ['nowhere where the ticket is gone', { tickets: { github: { reason: 'Gone' } } }, 'skip NoTicket'],
    [
      'on a ticket that people closed',
      { tickets: { github: { reason: 'ChangedOutside' } } },
      'comment/github by github',
    ],
    ['once a ticket is filed', { tickets: { github: { state: 'Pending' } } }, 'wait WaitingForTicket, keeps comment/'],
    ['once the incident has a number', { isNumbered: false }, 'wait WaitingForNumber, keeps comment/'],
    [
      'once the incident counts it',
      { early: { reason: 'WaitingForIncident', message: 'Not yet.' } },
      'wait WaitingForIncident, keeps comment/',
    ],
    ['nowhere where nobody is told', { silent: { reason: 'Drill', message: 'A drill.' } }, 'skip Drill'],
    ['nowhere if it is a note', { spec: { type: 'Note', audience: 'Responders' } }, 'skip NotForTickets'],
    ['nowhere if it tells of triage', { spec: { type: 'State', to: 'Triage' } }, 'skip NotForTickets'],
  ])('%s', (_, parts, expected) => {
    expect(outlineOf(comments.plan(aScope(parts)))).toBe(expected);
  });

  test('once for good, at the place of the ticket, by the severity of the incident', () => {
    expect(comments.plan(aScope())).toMatchObject({
      effects: [{ kind: 'comment', place: { in: { id: '#12' } }, final: true, priority: 1 }],
    });
  });
});
