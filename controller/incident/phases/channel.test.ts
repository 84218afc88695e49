import { describe, expect, test } from 'vitest';
import { anEntry } from '../../../test/builders/incident.ts';
import { aScope, outlineOf, type ScopeParts } from '../../../test/builders/scope.ts';
import type { Choice } from '../../capabilities/reach.ts';
import type { PolicyChannel } from '../../api/response-policy.gen.ts';
import { channel, channelLacks, whyNoChannel } from './channel.ts';

const none: Choice = { none: { reason: 'NotConfigured', message: 'No Integration in reach does channels.' } };
const ambiguous: Choice = { ambiguous: { reason: 'Ambiguous', message: 'Two could.' }, candidates: ['a', 'b'] };
const policyOf = (parts: Partial<PolicyChannel>) => ({
  channel: { nameTemplate: 'inc-{number}', visibility: 'Public' as const, ...parts },
});
const opened = { channel: anEntry('channel', { integration: 'old', ref: { channel: 'C1' } }) };

describe('the channel', () => {
  test.each<[string, ScopeParts, string]>([
    ['is opened by the one that is chosen', {}, 'channel by slack'],
    ['is opened by the one of the policy', { policy: policyOf({ integrationRef: { name: 'ops' } }) }, 'channel by ops'],
    ['stays with the one that opened it', { entries: opened }, 'channel by old'],
    ['is opened for a drill, too', { spec: { mode: 'Drill' } }, 'channel by slack'],
    ['waits for the number it is named after', { named: null }, 'wait WaitingForNumber'],
    ['is none of a Backfill', { backfill: true }, 'skip Quiet'],
    ['is none while it waits in triage', { spec: { state: 'Triage' } }, 'skip Triage'],
    ['stays open in triage once it is open', { spec: { state: 'Triage' }, entries: opened }, 'channel by old'],
    ['is off where nothing opens channels', { reach: { choose: () => none } }, 'skip NotConfigured'],
    ['waits for a person where several could', { reach: { choose: () => ambiguous } }, 'held Ambiguous'],
    [
      'asks who opens it before it waits for a number',
      { named: null, reach: { choose: () => none } },
      'skip NotConfigured',
    ],
  ])('%s', (_, parts, expected) => {
    expect(outlineOf(channel.plan(aScope(parts)))).toBe(expected);
  });

  test.each<[string, ScopeParts, object]>([
    [
      'is named after the number',
      {},
      { place: { in: { name: 'inc-00001' } }, desired: { name: 'inc-00001', private: false } },
    ],
    [
      'is named and closed to others as the policy says',
      { policy: policyOf({ nameTemplate: 'war-{number}', visibility: 'Private' }) },
      { place: { in: { name: 'war-00001' } }, desired: { name: 'war-00001', private: true } },
    ],
    ['is served by severity', { spec: { severity: 'SEV1' } }, { priority: 1 }],
    ['is looked at while it is open', { driftInterval: 5_000 }, { drift: { every: 5_000, gone: 'leave' } }],
    [
      'is made again where the policy says so',
      { policy: { drift: { channel: 'Recreate', liveStatus: 'Leave', ticket: 'Leave' } } },
      { drift: { gone: 'recreate' } },
    ],
  ])('%s', (_, parts, expected) => {
    expect(channel.plan(aScope(parts))).toMatchObject({ effects: [expected] });
  });
});

const lacks = (name: string): string => `Integration ${name} does no pins.`;

describe('a part of the channel', () => {
  test('is off where whoever has the channel cannot do it', () => {
    const scope = aScope({ reach: { lacks }, entries: opened });
    expect(channelLacks(scope, 'pin')).toEqual({ reason: 'NotSupported', message: 'Integration old does no pins.' });
    expect(channelLacks(aScope(), 'pin')).toBeUndefined();
    expect(channelLacks(aScope({ reach: { lacks, choose: () => none } }), 'pin')).toBeUndefined();
  });

  test.each<[string, ScopeParts, string | undefined]>([
    ['is off with the channel', { reach: { choose: () => none } }, 'NotConfigured'],
    ['waits where nobody is chosen yet', { reach: { choose: () => ambiguous } }, undefined],
    ['is wanted where there is a channel', {}, undefined],
  ])('%s', (_, parts, expected) => {
    expect(whyNoChannel(aScope(parts))?.reason).toBe(expected);
  });
});
