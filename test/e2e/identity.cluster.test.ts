import { describe, expect, test, vi } from 'vitest';
import { identityAnnotation } from '../../controller/api/names.ts';
import { sharedCluster } from '../cluster/shared.ts';
import { unhurried } from '../world/impatient.ts';
import { expectOneOfEach } from '../world/one-of-each.ts';
import { doubled, keyOf, lookOutside } from '../world/outside.ts';
import { until } from '../world/until.ts';
import { startWorld, type World } from '../world/world.ts';

vi.setConfig({ maxConcurrency: 4 });

const env = unhurried;

const gone = (world: World, name = 'login'): Promise<unknown> =>
  until('the end of the object', async () =>
    (await world.objects.list('Incident')).every(({ metadata }) => metadata.name !== name),
  );

/** What `kubectl get -o yaml` shows, as a person prepares it to be applied elsewhere. */
const backup = async (world: World): Promise<string> =>
  (await world.kubectl('get', 'inc', 'login', '-n', world.namespace, '-o', 'yaml')).replaceAll(
    /^ {2}(uid|resourceVersion|generation|creationTimestamp):.*\n/gm,
    '',
  );

describe.concurrent('a deleted incident', () => {
  test('leaves a last line in its channel; nothing is resolved, closed or archived', async () => {
    await using world = await startWorld(sharedCluster(), { env });
    await world.declare();
    const before = await expectOneOfEach(world);
    await world.objects.remove('Incident', 'login');
    await gone(world);
    const after = await lookOutside(world);
    expect(after.posts).toHaveLength(2);
    expect(after.posts[1]?.text).toContain('The Incident INC-00001 was deleted from the cluster');
    expect({ ...after, posts: after.posts.slice(0, 1) }).toEqual(before);
  });

  test('archives its channel if it says so', async () => {
    await using world = await startWorld(sharedCluster(), { env });
    await world.declare({ deletionPolicy: 'Archive' });
    await expectOneOfEach(world);
    await world.objects.remove('Incident', 'login');
    await gone(world);
    const after = await lookOutside(world);
    expect(after.channels).toMatchObject([{ name: 'inc-00001', archived: true }]);
    expect(after.issues).toMatchObject([{ state: 'open' }]);
    expect(after.notices).toHaveLength(1);
  });

  test('that was declared a moment ago waits for its channel and takes leave of it', async () => {
    await using world = await startWorld(sharedCluster(), { env });
    const held = world.slack.fault({ act: 'delayAnswer', ms: 500, method: 'conversations.create', nth: 1 });
    await world.declare();
    await held.hit();
    await world.objects.remove('Incident', 'login');
    await gone(world);
    const after = await lookOutside(world);
    expect(after.channels).toHaveLength(1);
    expect(after.posts.at(-1)?.text).toContain('was deleted from the cluster');
  });
});

describe.concurrent('identity', () => {
  test('a copy of an incident is another one, with all of its own', async () => {
    await using world = await startWorld(sharedCluster(), { env });
    await world.declare();
    const before = await expectOneOfEach(world);
    const copy = (await backup(world)).replace(/^ {2}name: login$/m, '  name: copy');
    expect(copy).toContain(identityAnnotation);
    await world.kubectl.apply(copy);
    const copied = await world.ready('copy');
    expect(copied.status).toMatchObject({ id: 'INC-00002', channel: { name: 'inc-00002' }, tickets: [{ id: '#2' }] });
    expect(JSON.parse(copied.metadata.annotations?.[identityAnnotation] ?? '')).toMatchObject({
      name: 'copy',
      uid: copied.metadata.uid,
    });
    await until('the notice', async () => (await lookOutside(world)).notices.length === 2);
    const after = await lookOutside(world);
    expect(after.channels.map(({ name }) => name).toSorted()).toEqual(['inc-00001', 'inc-00002']);
    expect(after.posts).toEqual(before.posts);
    expect(after.issues).toHaveLength(2);
  });

  test('restored from a backup without its status, it finds its own again', async () => {
    await using world = await startWorld(sharedCluster(), { env });
    await world.declare();
    const before = await expectOneOfEach(world);
    const saved = await backup(world);
    const { uid } = (await world.incident()).metadata;
    await world.objects.remove('Incident', 'login');
    await gone(world);
    await world.kubectl.apply(saved);
    const restored = await world.ready();
    expect(restored.metadata.uid).not.toBe(uid);
    expect(JSON.parse(restored.metadata.annotations?.[identityAnnotation] ?? '')).toMatchObject({ uid });
    expect(restored.status).toMatchObject({ id: 'INC-00001', channel: { id: before.channels[0]?.id } });
    const after = await lookOutside(world);
    expect(doubled(after)).toEqual([]);
    expect(after.channels).toEqual(before.channels);
    expect(after.posts.map(keyOf)).toEqual([`${uid}/live-status`, `${uid}/farewell`]);
    expect(after.issues).toHaveLength(1);
    expect(after.bookmarks).toHaveLength(3);
  });

  test('an incident that is Resolved when first seen is a record of the past: nobody is told', async () => {
    await using world = await startWorld(sharedCluster(), { env });
    await world.declare({ state: 'Resolved', resolution: { summary: 'Long ago.' } });
    const pulls = await until('the pull request', async () => {
      const all = await world.github.pulls();
      return all.length > 0 && all;
    });
    expect(pulls).toMatchObject([{ head: 'postmortem/inc-00001' }]);
    await world.ready();
    expect(await lookOutside(world)).toMatchObject({ channels: [], notices: [], issues: [] });
  });
});
