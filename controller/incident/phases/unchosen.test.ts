import { describe, expect, test } from 'vitest';
import { anEntry, anIncident } from '../../../test/builders/incident.ts';
import { aReach } from '../../../test/builders/reach.ts';
import type { ResponsePolicySpec } from '../../api/response-policy.gen.ts';
import type { Choice, Reach } from '../../capabilities/reach.ts';
import type { ProductEffect } from '../../capabilities/capabilities.ts';
import type { Entry } from '../../runtime/effect.ts';
import type { Phase } from '../../runtime/phase.ts';
import { liveStatus as renderLiveStatus } from '../render/live-status.ts';
import { receipts as renderReceipts } from '../render/receipts.ts';
import type { IncidentScope } from '../scope.ts';
import { bookmarks } from './bookmarks.ts';
import { channel } from './channel.ts';
import { toPlain } from '../../document/to-plain.ts';
import { heldUp } from './held.ts';
import { liveStatus } from './live-status.ts';
import { members } from './members.ts';
import { receipts } from './receipts.ts';
import { record } from './record.ts';
import { review } from './review.ts';
import { tickets } from './tickets.ts';
import { triage } from './triage.ts';

interface Parts {
  readonly reach?: Partial<Reach>;
  readonly entries?: Readonly<Record<string, Entry>>;
  readonly policy?: Partial<ResponsePolicySpec>;
  readonly state?: 'Triage' | 'Investigating' | 'Resolved';
}

function aScope({ reach, entries = {}, policy = {}, state = 'Investigating' }: Parts = {}): IncidentScope {
  const incident = anIncident({
    spec: { state, roles: { commander: 'ana@example.com' }, links: [{ title: 'L', url: 'https://e.example/' }] },
  });
  return {
    incident,
    identity: { install: 'test', ...incident.metadata },
    policy: { spec: policy },
    named: { id: 'INC-00001', number: 1 },
    applied: { seq: 1, state, severity: 'SEV2', level: 0 },
    updates: [],
    entries,
    reach: aReach(reach),
    backfill: false,
    now: 0,
    reviewInterval: 0,
  };
}

const ambiguous: Choice = { ambiguous: { reason: 'Ambiguous', message: 'Two could.' }, candidates: ['a', 'b'] };

/** `ticket/a, ticket/b`, or the reason for which there is nothing. */
function inShort(phase: Phase<IncidentScope, ProductEffect>, parts: Parts): string {
  const plan = phase.plan(aScope(parts));
  if ('skip' in plan) return `skip ${plan.skip.reason}`;
  if ('wait' in plan) return `wait ${plan.wait.reason}`;
  if (!('effects' in plan)) return 'other';
  const held = plan.held === undefined ? [] : [`held ${plan.held.reason}`];
  return [...plan.effects.map(({ key, integration }) => `${key} by ${integration}`), ...held].join(', ');
}

describe('where several Integrations could do it and nothing says which', () => {
  const reach = { choose: () => ambiguous };
  const triageIn = { triage: { channel: '#alerts' } };
  test.each([
    ['channel', channel, {}, 'held Ambiguous'],
    ['live status', liveStatus, {}, 'wait WaitingForChannel'],
    ['members', members, {}, 'wait WaitingForChannel'],
    ['bookmarks', bookmarks, {}, 'wait WaitingForChannel'],
    ['receipts', receipts, {}, 'wait WaitingForLiveStatus'],
    ['tickets', tickets, {}, 'held Ambiguous'],
    ['triage', triage, { state: 'Triage', policy: triageIn }, 'held Ambiguous'],
    ['record', record, { state: 'Resolved' }, 'held Ambiguous'],
    ['review', review, { state: 'Resolved' }, 'held Ambiguous'],
  ] as const)('nothing is made: %s', (_, phase, parts, expected) => {
    expect(inShort(phase, { reach, ...parts })).toBe(expected);
  });

  test.each([
    ['channel', channel, {}, { channel: anEntry('channel', { integration: 'a' }) }, 'channel by a'],
    ['triage', triage, {}, { triage: anEntry('message', { integration: 'a' }) }, 'triage by a'],
    ['record', record, { state: 'Resolved' }, { record: anEntry('record', { integration: 'a' }) }, 'record by a'],
  ] as const)('what is recorded stays with the one that made it: %s', (_, phase, parts, entries, expected) => {
    expect(inShort(phase, { reach, ...parts, entries })).toBe(expected);
  });
});

const at = (state: Entry['state'], integration: string): Record<string, Entry> => ({
  [`ticket/${integration}`]: anEntry('ticket', { integration, state }),
});

const wants = (...names: string[]) => ({ tickets: names.map((name) => ({ integrationRef: { name } })) });

describe('tickets', () => {
  const reach: Partial<Reach> = {
    choose: () => ({ name: 'a' }),
    lacks: (name) => (name === 'none' ? 'It does no tickets.' : undefined),
  };
  test.each([
    ['one without a policy', {}, {}, 'ticket/a by a'],
    ['one in each system of the policy', wants('b', 'c'), {}, 'ticket/b by b, ticket/c by c'],
    ['none where the policy wants none', wants(), {}, 'skip NotConfigured'],
    [
      'those of before, though another is chosen now',
      {},
      { ...at('Done', 'b'), ...at('Done', 'c') },
      'ticket/b by b, ticket/c by c',
    ],
    ['one that was begun, though another is chosen now', {}, at('Pending', 'b'), 'ticket/b by b'],
    ['one that was refused, though another is chosen now', {}, at('Failed', 'b'), 'ticket/b by b'],
    ['another than the one that was given up', {}, at('Cancelled', 'b'), 'ticket/a by a'],
    ['those of the policy and those of before', wants('c'), at('Done', 'b'), 'ticket/c by c, ticket/b by b'],
    ['none where a vendor does no tickets', wants('none'), {}, 'skip NotSupported'],
    ['those that can be, without the others', wants('none', 'b'), {}, 'ticket/b by b'],
  ] as const)('%s', (_, policy, entries, expected) => {
    expect(inShort(tickets, { reach, policy, entries })).toBe(expected);
  });
});

describe('what a vendor cannot do is known before there is a channel', () => {
  test.each([
    ['members', members],
    ['bookmark', bookmarks],
    ['thread', receipts],
    ['message', liveStatus],
  ] as const)('%s', (kind, phase) => {
    const lacks: Reach['lacks'] = (_, asked) => (asked === kind ? 'No.' : undefined);
    expect(inShort(phase, { reach: { lacks } })).toBe('skip NotSupported');
  });
});

describe('what waits for a person', () => {
  const reach: Partial<Reach> = {
    choose: (kind) => ({ name: kind === 'ticket' || kind === 'review' ? 'github' : 'git' }),
    lost: (name) => (name === 'github' ? 'Integration github is not ready: HostNotAllowed: No.' : undefined),
  };

  test('is an Integration that only a person can mend, until what it does is done', () => {
    expect(heldUp(aScope({ reach }))).toEqual({
      incident: ['GitHub issue waits: Integration github is not ready: HostNotAllowed: No.'],
      record: [],
    });
    const entries = { 'ticket/github': anEntry('ticket', { integration: 'github' }) };
    expect(heldUp(aScope({ reach, entries, state: 'Resolved' }))).toEqual({
      incident: [],
      record: ['GitHub pull request waits: Integration github is not ready: HostNotAllowed: No.'],
    });
  });

  test('is a choice', () => {
    expect(heldUp(aScope({ reach: { choose: () => ambiguous }, state: 'Resolved' }))).toEqual({
      incident: ['Ticket waits: Two could.'],
      record: ['Record waits: Two could.', 'Request to review it waits: Two could.'],
    });
  });

  test('is told in the live status and in the receipts', () => {
    const scope = aScope({ reach });
    const held = heldUp(scope);
    const words = 'GitHub issue waits: Integration github is not ready: HostNotAllowed: No.';
    expect(toPlain(renderLiveStatus({ ...scope, held }))).toContain(`✗ ${words}`);
    expect(renderReceipts({ ...scope, held })).toEqual([
      { key: 'incident', lines: [[{ strong: 'INC-00001 declared' }], ['✗ ', words]] },
    ]);
  });
});
