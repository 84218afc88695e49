import { describe, expect, it } from 'vitest';
import { anEntry } from '../../../test/builders/incident.ts';
import { aReach } from '../../../test/builders/reach.ts';
import { aStory } from '../../../test/builders/story.ts';
import { endingOf } from '../../record/entries.ts';
import { mostRequests, requestKey } from '../../record/requests.ts';
import type { Entry } from '../../runtime/effect.ts';
import type { Plan } from '../../runtime/phase.ts';
import type { ProductEffect } from '../../capabilities/capabilities.ts';
import type { ReasonName } from '../../runtime/reasons.ts';
import { projectStatus } from '../project.ts';
import type { IncidentScope } from '../scope.ts';
import { acceptance } from './acceptance.ts';
import { record } from './record.ts';
import { review } from './review.ts';

type Entries = Readonly<Record<string, Entry>>;

const story = aStory();
const ending = endingOf(story);
const folder = 'incidents/2026/INC-00001';
const branch = 'postmortem/inc-00001';
const aside = '6f1c7c54';

/** The resolved story with these receipts of its record, as `gather` would hand it to phases. */
function scopeWith(entries: Entries, mergedAt?: string): IncidentScope {
  const applied = { seq: 4, state: 'Resolved', severity: 'SEV1', level: 0 } as const;
  const stored = mergedAt === undefined ? {} : { record: { branch, folder, commit: 'c', mergedAt } };
  const incident = { ...story.incident, status: { ...story.incident.status, ...stored } };
  const facts = projectStatus(incident, entries, applied, story.updates, story.reach.link);
  return {
    ...story,
    incident: { ...incident, status: { ...incident.status, ...facts } },
    applied,
    entries,
    updates: story.updates.map((update) => ({ ...update, status: { conditions: [ready] } })),
    reach: aReach({ ...story.reach, choose: (kind) => ({ name: kind === 'review' ? 'github' : 'git' }) }),
    policy: { ...story.policy },
    backfill: false,
    now: Date.parse('2026-02-03T12:00:00Z'),
    reviewInterval: 60_000,
  };
}

const ready = { type: 'Ready', status: 'True', reason: 'Converged', message: '', lastTransitionTime: '' } as const;

const pushed = (facts: Entry['facts'] = { ending }, ref: Entry['ref'] = {}): Entry =>
  anEntry('record', {
    integration: 'git',
    ref: { branch, folder, commit: 'c0ffee', base: 'main', ...ref },
    ...(facts ? { facts } : {}),
  });
const asked = (facts: Entry['facts'], pull = '13'): Entry =>
  anEntry('review', { integration: 'github', ref: { pull, id: `#${pull}` }, ...(facts ? { facts } : {}) });
const merged = (carries?: string, mergedAt = '2026-02-03T11:50:00Z'): Entry =>
  asked({ state: 'Merged', mergedAt, ...(carries === undefined ? {} : { carries }) });
const refused = (reason: ReasonName, message: string, parts: Partial<Entry> = {}): Entry =>
  anEntry('record', { state: 'Failed', reason, message, facts: { refused: 'rev.epoch' }, ...parts });

const only = (plan: Plan<ProductEffect>): ProductEffect | undefined =>
  'effects' in plan ? plan.effects[0] : undefined;
/** What the three phases make of it, in short. */
function outcome(scope: IncidentScope) {
  const effect = only(record.plan(scope));
  const request = review.plan(scope);
  const accepted = acceptance.plan(scope);
  return {
    record:
      effect?.kind === 'record'
        ? `${effect.desired.folder} on ${effect.desired.branch}${effect.drift?.every === undefined ? '' : ', watched'}`
        : 'left alone',
    review:
      only(request)?.key ??
      ('wait' in request ? request.wait.reason : 'skip' in request ? request.skip.reason : 'left alone'),
    accepted: 'skip' in accepted ? accepted.skip.reason : 'accepted',
    mergedAt: scope.incident.status?.record?.mergedAt,
  };
}

const first = { record: `${folder} on ${branch}`, mergedAt: undefined };
const second = { record: `${folder} on ${branch}-2`, accepted: 'AwaitingReview', mergedAt: undefined };
const over = { record: 'left alone', review: 'left alone', accepted: 'accepted' };
const own = `${folder}-${aside} on ${branch}-${aside}`;

const allMerged = Object.fromEntries(
  Array.from({ length: mostRequests }, (_, i) => [requestKey(i + 1), merged('earlier')]),
);

describe('the record, its requests and its acceptance', () => {
  it.each<[string, Entries, Partial<ReturnType<typeof outcome>>]>([
    ['nothing yet', {}, { ...first, review: 'WaitingForRecord', accepted: 'AwaitingReview' }],
    ['pushed', { record: pushed() }, { ...first, review: 'review', accepted: 'AwaitingReview' }],
    [
      'a request is open',
      { record: pushed(), review: asked({ state: 'Open', carries: ending }) },
      { ...first, review: 'review', accepted: 'AwaitingReview' },
    ],
    [
      'it was closed unmerged',
      { record: pushed(), review: asked({ state: 'Closed', carries: ending }) },
      { ...first, review: 'review', accepted: 'ClosedUnmerged' },
    ],
    [
      'merged with the last ending',
      { record: pushed(), review: merged(ending) },
      { ...over, mergedAt: '2026-02-03T11:50:00Z' },
    ],
    [
      'merged with an earlier ending, and the last one pushed after it',
      { record: pushed(), review: merged('earlier') },
      { ...second, record: `${second.record}, watched`, review: 'WaitingForRecord' },
    ],
    [
      'an earlier ending is in the base branch, and its request was not asked yet',
      { record: pushed({ merged: 'earlier' }), review: asked({ state: 'Open', carries: 'earlier' }) },
      { ...second, record: `${second.record}, watched`, review: 'WaitingForRecord' },
    ],
    [
      'the last ending is pushed for a second request',
      { record: pushed({ ending, merged: 'earlier' }, { branch: `${branch}-2` }), review: merged('earlier') },
      { ...second, record: `${second.record}, watched`, review: 'review/2' },
    ],
    [
      'the second request is open',
      {
        record: pushed({ ending, merged: 'earlier' }, { branch: `${branch}-2` }),
        review: merged('earlier'),
        'review/2': asked({ state: 'Open', carries: ending }, '14'),
      },
      { ...second, review: 'review/2' },
    ],
    [
      'the second request is merged',
      {
        record: pushed({ ending, merged: 'earlier' }, { branch: `${branch}-2` }),
        review: merged('earlier'),
        'review/2': merged(ending, '2026-02-03T11:58:00Z'),
      },
      { ...over, mergedAt: '2026-02-03T11:58:00Z' },
    ],
    [
      'a request of an older version is merged, and the base branch was not looked at',
      { record: pushed({}), review: merged() },
      { ...second, record: `${second.record}, watched` },
    ],
    [
      'a request of an older version is merged, and the base branch holds the last ending',
      { record: pushed({ ending, merged: ending }), review: merged() },
      { ...over, mergedAt: '2026-02-03T11:50:00Z' },
    ],
    [
      'people brought the last ending to the base branch after an earlier one was merged',
      { record: { ...pushed({ merged: ending }), at: '2026-02-03T11:59:00Z' }, review: merged('earlier') },
      { ...over, mergedAt: '2026-02-03T11:59:00Z' },
    ],
    [
      'the base branch holds the last ending, and the host was not asked yet',
      { record: pushed({ ending, merged: ending }), review: asked({ state: 'Open', carries: ending }) },
      { ...first, review: 'review', accepted: 'AwaitingReview' },
    ],
    [
      'the base branch holds the last ending, and the host of the second request was not asked yet',
      {
        record: pushed({ ending, merged: ending }, { branch: `${branch}-2` }),
        review: merged('earlier'),
        'review/2': asked({ state: 'Open', carries: ending }, '14'),
      },
      { ...second, review: 'review/2' },
    ],
    [
      'people merged the last ending by hand after as many requests as there may be',
      { record: { ...pushed({ merged: ending }), at: '2026-02-03T11:59:00Z' }, ...allMerged },
      { ...over, mergedAt: '2026-02-03T11:59:00Z' },
    ],
    [
      'as many requests as there may be, each with an earlier ending',
      { record: pushed(), ...allMerged },
      { record: `${folder} on ${branch}-6, watched`, review: 'TooManyRequests', accepted: 'TooManyRequests' },
    ],
  ])('%s', (_what, entries, expected) => {
    expect(outcome(scopeWith(entries))).toMatchObject(expected);
  });

  it('keeps what was accepted before it was known by its ending', () => {
    const entries = { record: pushed({ merged: 'true' }), review: merged() };
    expect(outcome(scopeWith(entries, '2026-02-03T11:50:00Z'))).toEqual({ ...over, mergedAt: '2026-02-03T11:50:00Z' });
  });

  it('is not accepted while it is open again', () => {
    const { incident, updates, reach } = story;
    const entries = { record: pushed(), review: merged(ending) };
    const applied = { seq: 5, state: 'Investigating', severity: 'SEV1', level: 0 } as const;
    expect(projectStatus(incident, entries, applied, updates, reach.link).record?.mergedAt).toBeUndefined();
  });

  it('is not accepted by a process that sees the second all clear in status and not yet in the timeline', () => {
    const { incident, updates, reach } = story;
    const closing = updates.at(-1);
    const reopening = closing && {
      ...closing,
      metadata: {
        ...closing.metadata,
        name: 'mobile-app-login-6f1c7c54-t5',
        creationTimestamp: '2026-02-03T11:58:00Z',
      },
      spec: { ...closing.spec, from: 'Resolved', to: 'Investigating' } as const,
    };
    const entries = { record: pushed(), review: merged(ending) };
    const applied = { seq: 6, state: 'Resolved', severity: 'SEV1', level: 0 } as const;
    const mergedAt = (seen: typeof updates): string | undefined =>
      projectStatus(incident, entries, applied, seen, reach.link).record?.mergedAt;
    expect(mergedAt([...updates, ...(reopening ? [reopening] : [])])).toBeUndefined();
    expect(mergedAt(updates)).toBe('2026-02-03T11:50:00Z');
  });

  it('is another ending when it is closed again, even with the same words', () => {
    const [, , , closing] = story.updates;
    const again = closing && { ...closing, metadata: { ...closing.metadata, name: 'mobile-app-login-6f1c7c54-t6' } };
    expect(endingOf({ ...story, updates: [...story.updates, ...(again ? [again] : [])] })).not.toBe(ending);
  });

  it('tells the request what the branch is known to hold, not what it should', () => {
    const plan = review.plan(scopeWith({ record: pushed({ ending: 'earlier' }) }));
    expect(only(plan)?.desired).toMatchObject({ ending: 'earlier' });
  });

  it('tells the port which ending the base branch was seen to hold', () => {
    const plan = record.plan(scopeWith({ record: pushed({ merged: 'earlier' }) }));
    expect(only(plan)?.desired).toMatchObject({ ending, merged: 'earlier' });
  });
});

describe('a place that is taken', () => {
  const words = `${folder} on main holds the record of another incident, production/ops/checkout`;
  const taken = { taken: words };

  it.each<[string, Entries, string, string]>([
    ['the folder', { record: refused('FolderTaken', words) }, own, words],
    ['the branch', { record: refused('BranchTaken', words) }, own, words],
    [
      'and the next is refused for something else',
      { record: refused('PathTaken', 'no', { within: taken }) },
      own,
      words,
    ],
    ['and the next is taken as well', { record: refused('FolderTaken', 'theirs', { within: taken }) }, own, words],
    [
      'and it was written elsewhere',
      {
        record: {
          ...pushed({ ending }, { folder: `${folder}-${aside}`, branch: `${branch}-${aside}`, ...taken }),
          reason: 'ChangedOutside',
        },
      },
      own,
      words,
    ],
    [
      'of what an older version had taken for its own',
      {
        record: { ...pushed({ merged: 'true' }), reason: 'FolderTaken', message: words },
        review: anEntry('review', { state: 'Pending' }),
      },
      own,
      words,
    ],
    [
      'the branch of a second request, while the folder is ours',
      {
        record: { ...pushed({ merged: 'earlier' }), reason: 'BranchTaken', message: words },
        review: merged('earlier'),
      },
      `${folder} on ${branch}-${aside}-2`,
      words,
    ],
  ])('%s', (_what, entries, place, why) => {
    const effect = only(record.plan(scopeWith(entries)));
    if (effect?.kind !== 'record') throw new Error('no record is wanted');
    expect(`${effect.desired.folder} on ${effect.desired.branch}`).toBe(place);
    expect(effect.place?.in).toEqual({ taken: why });
    expect(effect.desired.taken).toBe(why);
    expect(Object.keys(effect.desired.commits[0]?.files ?? {})).toContain(`${effect.desired.folder}/record.json`);
  });

  it('is not left while a request for it is open: people decide', () => {
    const entries = {
      record: { ...pushed(), reason: 'FolderTaken' as const, message: words },
      review: asked({ state: 'Open', carries: ending }),
    };
    expect(only(record.plan(scopeWith(entries)))).toMatchObject({
      desired: { folder, branch },
      drift: { changed: 'enforce' },
    });
  });

  it('a folder that is recorded stays, whatever the policy says by now', () => {
    const scope = scopeWith({ record: pushed() });
    const moved = { ...scope, policy: { ...scope.policy, spec: { record: { folder: 'elsewhere' } } } };
    expect(only(record.plan(moved))).toMatchObject({ desired: { folder, branch } });
  });

  it('asks for the branch that it went to', () => {
    const where = { folder: `${folder}-${aside}`, branch: `${branch}-${aside}`, ...taken };
    const effect = only(review.plan(scopeWith({ record: pushed({ ending }, where) })));
    expect(effect?.desired).toMatchObject({ branch: where.branch });
    expect(JSON.stringify(effect?.desired)).toContain(where.folder);
  });
});
