import { describe, expect, test } from 'vitest';
import { anEntry } from '../../../test/builders/incident.ts';
import { aScope, outlineOf, type ScopeParts } from '../../../test/builders/scope.ts';
import { receipts } from './receipts.ts';

const posted = Date.parse('2026-02-03T10:55:12Z');
const entries = {
  channel: anEntry('channel', { integration: 'slack', ref: { channel: 'C1' } }),
  'live-status': anEntry('message', { integration: 'slack', ref: { channel: 'C1', ts: '1.2' } }),
};
const open = { ...entries, 'ticket/github': anEntry('ticket', { integration: 'github', state: 'Pending' }) };
const begun = { ...open, receipts: anEntry('thread', { integration: 'slack' }) };

describe('receipts', () => {
  test.each<[string, ScopeParts, string]>([
    ['wait for the channel', {}, 'wait WaitingForLiveStatus'],
    ['wait for the live status', { entries: { channel: entries.channel } }, 'wait WaitingForLiveStatus'],
    ['are posted where nothing is under way', { entries, now: posted }, 'receipts by slack'],
    ['gather outcomes for two seconds', { entries: open, now: posted + 1_999 }, 'wait GatheringReceipts'],
    [
      'are posted after two seconds, whatever is under way',
      { entries: open, now: posted + 2_000 },
      'receipts by slack',
    ],
    ['do not wait for a clock that is behind', { entries: open, now: posted - 1 }, 'receipts by slack'],
    ['are edited at once', { entries: begun, now: posted }, 'receipts by slack'],
    ['are off where the vendor has no threads', { reach: { lacks: () => 'No threads.' } }, 'skip NotSupported'],
    ['are none of a Backfill', { backfill: true, entries }, 'skip Quiet'],
  ])('%s', (_, parts, expected) => {
    expect(outlineOf(receipts.plan(aScope(parts)))).toBe(expected);
  });

  test('come again when the two seconds are over', () => {
    expect(receipts.plan(aScope({ entries: open, now: posted }))).toMatchObject({ after: 2_000 });
  });

  test('are replies to the live status', () => {
    expect(receipts.plan(aScope({ entries }))).toMatchObject({
      effects: [{ kind: 'thread', place: { in: { channel: 'C1', ts: '1.2' }, parent: 'live-status' } }],
    });
  });
});
