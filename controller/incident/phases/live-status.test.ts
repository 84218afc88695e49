import { describe, expect, test } from 'vitest';
import { anEntry } from '../../../test/builders/incident.ts';
import { aScope, outlineOf, type ScopeParts } from '../../../test/builders/scope.ts';
import type { Reach } from '../../capabilities/reach.ts';
import { liveStatus } from './live-status.ts';

const channel = anEntry('channel', { integration: 'slack', ref: { channel: 'C1' } });
const posted = anEntry('message', { integration: 'slack', ref: { channel: 'C1', ts: '1.2' } });
const lacking =
  (...kinds: string[]): Reach['lacks'] =>
  (_, kind) =>
    kinds.includes(kind) ? `No ${kind}.` : undefined;

describe('the live status', () => {
  test.each<[string, ScopeParts, string]>([
    ['waits for the channel', {}, 'wait WaitingForChannel'],
    [
      'waits while the channel is being opened',
      { entries: { channel: { ...channel, state: 'Pending' } } },
      'wait WaitingForChannel',
    ],
    ['waits for the number', { named: null, entries: { channel } }, 'wait WaitingForChannel'],
    ['is posted, with the purpose', { entries: { channel } }, 'live-status by slack, purpose by slack'],
    [
      'is pinned once it is posted',
      { entries: { channel, 'live-status': posted } },
      'live-status by slack, purpose by slack, pin by slack',
    ],
    [
      'is not pinned where the vendor has no pins',
      { entries: { channel, 'live-status': posted }, reach: { lacks: lacking('pin') } },
      'live-status by slack, purpose by slack, without: No pin.',
    ],
    [
      'says what is left off before it comes to it',
      { entries: { channel }, reach: { lacks: lacking('purpose', 'pin') } },
      'live-status by slack, without: No purpose., without: No pin.',
    ],
    ['is off where the vendor has no messages', { reach: { lacks: lacking('message') } }, 'skip NotSupported'],
    ['is none of a Backfill', { backfill: true }, 'skip Quiet'],
    ['is none while it waits in triage', { spec: { state: 'Triage' } }, 'skip Triage'],
  ])('%s', (_, parts, expected) => {
    expect(outlineOf(liveStatus.plan(aScope(parts)))).toBe(expected);
  });

  test('stands in the channel, and the pin in the message', () => {
    const plan = liveStatus.plan(aScope({ entries: { channel, 'live-status': posted }, driftInterval: 5_000 }));
    expect(plan).toMatchObject({
      effects: [
        {
          key: 'live-status',
          place: { in: { channel: 'C1' }, parent: 'channel' },
          drift: { changed: 'enforce', gone: 'recreate', every: 5_000 },
        },
        { key: 'purpose', place: { in: { channel: 'C1' }, parent: 'channel' }, part: true },
        {
          key: 'pin',
          place: { in: { channel: 'C1', ts: '1.2' }, parent: 'live-status' },
          part: true,
          drift: { every: 5_000 },
        },
      ],
    });
  });
});
