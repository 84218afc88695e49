import { describe, expect, test } from 'vitest';
import type { Condition } from '../../controller/api/meta.ts';
import { sharedCluster } from '../cluster/shared.ts';
import { unhurried as env } from '../world/impatient.ts';
import { integration, integrationObjects, repository, secret } from '../world/integrations.ts';
import { until } from '../world/until.ts';
import { conditionOf, startWorld, type World } from '../world/world.ts';

/** The Secret's annotation lacks the port: its values go nowhere. */
const withoutPort = (object: object, name: string): object => {
  const { kind, metadata } = object as { kind: string; metadata: { name: string; annotations?: object } };
  return kind === 'Secret' && metadata.name === name
    ? { ...object, metadata: { ...metadata, annotations: { 'allclear.dev/hosts': '127.0.0.1' } } }
    : object;
};

/** The three usual Integrations, one of them with a Secret that may not be sent where it says. */
const withBroken =
  (name: string) =>
  ({ namespace, slack, github }: Pick<World, 'namespace' | 'slack' | 'github'>): object[] =>
    integrationObjects(namespace, { slack, slackUrl: slack.url, github }).map((each) => withoutPort(each, name));

const mend = ({ kubectl, namespace }: World, name: string, url: string): Promise<unknown> =>
  kubectl.apply({
    apiVersion: 'v1',
    kind: 'Secret',
    type: 'allclear.dev/credentials',
    metadata: { namespace, name, annotations: { 'allclear.dev/hosts': new URL(url).host } },
  });

const reasonOf = (incident: Parameters<typeof conditionOf>[0], type: string): string | undefined =>
  conditionOf(incident, type)?.reason;

const liveIn = async ({ slack }: World): Promise<string> => {
  const channel = '#inc-00001';
  const [live] = (await slack.messages(channel)).filter(({ user }) => user === slack.bot.userId);
  const replies = live ? await slack.thread(channel, live.ts) : [];
  return JSON.stringify([live, ...replies]);
};

describe('an Integration that cannot connect', () => {
  test('is named by the incident, which is Degraded until it is mended and then goes on by itself', async () => {
    await using world = await startWorld(sharedCluster(), { env, objects: withBroken('slack') });
    await world.declare();
    const stuck = await world.sees(
      'Degraded, with its ticket',
      (each) => reasonOf(each, 'Ready') === 'Degraded' && reasonOf(each, 'TicketsFiled') === 'Done',
    );
    expect(conditionOf(stuck, 'ChannelReady')).toMatchObject({
      status: 'False',
      reason: 'IntegrationNotReady',
      message: expect.stringMatching(
        /^channel: Integration slack is not ready: HostNotAllowed: Secret slack may not be sent to 127\.0\.0\.1:\d+;/,
      ),
    });
    expect(reasonOf(stuck, 'LiveStatusPosted')).toBe('WaitingForChannel');
    expect(conditionOf(stuck, 'Ready')?.message).toContain('ChannelReady');
    expect(conditionOf(stuck, 'Stalled')).toMatchObject({ status: 'True', reason: 'NeedsAPerson' });
    await mend(world, 'slack', world.slack.url);
    await world.sees('Converged', (each) => reasonOf(each, 'Ready') === 'Converged');
    expect(world.slack.calls('conversations.create')).toHaveLength(1);
  });

  test('is named in the live status and the receipts as long as what it should do waits', async () => {
    await using world = await startWorld(sharedCluster(), { env, objects: withBroken('github') });
    await world.declare();
    const told = await until('its words in Slack', async () => {
      const text = await liveIn(world);
      return text.split('GitHub issue waits: Integration github is not ready: HostNotAllowed').length === 3 && text;
    });
    expect(told).not.toContain('No Integration');
    expect(reasonOf(await world.incident(), 'TicketsFiled')).toBe('IntegrationNotReady');
    await mend(world, 'github', world.github.apiUrl);
    await world.sees('Converged', (each) => reasonOf(each, 'Ready') === 'Converged');
    await until('the ticket in its place', async () => {
      const text = await liveIn(world);
      return !text.includes('waits') && text.includes('GitHub issue #1');
    });
  });

  test('keeps no deleted incident', async () => {
    await using world = await startWorld(sharedCluster(), { env, objects: withBroken('slack') });
    const name = await world.declare();
    await world.sees('Degraded', (each) => reasonOf(each, 'Ready') === 'Degraded');
    await world.objects.remove('Incident', name);
    const left = await until('its end', async () => {
      const all = await world.objects.list('Incident');
      return all.length === 0 && all;
    });
    expect(left).toEqual([]);
  });
});

test('of two ticket systems neither is taken before somebody says which, and what is made stays there', async () => {
  await using world = await startWorld(sharedCluster(), {
    env,
    policy: null,
    objects: ({ namespace, github }) =>
      ['issues-a', 'issues-b'].flatMap((name) => [
        secret(namespace, name, github.apiUrl, { token: github.token }),
        integration(namespace, name, { github: { apiUrl: github.apiUrl, ...repository } }),
      ]),
  });
  await world.declare();
  const ambiguous = await world.sees('Ambiguous', (each) => reasonOf(each, 'TicketsFiled') === 'Ambiguous');
  expect(conditionOf(ambiguous, 'TicketsFiled')?.message).toBe(
    'Integrations issues-a and issues-b do tickets, and nothing says which to use. Name one in spec.tickets of the ResponsePolicy, or set spec.default: true in one of them.',
  );
  await world.sees('Degraded', (each) => reasonOf(each, 'Ready') === 'Degraded');
  expect(ambiguous.status?.tickets ?? []).toEqual([]);
  expect(conditionOf(ambiguous, 'Stalled')?.status).toBe('True');

  await world.objects.patch('Integration', 'issues-b', { spec: { default: true } });
  const filed = await world.sees('Converged', (each) => reasonOf(each, 'Ready') === 'Converged');
  expect(filed.status?.tickets).toMatchObject([{ integration: 'issues-b', id: '#1' }]);

  await world.objects.patch('Integration', 'issues-a', { spec: { default: true } });
  await world.objects.patch('Integration', 'issues-b', { spec: { default: false } });
  await world.edit({ title: 'Another title' });
  const after = await world.sees(
    'the edit',
    (each) => each.status?.observedGeneration === each.metadata.generation && reasonOf(each, 'Ready') === 'Converged',
  );
  expect(after.status?.tickets).toMatchObject([{ integration: 'issues-b', id: '#1' }]);
  expect(Object.keys(after.status?.effects ?? {}).filter((key) => key.startsWith('ticket/'))).toEqual([
    'ticket/issues-b',
  ]);
});

test('a notice whose Integration is out of reach says so, in its condition and in the receipts', async () => {
  const notices = [{ channel: '#stakeholders' }, { channel: '#support', integrationRef: { name: 'pager' } }];
  await using world = await startWorld(sharedCluster(), { env, policy: { notices } });
  await world.declare();
  const sent = await until('the condition', async () => {
    const [update] = await world.objects.list('IncidentUpdate');
    const found: Condition | undefined = update && conditionOf(update, 'NoticesSent');
    return found?.reason === 'IntegrationGone' && found;
  });
  expect(sent).toMatchObject({
    status: 'False',
    message: expect.stringContaining('notice/pager/support: There is no Integration pager in reach'),
  });
  await until('the receipt', async () => (await liveIn(world)).includes('Notice waits: notice/pager/support'));
  expect(await world.slack.messages('#stakeholders')).not.toHaveLength(0);
});
