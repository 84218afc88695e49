import { describe, expect, test } from 'vitest';
import { anEntry } from '../../../test/builders/incident.ts';
import { aScope, outlineOf, type ScopeParts } from '../../../test/builders/scope.ts';
import { triage } from './triage.ts';

const inTriage = { state: 'Triage' } as const;
const policy = { triage: { channel: '#alerts' } };
const posted = anEntry('message', {
  integration: 'old',
  within: { channelName: '#alerts-then' },
  ref: { channel: 'C9', ts: '9.1' },
});
const replied = { triage: posted, receipts: anEntry('thread', { integration: 'slack', ref: { channel: 'C1' } }) };

describe('the alert', () => {
  test.each<[string, ScopeParts, string]>([
    ['is posted while the incident is in triage', { spec: inTriage, policy }, 'triage by slack'],
    ['waits for the number', { spec: inTriage, policy, named: null }, 'wait WaitingForNumber'],
    ['is off where no policy says where', { spec: inTriage }, 'skip NotConfigured'],
    ['is none of an incident that was declared at once', { policy }, 'skip NotInTriage'],
    ['is none of a Backfill', { backfill: true, policy, spec: inTriage }, 'skip Quiet'],
    ['is followed to its end once it is posted', { entries: { triage: posted } }, 'triage by old'],
    ['is followed while it is being posted', { entries: { triage: { ...posted, state: 'Pending' } } }, 'triage by old'],
    [
      'that was never sent is none',
      { policy, entries: { triage: { ...posted, state: 'Cancelled' } } },
      'skip NotInTriage',
    ],
    ['has a digest once the channel has receipts', { entries: replied }, 'triage by old, triage-receipts by old'],
    [
      'has no digest where the vendor has no threads',
      { entries: replied, reach: { lacks: () => 'No threads.' } },
      'triage by old, without: No threads.',
    ],
  ])('%s', (_, parts, expected) => {
    expect(outlineOf(triage.plan(aScope(parts)))).toBe(expected);
  });

  test('stays where it was posted, whatever the policy says by now', () => {
    const scope = aScope({ policy, entries: replied });
    expect(triage.plan(scope)).toMatchObject({
      effects: [
        { place: { in: { channelName: '#alerts-then' } } },
        { place: { in: { channel: 'C9', ts: '9.1' } }, part: true },
      ],
    });
    expect(triage.plan(aScope({ policy, spec: inTriage }))).toMatchObject({
      effects: [{ place: { in: { channelName: '#alerts' } } }],
    });
  });
});
