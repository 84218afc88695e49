import { expect, test } from 'vitest';
import { eventsOf } from '../chaos/expect.ts';
import { sharedCluster } from '../cluster/shared.ts';
import { impatient } from '../world/impatient.ts';
import { until } from '../world/until.ts';
import { startWorld } from '../world/world.ts';

test('of two channels that Slack let through for one incident one is kept, and the other is archived and said', async () => {
  await using world = await startWorld(sharedCluster(), { env: impatient });
  const { slack } = world;
  slack.letThrough();
  slack.fault({ act: 'double', method: 'conversations.create', times: 1 });
  await world.declare();
  const { status } = await world.ready();
  const kept = status?.channel?.id;
  const ours = async () => (await slack.channels()).filter(({ creator }) => creator === slack.bot.userId);
  expect((await ours()).map(({ name }) => name)).toEqual(['inc-00001', 'inc-00001']);
  await until('one is archived', async () => (await ours()).some(({ archived }) => archived));
  expect((await ours()).filter(({ archived }) => !archived).map(({ id }) => id)).toEqual([kept]);
  await until('an Event', async () => (await eventsOf(world, 'Doubled')).length > 0);
  expect(await eventsOf(world, 'Doubled')).toEqual([
    'channel: It stood there twice; one is kept, and the other was taken back.',
  ]);
  const { status: after } = await world.ready();
  expect(after?.channel?.id).toBe(kept);
  expect((await slack.messages(kept ?? '')).some(({ user }) => user === slack.bot.userId)).toBe(true);
});
