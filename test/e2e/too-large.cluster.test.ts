import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { apiVersion } from '../../controller/api/names.ts';
import { type Cluster, startCluster } from '../cluster/cluster.ts';
import { ownConfig, ownCrds } from '../cluster/crds.ts';
import { unhurried } from '../world/impatient.ts';
import { eventsOf } from '../world/objects.ts';
import { lookOutside } from '../world/outside.ts';
import { until } from '../world/until.ts';
import { conditionOf, startWorld } from '../world/world.ts';

/** What this etcd takes; the usual 1.5 MiB are out of reach of one Incident, since annotations end at 256 KiB. */
const most = 240 * 1024;
/** The object with it fits, and the first intent does not any more. */
const filler = most - 3_500;

let cluster: Cluster;
beforeAll(async () => {
  cluster = await startCluster({ crds: [ownCrds], config: [ownConfig], etcdArgs: [`--max-request-bytes=${most}`] });
});
afterAll(() => cluster.stop());

test('an incident whose intents cannot be stored sends nothing, is not hammered, and keeps nobody else', async () => {
  const namespace = 'crowded';
  await cluster.kubectl('create', 'namespace', namespace);
  await using world = await startWorld(
    { ...cluster, newNamespace: () => Promise.resolve(namespace) },
    { env: unhurried },
  );
  await cluster.kubectl.apply({
    apiVersion,
    kind: 'Incident',
    metadata: { namespace, name: 'large', annotations: { 'example.com/notes': 'x'.repeat(filler) } },
    spec: { title: 'Too many notes' },
  });
  const failures = () =>
    world.controller.log.filter(({ event, key }) => event === 'reconcile-failed' && key === `${namespace}/large`);
  await world.declare({}, 'small');
  await world.ready('small');
  await until('a failure', () => failures().length > 0);
  await sleep(5_000);
  expect(JSON.stringify(failures()[0])).toContain('request is too large');
  expect(failures().length).toBeLessThan(15);
  expect(conditionOf(await world.incident('large'), 'Ready')).toMatchObject({
    status: 'False',
    reason: 'WriteRefused',
  });
  const events = (await eventsOf(world, 'WriteRefused')).filter((note) => note.includes('request is too large'));
  expect(events).toHaveLength(1);
  const { channels, issues } = await lookOutside(world);
  expect(channels).toHaveLength(1);
  expect(issues.map(({ title }) => title)).toEqual([expect.stringContaining('Mobile app login errors')]);

  // The notes are cut, and it goes on.
  await cluster.kubectl('annotate', 'inc', 'large', '-n', namespace, 'example.com/notes-');
  await world.ready('large');
  const after = await lookOutside(world);
  expect(after.channels).toHaveLength(2);
  expect(after.issues).toHaveLength(2);
});
