import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test, vi } from 'vitest';
import { identityAnnotation } from '../../controller/api/names.ts';
import { sharedCluster } from '../cluster/shared.ts';
import { git } from '../emulators/git-run.ts';
import { unhurried } from '../world/impatient.ts';
import { expectOneOfEach } from '../world/one-of-each.ts';
import { doubled, keyOf, lookOutside } from '../world/outside.ts';
import { until } from '../world/until.ts';
import { conditionOf, startWorld, type World } from '../world/world.ts';

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

  test('a copy with the status of its original touches nothing of that one, and goes in silence', async () => {
    await using world = await startWorld(sharedCluster(), { env });
    const { namespace, kubectl } = world;
    await world.declare();
    const before = await expectOneOfEach(world);
    const copy = (await backup(world)).replace(/^ {2}name: login$/m, '  name: copy');
    world.controller.signal('SIGSTOP');
    await kubectl.apply(copy);
    const { status } = await world.incident();
    const patch = ['--subresource=status', '--type=merge', '-p', JSON.stringify({ status })];
    await kubectl('patch', 'incident', 'copy', '-n', namespace, ...patch);
    await world.succeed(env);
    await world.sees('why', (one) => conditionOf(one, 'Ready')?.reason === 'CopiedWithStatus', 'copy');
    await world.objects.patch('Incident', 'copy', { spec: { severity: 'SEV1' } });
    await world.objects.remove('Incident', 'copy');
    await gone(world, 'copy');
    await world.ready();
    expect(await lookOutside(world)).toEqual(before);
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

  test('restored, then replaced without annotations, it stays the same one to the end', async () => {
    await using world = await startWorld(sharedCluster(), { env });
    const { namespace, kubectl } = world;
    await world.declare();
    await expectOneOfEach(world);
    const saved = await backup(world);
    const { uid } = (await world.incident()).metadata;
    await world.edit({ severity: 'SEV1', change: { id: 'up', by: 'zoe@example.com', reason: 'It spreads.' } });
    await world.ready();
    await world.objects.remove('Incident', 'login');
    await gone(world);
    await kubectl.apply(saved);
    const restored = await world.sees('its identity', ({ status }) => status?.identity !== undefined);
    expect(restored.status?.identity).toEqual({ install: namespace, namespace, name: 'login', uid });
    await world.ready();
    const bare = {
      apiVersion: restored.apiVersion,
      kind: restored.kind,
      // kubectl takes the version that is there.
      metadata: { name: 'login', namespace },
      spec: { ...restored.spec, state: 'Resolved', resolution: { summary: 'Redeployed.' } },
    };
    const file = join(await mkdtemp(join(tmpdir(), 'allclear-replace-')), 'incident.json');
    await writeFile(file, JSON.stringify(bare));
    // The controller may write between kubectl's read and its write: Conflict.
    await until('the replacement', () => kubectl('replace', '-f', file).then(() => true));
    const last = await world.sees('the record', ({ status }) => status?.effects?.['review']?.state === 'Done');
    expect(JSON.parse(last.metadata.annotations?.[identityAnnotation] ?? '')).toEqual(restored.status?.identity);
    expect(last.status?.identity).toEqual(restored.status?.identity);
    const { repository } = world.github;
    const record = await git(repository.path, [
      'show',
      `postmortem/inc-00001:incidents/${new Date().getUTCFullYear()}/INC-00001/record.json`,
    ]);
    const { items }: { items: { metadata: { uid: string }; spec: { type?: string; author?: string; to?: string } }[] } =
      JSON.parse(record);
    expect(items[0]?.metadata.uid).toBe(uid);
    // All that was told before the restore, and after it.
    const told = items.slice(1).map(({ spec }) => `${spec.type} ${spec.to}`);
    expect(told).toEqual(['State Investigating', 'Severity SEV1', 'Severity SEV2', 'State Resolved']);
    expect(items.find(({ spec }) => spec.to === 'SEV1')?.spec.author).toBe('zoe@example.com');
    expect(doubled(await lookOutside(world))).toEqual([]);
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
