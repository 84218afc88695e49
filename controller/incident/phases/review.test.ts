import { describe, expect, test } from 'vitest';
import { anEntry, anIncident } from '../../../test/builders/incident.ts';
import { aScope, outlineOf, type ScopeParts } from '../../../test/builders/scope.ts';
import { mostRequests, requestKey } from '../../record/requests.ts';
import type { Choice, Reach } from '../../capabilities/reach.ts';
import type { Entry } from '../../runtime/effect.ts';
import { review } from './review.ts';

const resolved = { state: 'Resolved' } as const;
const branch = 'postmortem/inc-00001';
const pushed = (on = branch, facts: Record<string, string> = {}): Entry =>
  anEntry('record', {
    integration: 'git',
    ref: { branch: on, folder: 'incidents/2026/INC-00001', base: 'main' },
    facts,
  });
const request = (state: string): Entry =>
  anEntry('review', { integration: 'github', ref: { pull: '7', id: '#7' }, facts: { state } });
/** The first `count` requests were merged, each with an ending that is not the last one. */
const spent = (count: number): Record<string, Entry> =>
  Object.fromEntries(
    Array.from({ length: count }, (_, i) => [
      requestKey(i + 1),
      anEntry('review', {
        ref: { pull: `${i}` },
        facts: { state: 'Merged', mergedAt: '2026-02-03T12:00:00Z', carries: 'old' },
      }),
    ]),
  );
const none: Choice = { none: { reason: 'NotConfigured', message: 'Nobody.' } };
const choosing =
  (names: Partial<Record<string, Choice>>): Reach['choose'] =>
  (kind) =>
    names[kind] ?? { name: kind === 'review' ? 'github' : 'git' };
const choose = choosing({});
const merged = anIncident({
  status: { record: { branch, folder: 'f', commit: 'c0ffee', mergedAt: '2026-02-03T12:00:00Z' } },
});

describe('the request for review', () => {
  test.each<[string, ScopeParts, string]>([
    ['is none while the incident is open', { spec: { state: 'Investigating' } }, 'skip NotResolved'],
    ['is none of a drill', { spec: { ...resolved, mode: 'Drill' } }, 'skip Drill'],
    ['is off where nobody asks for reviews', { reach: { choose: choosing({ review: none }) } }, 'skip NotConfigured'],
    ['is off where nobody keeps a record', { reach: { choose: choosing({ record: none }) } }, 'skip NotConfigured'],
    ['waits for the first commit', {}, 'wait WaitingForRecord, keeps review'],
    ['waits for the number', { named: null, entries: { record: pushed() } }, 'wait WaitingForRecord, keeps review'],
    ['is made once the record is pushed', { entries: { record: pushed() } }, 'review by github'],
    ['stays wanted while it is open', { entries: { record: pushed(), review: request('Open') } }, 'review by github'],
    ['is nothing more once it was accepted', { incident: merged }, 'nothing'],
    [
      'waits for a branch of its own after a merge of an earlier ending',
      { entries: { record: pushed(), ...spent(1) } },
      'wait WaitingForRecord, keeps review',
    ],
    [
      'is made once more after a merge of an earlier ending',
      { entries: { record: pushed(`${branch}-2`), ...spent(1) } },
      'review/2 by github',
    ],
    ['is none after five', { entries: { record: pushed(), ...spent(mostRequests) } }, 'skip TooManyRequests'],
  ])('%s', (_, parts, expected) => {
    const scope = aScope({ spec: resolved, ...parts, reach: { choose, ...parts.reach } });
    expect(outlineOf(review.plan(scope))).toBe(expected);
  });

  test('is for the pushed branch, and is looked at for its merge', () => {
    const scope = aScope({ spec: resolved, entries: { record: pushed(branch, { ending: 'e1' }) }, reach: { choose } });
    expect(review.plan(scope)).toMatchObject({
      effects: [{ kind: 'review', drift: { every: 60_000 }, desired: { branch, base: 'main', ending: 'e1' } }],
    });
  });

  test('after five says which branch to merge by hand', () => {
    const scope = aScope({ spec: resolved, entries: { record: pushed(), ...spent(mostRequests) }, reach: { choose } });
    expect(review.plan(scope)).toMatchObject({
      skip: { message: expect.stringContaining(`merge branch ${branch} by hand`) },
    });
  });
});
