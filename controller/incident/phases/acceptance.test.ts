import { describe, expect, test } from 'vitest';
import { anEntry, anIncident } from '../../../test/builders/incident.ts';
import { aScope, outlineOf, type ScopeParts } from '../../../test/builders/scope.ts';
import { mostRequests, requestKey } from '../../record/requests.ts';
import type { Entry } from '../../runtime/effect.ts';
import { acceptance } from './acceptance.ts';

const resolved = { state: 'Resolved' } as const;
const request = (facts: Record<string, string>): Entry => anEntry('review', { ref: { pull: '7', id: '#7' }, facts });
const mergedAt = '2026-02-03T12:00:00Z';
const earlier = request({ state: 'Merged', mergedAt, carries: 'an earlier ending' });
const spent = (count: number): Record<string, Entry> =>
  Object.fromEntries(Array.from({ length: count }, (_, i) => [requestKey(i + 1), earlier]));
const accepted = anIncident({ status: { record: { branch: 'b', folder: 'f', commit: 'c0ffee', mergedAt } } });

describe('the record is accepted', () => {
  test.each<[string, ScopeParts, string, string]>([
    ['not while the incident is open', { spec: { state: 'Monitoring' } }, 'skip NotResolved', ''],
    ['never of a drill', { spec: { ...resolved, mode: 'Drill' } }, 'skip Drill', ''],
    ['never of what was closed in triage', { updates: [], spec: { state: 'Triage' } }, 'skip Triage', ''],
    [
      'not before there is a request',
      {},
      'skip AwaitingReview',
      'The record is accepted when its pull request is merged.',
    ],
    [
      'not while the request is open',
      { entries: { review: request({ state: 'Open' }) } },
      'skip AwaitingReview',
      'merged.',
    ],
    [
      'not where the request was closed',
      { entries: { review: request({ state: 'Closed' }) } },
      'skip ClosedUnmerged',
      'Pull request #7 was closed without a merge',
    ],
    [
      'not where an earlier ending was merged',
      { entries: spent(1) },
      'skip AwaitingReview',
      'What was merged tells of an earlier ending.',
    ],
    ['not after five such merges', { entries: spent(mostRequests) }, 'skip TooManyRequests', 'by hand'],
    ['once its last ending was merged', { incident: accepted }, 'nothing', ''],
  ])('%s', (_, parts, expected, words) => {
    const plan = acceptance.plan(aScope({ spec: resolved, ...parts }));
    expect(outlineOf(plan)).toBe(expected);
    expect('skip' in plan ? plan.skip.message : '').toContain(words);
  });
});
