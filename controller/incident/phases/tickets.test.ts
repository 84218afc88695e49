import { describe, expect, test } from 'vitest';
import { anEntry } from '../../../test/builders/incident.ts';
import { aScope, outlineOf, type ScopeParts } from '../../../test/builders/scope.ts';
import type { Choice, Reach } from '../../capabilities/reach.ts';
import type { Entry } from '../../runtime/effect.ts';
import { tickets } from './tickets.ts';

const at = (state: Entry['state'], ...integrations: string[]): Record<string, Entry> =>
  Object.fromEntries(integrations.map((name) => [`ticket/${name}`, anEntry('ticket', { integration: name, state })]));

const wants = (...names: string[]): NonNullable<ScopeParts['policy']> => ({
  tickets: names.map((name) => ({ integrationRef: { name } })),
});

const many = (length: number): string[] => Array.from({ length }, (_, i) => `t${i}`);
const filed = (length: number): string =>
  many(length)
    .map((name) => `ticket/${name} by ${name}`)
    .join(', ');
const ambiguous: Choice = { ambiguous: { reason: 'Ambiguous', message: 'Two could.' }, candidates: ['a', 'b'] };
const reach: Partial<Reach> = {
  choose: () => ({ name: 'a' }),
  lacks: (name) => (name === 'none' ? 'It does no tickets.' : undefined),
};

describe('tickets', () => {
  test.each<[string, ScopeParts, string]>([
    ['one without a policy', {}, 'ticket/a by a'],
    ['one in each system of the policy', { policy: wants('b', 'c') }, 'ticket/b by b, ticket/c by c'],
    ['none where the policy wants none', { policy: wants() }, 'skip NotConfigured'],
    [
      'those of before, though another is chosen now',
      { entries: at('Done', 'b', 'c') },
      'ticket/b by b, ticket/c by c',
    ],
    ['one that was begun, though another is chosen now', { entries: at('Pending', 'b') }, 'ticket/b by b'],
    ['one that was refused, though another is chosen now', { entries: at('Failed', 'b') }, 'ticket/b by b'],
    ['another than the one that was given up', { entries: at('Cancelled', 'b') }, 'ticket/a by a'],
    [
      'those of the policy and those of before',
      { policy: wants('c'), entries: at('Done', 'b') },
      'ticket/c by c, ticket/b by b',
    ],
    ['none where a vendor does no tickets', { policy: wants('none') }, 'skip NotSupported'],
    [
      'those that can be, without the others',
      { policy: wants('none', 'b') },
      'ticket/b by b, without: It does no tickets.',
    ],
    ['twenty in all', { policy: wants(...many(21)) }, filed(20)],
    ['none that comes after twenty', { policy: wants('late'), entries: at('Done', ...many(20)) }, filed(20)],
    ['none before somebody chooses', { reach: { choose: () => ambiguous } }, 'held Ambiguous'],
    ['none before the number', { named: null }, 'wait WaitingForNumber'],
    [
      'none before somebody chooses, with or without a number',
      { named: null, reach: { choose: () => ambiguous } },
      'held Ambiguous',
    ],
    ['none of a Backfill', { backfill: true }, 'skip Quiet'],
    ['none of a drill', { spec: { mode: 'Drill' } }, 'skip Drill'],
    ['none while it waits in triage', { spec: { state: 'Triage' } }, 'skip Triage'],
  ])('%s', (_, parts, expected) => {
    expect(outlineOf(tickets.plan(aScope({ ...parts, reach: { ...reach, ...parts.reach } })))).toBe(expected);
  });

  test('have the labels of the policy, are looked at while it is open, and left where people delete them', () => {
    const policy = { tickets: [{ integrationRef: { name: 'b' }, labels: ['incident', ' '] }] };
    expect(tickets.plan(aScope({ policy, driftInterval: 5_000, spec: { severity: 'SEV3' } }))).toMatchObject({
      effects: [
        {
          key: 'ticket/b',
          desired: { labels: ['incident'], state: 'Open' },
          drift: { every: 5_000, gone: 'leave' },
          priority: 3,
        },
      ],
    });
  });
});
