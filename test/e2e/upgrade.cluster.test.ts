import { describe, expect, test, vi } from 'vitest';
import type { Entry } from '../../controller/runtime/effect.ts';
import { atRest } from '../chaos/expect.ts';
import { sharedCluster } from '../cluster/shared.ts';
import { type Counts, gitHubWrites, slackWrites } from '../world/count.ts';
import { unhurried } from '../world/impatient.ts';
import { expectOneOfEach } from '../world/one-of-each.ts';
import { lookOutside, type Outside } from '../world/outside.ts';
import { readStored, restoreStored } from '../world/stored-incident.ts';
import { conditionOf, startWorld, type World } from '../world/world.ts';

vi.setConfig({ maxConcurrency: 2 });

/**
 * Incidents as another version left them, in fixtures/. To make one: check that version out, play a story in its
 * test/world until `atRest`, or until ALLCLEAR_TEST_CRASH kills its controller while a fault delays other answers, and
 * write down what test/world/stored-incident.ts describes: the objects without what the API server adds, and Slack and
 * GitHub as `slack` and `github` of that world tell of them. All are of commit a982019, the last before documents:
 *
 * - open-incident: declared, raised to SEV1 and told of by an IncidentUpdate; all of it done.
 * - killed-opening: killed at `accepted:ticket/github:1`, the answers of conversations.create late.
 * - killed-posting: the same with the answers of chat.postMessage and bookmarks.add.
 * - killed-telling: declared and done, then killed at `accepted:comment/github:1` of an IncidentUpdate, the answers of
 *   chat.postMessage and chat.update late.
 */
interface Upgrade {
  readonly world: World;
  /** As the version before left it, outside and in status. */
  readonly left: Outside;
  readonly recorded: Entries;
  /** Calls since then that changed something outside. */
  writes(): Counts;
}

/** Each effect of the incident and its updates, by `object key`. */
type Entries = Readonly<Record<string, Entry>>;

async function entriesIn({ objects }: Pick<World, 'objects'>): Promise<Entries> {
  const all = [...(await objects.list('Incident')), ...(await objects.list('IncidentUpdate'))];
  return Object.fromEntries(
    all.flatMap(({ metadata, status }) =>
      Object.entries(status?.effects ?? {}).map(([key, entry]) => [`${metadata.name} ${key}`, entry]),
    ),
  );
}

async function upgraded(file: string): Promise<Upgrade> {
  const found: { left?: Outside; recorded?: Entries; writes?: Counts } = {};
  const world = await startWorld(sharedCluster(), {
    env: unhurried,
    async before(empty) {
      await restoreStored(empty, await readStored(new URL(`fixtures/${file}.json`, import.meta.url)));
      found.left = await lookOutside(empty);
      found.recorded = await entriesIn(empty);
      found.writes = writesTo(empty);
    },
  });
  const { left, recorded, writes } = found;
  if (!left || !recorded || !writes) throw new Error('nothing was restored');
  const since = ([name, count]: [string, number]): [string, number] => [name, count - (writes[name] ?? 0)];
  return {
    world,
    left,
    recorded,
    writes: () =>
      Object.fromEntries(
        Object.entries(writesTo(world))
          .map(since)
          .filter(([, count]) => count > 0),
      ),
  };
}

const writesTo = ({ slack, github }: Pick<World, 'slack' | 'github'>): Counts => ({
  ...slackWrites(slack),
  ...gitHubWrites(github),
});

const issues = 'POST /repos/acme/incidents/issues';
const comments = 'POST /repos/acme/incidents/issues/N/comments';
const issueEdits = 'PATCH /repos/acme/incidents/issues/N';
const creates = ['conversations.create', 'chat.postMessage', 'pins.add', 'bookmarks.add', issues, comments];

/** Calls that make something; edits left out. */
const madeOf = (writes: Counts): Counts =>
  Object.fromEntries(Object.entries(writes).filter(([name]) => creates.includes(name)));

/** Each recorded effect is Done at its recorded attempt; one that was Done keeps its ref, a final one its whole entry. */
async function expectSameEntries({ world, recorded }: Upgrade): Promise<void> {
  const now = await entriesIn(world);
  for (const [key, { state, attempt, ref, ...rest }] of Object.entries(recorded)) {
    const isFinal = /notice|comment/.test(key) && state === 'Done';
    const expected = { state: 'Done', attempt, ...(state === 'Done' ? { ref } : {}), ...(isFinal ? rest : {}) };
    expect({ key, ...now[key] }).toMatchObject({ key, ...expected });
  }
}

/** Resolves it, up to the pull request: still one of each, and one notice more. */
async function expectAllClear({ world }: Upgrade): Promise<void> {
  const before = await lookOutside(world);
  await world.edit({ state: 'Resolved', resolution: { summary: 'Redeployed with the right endpoint.' } });
  const after = await expectOneOfEach(world);
  expect(after.pulls).toMatchObject([{ state: 'open', head: 'postmortem/inc-00001' }]);
  expect(after.notices.slice(0, -1)).toEqual(before.notices);
  expect(after.notices.at(-1)?.text).toContain('All Clear has been declared!');
  expect(after.posts.map(({ ts }) => ts)).toEqual(before.posts.map(({ ts }) => ts));
  expect(after.comments).toEqual(before.comments);
  expect(after.channels).toEqual(before.channels);
}

describe.concurrent('an incident that the version before left open', () => {
  test('at rest: what stands is edited once into its new form, and nothing is made', async () => {
    const upgrade = await upgraded('open-incident');
    await using world = upgrade.world;
    const before = upgrade.recorded['login live-status'];
    await world.sees(
      'the live status in its new form',
      (incident) =>
        incident.status?.effects?.['live-status']?.rev !== before?.rev &&
        conditionOf(incident, 'Ready')?.reason === 'Converged',
    );
    await atRest(world);
    const now = await expectOneOfEach(world);
    await expectSameEntries(upgrade);

    const { left } = upgrade;
    const edits = world.slack.calls('chat.update').map(({ args }) => args['ts']);
    expect(edits).toContain(left.posts[0]?.ts);
    expect(new Set(edits).size).toBe(edits.length);
    expect(upgrade.writes()).toEqual({ 'chat.update': edits.length, [issueEdits]: 1 });
    const { posts, thread, issues: tickets, ...untouched } = now;
    expect({ ...left, ...untouched }).toEqual(left);
    expect([...posts, ...thread].map(({ ts }) => ts)).toEqual([...left.posts, ...left.thread].map(({ ts }) => ts));
    expect(tickets.map(({ number }) => number)).toEqual(left.issues.map(({ number }) => number));
    await expectAllClear(upgrade);
  });

  test.each([
    [
      'a channel and a ticket',
      ['login channel', 'login ticket/github'],
      'killed-opening',
      { channels: 1, issues: 1, posts: 0, notices: 0 },
      // The live status, its two receipts and the notice.
      { 'chat.postMessage': 4, 'pins.add': 1, 'bookmarks.add': 3 },
    ],
    [
      'a live status, a ticket, a notice and a bookmark',
      ['login bookmark/link', 'login bookmark/link', 'login live-status', 'login ticket/github', 'update 1 notice'],
      'killed-posting',
      { channels: 1, issues: 1, posts: 1, notices: 1, bookmarks: 1 },
      { 'chat.postMessage': 2, 'pins.add': 1, 'bookmarks.add': 2 },
    ],
    [
      'a notice, a comment and an edit',
      ['endpoint comment/github', 'endpoint notice'],
      'killed-telling',
      { channels: 1, issues: 1, posts: 1, notices: 2, comments: 1 },
      // The receipt of the update.
      { 'chat.postMessage': 1 },
    ],
  ])('killed before it recorded %s: they are found, and not made again', async (_, doubtful, file, stood, made) => {
    const upgrade = await upgraded(file);
    await using world = upgrade.world;
    const { left, recorded } = upgrade;
    expect(pendingOf(recorded)).toEqual(doubtful);
    expect(left).toMatchObject(Object.fromEntries(Object.entries(stood).map(([what, n]) => [what, { length: n }])));
    const now = await expectOneOfEach(world);
    await expectSameEntries(upgrade);
    await atRest(world);
    expect(madeOf(upgrade.writes())).toEqual(made);
    expect(now.channels[0]?.id).toBe(left.channels[0]?.id);
    expect(now.notices.slice(0, left.notices.length)).toEqual(left.notices);
    expect(now.comments).toEqual(left.comments);
    const edits = world.slack.calls('chat.update').map(({ args }) => args['ts']);
    expect(edits).toEqual(expect.arrayContaining(left.posts.map(({ ts }) => ts)));
    await expectAllClear(upgrade);
  });
});

/** Keys of Pending effects, without hashes, uids and channel names. */
const pendingOf = (entries: Entries): string[] =>
  Object.entries(entries)
    .filter(([, { state }]) => state === 'Pending')
    .map(([key]) => key.replace(/^login-.*-t(\d+)/, 'update $1').replace(/(notice|link)\/.*/, '$1'))
    .toSorted();
