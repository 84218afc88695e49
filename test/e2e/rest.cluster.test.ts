import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import { sharedCluster } from '../cluster/shared.ts';
import { apiWrites, gitHubWrites, slackWrites } from '../world/count.ts';
import { lookOutside } from '../world/outside.ts';
import { until } from '../world/until.ts';
import { startWorld, type World } from '../world/world.ts';

/** Milliseconds of watching each time; the promise is for good. ALLCLEAR_TEST_REST_SECONDS=60 watches for longer. */
const rest = Number(process.env['ALLCLEAR_TEST_REST_SECONDS'] ?? 8) * 1_000;

/** Everything that was written inside and outside so far, and what stands there. */
async function written(world: World): Promise<object> {
  const { controller, slack, github, objects } = world;
  return {
    api: await apiWrites(controller),
    slack: slackWrites(slack),
    github: gitHubWrites(github),
    versions: await objects.versions(),
    outside: await lookOutside(world),
  };
}

interface Watched {
  readonly before: object;
  readonly after: object;
}

async function watched(world: World): Promise<Watched> {
  const before = await written(world);
  await sleep(rest);
  return { before, after: await written(world) };
}

async function successorWatched(world: World): Promise<Watched> {
  await world.controller.stop();
  world.start();
  const before = await written(world);
  await world.controller.logged('leading');
  await sleep(rest);
  return { before, after: await written(world) };
}

/** Receipts of the last moment may follow Ready; then it rests. */
async function atRest(world: World): Promise<void> {
  await world.ready();
  let last = '';
  let same = 0;
  // For longer than a machine stands still.
  await until('five looks in a row that are the same', async () => {
    await sleep(1_500);
    const now = JSON.stringify(await written(world));
    same = now === last ? same + 1 : 1;
    last = now;
    return same === 5;
  });
}

async function resolved(world: World): Promise<number> {
  await world.declare();
  await world.ready();
  await world.edit({ state: 'Resolved', resolution: { summary: 'The old endpoint is back.' } });
  const [pull] = await until('the pull request', async () => {
    const pulls = await world.github.pulls();
    return pulls.length > 0 && pulls;
  });
  return pull?.number ?? 0;
}

describe.concurrent('at rest nothing is written, inside or outside', { timeout: 240_000 + 3 * rest }, () => {
  test('while an incident is open, and by a successor', async () => {
    await using world = await startWorld(sharedCluster());
    await world.declare();
    await atRest(world);
    const first = await watched(world);
    expect(first.after).toEqual(first.before);
    const second = await successorWatched(world);
    expect(second.after).toEqual(second.before);
  });

  test('while a record waits for its review, and by a successor', async () => {
    await using world = await startWorld(sharedCluster());
    await resolved(world);
    await atRest(world);
    const first = await watched(world);
    expect(first.after).toEqual(first.before);
    const second = await successorWatched(world);
    expect(second.after).toEqual(second.before);
  });

  test('after the merge, and by a successor', async () => {
    await using world = await startWorld(sharedCluster());
    await world.github.mergePull(await resolved(world), { deleteBranch: true });
    await world.sees('the merge', ({ status }) => status?.record?.mergedAt !== undefined);
    await atRest(world);
    const first = await watched(world);
    expect(first.after).toEqual(first.before);
    const second = await successorWatched(world);
    expect(second.after).toEqual(second.before);
  });
});
