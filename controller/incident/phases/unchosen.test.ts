import { describe, expect, test } from 'vitest';
import { anEntry } from '../../../test/builders/incident.ts';
import { aScope, outlineOf, type ScopeParts } from '../../../test/builders/scope.ts';
import type { Entry } from '../../runtime/effect.ts';
import type { Phase } from '../../runtime/phase.ts';
import type { Choice, Reach } from '../../capabilities/reach.ts';
import type { ProductEffect } from '../../capabilities/capabilities.ts';
import type { IncidentScope } from '../scope.ts';
import { bookmarks } from './bookmarks.ts';
import { channel } from './channel.ts';
import { liveStatus } from './live-status.ts';
import { members } from './members.ts';
import { receipts } from './receipts.ts';
import { record } from './record.ts';
import { review } from './review.ts';
import { tickets } from './tickets.ts';
import { triage } from './triage.ts';

type Row = [string, Phase<IncidentScope, ProductEffect>, ScopeParts, string];

const ambiguous: Choice = { ambiguous: { reason: 'Ambiguous', message: 'Two could.' }, candidates: ['a', 'b'] };
const links = [{ title: 'L', url: 'https://e.example/' }];
const open = { spec: { links, roles: { commander: 'ana@example.com' } } };
const resolved = { spec: { ...open.spec, state: 'Resolved' } } as const;
const inTriage = { spec: { ...open.spec, state: 'Triage' }, policy: { triage: { channel: '#alerts' } } } as const;
const madeBy = (kind: string, key: string): Record<string, Entry> => ({ [key]: anEntry(kind, { integration: 'a' }) });

describe('where several Integrations could do it and nothing says which', () => {
  const reach = { choose: () => ambiguous };
  test.each<Row>([
    ['channel', channel, open, 'held Ambiguous'],
    ['live status', liveStatus, open, 'wait WaitingForChannel'],
    ['members', members, open, 'wait WaitingForChannel'],
    ['bookmarks', bookmarks, open, 'wait WaitingForChannel'],
    ['receipts', receipts, open, 'wait WaitingForLiveStatus'],
    ['tickets', tickets, open, 'held Ambiguous'],
    ['triage', triage, inTriage, 'held Ambiguous'],
    ['record', record, resolved, 'held Ambiguous'],
    ['review', review, resolved, 'held Ambiguous'],
  ])('nothing is made: %s', (_, phase, parts, expected) => {
    expect(outlineOf(phase.plan(aScope({ reach, ...parts })))).toBe(expected);
  });

  test.each<Row>([
    ['channel', channel, { ...open, entries: madeBy('channel', 'channel') }, 'channel by a'],
    ['triage', triage, { ...inTriage, entries: madeBy('message', 'triage') }, 'triage by a'],
    ['record', record, { ...resolved, entries: madeBy('record', 'record') }, 'record by a'],
  ])('what is recorded stays with the one that made it: %s', (_, phase, parts, expected) => {
    expect(outlineOf(phase.plan(aScope({ reach, ...parts })))).toBe(expected);
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
    expect(outlineOf(phase.plan(aScope({ ...open, reach: { lacks } })))).toBe('skip NotSupported');
  });
});
