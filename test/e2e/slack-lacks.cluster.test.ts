import { expect, test } from 'vitest';
import { sharedCluster } from '../cluster/shared.ts';
import { unhurried } from '../world/impatient.ts';
import { until } from '../world/until.ts';
import { conditionOf, startWorld, type World } from '../world/world.ts';

const env = unhurried;

const repliesOf = async ({ slack }: World, channel: string): Promise<string> => {
  const live = (await slack.messages(channel)).find(({ user }) => user === slack.bot.userId);
  const replies = await slack.thread(channel, live?.ts ?? '');
  return replies.map(({ text }) => text).join('\n');
};

test('what a Slack-compatible server lacks is left off, said once, and not asked for again', async () => {
  await using world = await startWorld(sharedCluster(), { env });
  const { slack } = world;
  slack.fault({ act: 'okFalse', error: 'unknown_method', method: 'pins.add' });
  slack.fault({ act: 404, method: 'bookmarks.add' });
  slack.fault({ act: 405, method: 'conversations.invite' });
  await world.declare();
  const left = await world.sees('what is left off', (incident) =>
    ['BookmarksAdded', 'MembersInvited'].every((type) => conditionOf(incident, type)?.reason === 'NotSupported'),
  );
  expect(conditionOf(left, 'MembersInvited')?.message).toBe(
    'Integration slack does not do invitations: its server has no method conversations.invite.',
  );
  const incident = await world.sees(
    'Ready and Converged',
    (each) =>
      conditionOf(each, 'Ready')?.reason === 'Converged' && conditionOf(each, 'ReceiptsPosted')?.status === 'True',
  );
  expect(conditionOf(incident, 'LiveStatusPosted')).toMatchObject({
    status: 'True',
    reason: 'Done',
    message: expect.stringContaining('does not do pins: its server has no method pins.add.'),
  });
  expect(conditionOf(incident, 'Ready')?.message).toContain('Off: MembersInvited, BookmarksAdded');
  expect(conditionOf(incident, 'Stalled')?.status).toBe('False');
  const receipts = await repliesOf(world, '#inc-00001');
  expect(receipts).toContain('Live status posted');
  expect(receipts).not.toMatch(/failed/i);

  // The next one does not even ask.
  const asked = (): number =>
    ['pins.add', 'bookmarks.add', 'conversations.invite'].reduce((sum, method) => sum + slack.calls(method).length, 0);
  const before = asked();
  await world.declare({ title: 'Another' }, 'another');
  await world.sees('Ready', (each) => conditionOf(each, 'Ready')?.reason === 'Converged', 'another');
  expect(asked()).toBe(before);
});

test('a pin that is refused is told as the pin’s trouble, and the live status stands', async () => {
  await using world = await startWorld(sharedCluster(), { env });
  world.slack.fault({ act: 'okFalse', error: 'restricted_action', method: 'pins.add' });
  await world.declare();
  const incident = await world.sees(
    'the refusal',
    (each) => conditionOf(each, 'LiveStatusPosted')?.reason === 'NotPermitted',
  );
  expect(conditionOf(incident, 'LiveStatusPosted')).toMatchObject({
    status: 'True',
    message: expect.stringMatching(/^pin: pins\.add: the workspace's settings/),
  });
  const receipts = await until('the receipt of the refusal', async () => {
    const text = await repliesOf(world, '#inc-00001');
    return text.includes('Pin failed') && text;
  });
  expect(receipts).not.toContain('Live status failed');
  expect(receipts).toContain('Live status posted');
});
