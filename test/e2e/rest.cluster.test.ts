import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { sharedCluster } from '../cluster/shared.ts';
import { apiWrites, gitHubWrites, slackWrites } from '../world/count.ts';
import { lookOutside } from '../world/outside.ts';
import { until } from '../world/until.ts';
import { startWorld, type World } from '../world/world.ts';

/** Milliseconds of watching. The promise is for good; ALLCLEAR_TEST_REST_SECONDS=60 watches longer. */
const rest = Number(process.env['ALLCLEAR_TEST_REST_SECONDS'] ?? 15) * 1_000;

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

async function nothingIsWritten(world: World): Promise<void> {
  const before = await written(world);
  await sleep(rest);
  expect(await written(world)).toEqual(before);
}

/** An update's own receipts may land a moment after the incident's. */
const quiet = async (world: World): Promise<void> => {
  let last = '';
  await until('two looks in a row that are the same', async () => {
    await sleep(1_500);
    const now = JSON.stringify(await written(world));
    const same = now === last;
    last = now;
    return same;
  });
};

test(
  'at rest nothing is written: open, after a restart, resolved, merged, after another restart',
  { timeout: 120_000 + 5 * rest },
  async () => {
    await using world = await startWorld(sharedCluster());
    const restarted = async (): Promise<void> => {
      await world.controller.stop();
      const before = await written({ ...world, controller: world.start() });
      await world.controller.logged('leading');
      await sleep(rest);
      expect(await written(world)).toEqual(before);
    };
    await world.declare();
    await world.ready();
    await quiet(world);
    await nothingIsWritten(world);
    await restarted();

    await world.edit({ state: 'Resolved', resolution: { summary: 'The old endpoint is back.' } });
    const [pull] = await until('the pull request', async () => {
      const pulls = await world.github.pulls();
      return pulls.length > 0 && pulls;
    });
    await world.ready();
    await quiet(world);
    await nothingIsWritten(world);

    await world.github.mergePull(pull?.number ?? 0, { deleteBranch: true });
    await world.sees('the merge', ({ status }) => status?.record?.mergedAt !== undefined);
    await quiet(world);
    await nothingIsWritten(world);
    await restarted();
  },
);
