import { expect, test } from 'vitest';
import { sharedCluster } from '../cluster/shared.ts';
import { unhurried } from '../world/impatient.ts';
import { eventsOf } from '../world/objects.ts';
import { lookOutside } from '../world/outside.ts';
import { until } from '../world/until.ts';
import { conditionOf, startWorld } from '../world/world.ts';

const address = (n: number): string => `https://grafana.example.com/d/login?run=${n}`;
const linkTo = (n: number): { links: { title: string; url: string }[] } => ({
  links: [{ title: 'Dashboard', url: address(n) }],
});

test('a link whose address changes 300 times keeps one bookmark, and the status its size', async () => {
  await using world = await startWorld(sharedCluster(), { env: unhurried });
  await world.declare(linkTo(0));
  const before = await world.ready();
  const size = Object.keys(before.status?.effects ?? {}).length;

  for (let n = 1; n <= 300; n++) {
    await world.edit(linkTo(n));
    // Most edits are overtaken; each of these is seen through, so that its address gets as far as the channel.
    if (n % 30 === 0)
      await until(`address ${n} in the channel`, async () =>
        (await lookOutside(world)).bookmarks.some(({ link }) => link === address(n)),
      );
  }
  const after = await world.sees('everything done', (i) => {
    const isSeen = i.status?.observedGeneration === i.metadata.generation;
    return isSeen && conditionOf(i, 'Ready')?.reason === 'Converged';
  });
  expect(conditionOf(after, 'Ready')).toMatchObject({ status: 'True' });
  expect(Object.keys(after.status?.effects ?? {}).length).toBeLessThanOrEqual(size + 2);
  const { bookmarks } = await lookOutside(world);
  expect(bookmarks.filter(({ title }) => title === 'Dashboard').map(({ link }) => link)).toEqual([address(300)]);
  expect(await eventsOf(world, 'WriteRefused')).toEqual([]);

  // What comes later is seen.
  await world.edit({ state: 'Resolved', resolution: { summary: 'Redeployed.' } });
  await world.sees('the record', (i) => conditionOf(i, 'RecordProposed')?.status === 'True');
});
