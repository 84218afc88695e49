import { expect, test } from 'vitest';
import { sharedCluster } from '../cluster/shared.ts';
import { impatient } from '../world/impatient.ts';
import { eventsOf } from '../world/objects.ts';
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

test('a channel that a dead process asked for and that comes late beside its successor’s is archived, and no other is made', async () => {
  await using world = await startWorld(sharedCluster(), { env: impatient });
  const { slack } = world;
  const late = slack.fault({ act: 'hold', method: 'conversations.create', nth: 1 });
  await world.declare();
  await late.hit();
  world.controller.signal('SIGKILL');
  await world.succeed(impatient);
  const ours = async () => (await slack.channels()).filter(({ creator }) => creator === slack.bot.userId);
  await until('the successor’s channel', async () => (await ours()).length === 1);
  slack.letThrough();
  late.release();
  await until('a second one', async () => (await ours()).length === 2);
  await until('one is archived', async () => (await ours()).some(({ archived }) => archived));
  const kept = (await world.ready()).status?.channel?.id ?? '';
  expect((await ours()).filter(({ archived }) => !archived).map(({ id }) => id)).toEqual([kept]);
  expect(await ours()).toHaveLength(2);
  expect((await slack.members(kept)).length).toBeGreaterThan(1);
  expect((await slack.messages(kept)).some(({ user }) => user === slack.bot.userId)).toBe(true);
  await until('an Event', async () => (await eventsOf(world, 'Doubled')).length > 0);
});
