import { describe, expect, test, vi } from 'vitest';
import { readPress } from '../../controller/integrations/slack/buttons.ts';
import { sharedCluster } from '../cluster/shared.ts';
import type { SlackMessage } from '../emulators/slack/workspace.ts';
import { unhurried } from '../world/impatient.ts';
import { integrationObjects, secret } from '../world/integrations.ts';
import { lookOutside } from '../world/outside.ts';
import { until } from '../world/until.ts';
import { conditionOf, startWorld, type World } from '../world/world.ts';

vi.setConfig({ maxConcurrency: 3 });

const alerts = '#monitoring-alerts';
const raised = {
  title: 'Login failure rate exceeded threshold',
  description: 'More than 5 % of logins failed. <!channel> @here',
  state: 'Triage',
  startedAt: '2026-11-21T09:58:00Z',
} as const;
const by = (id: string) => ({ id, source: 'Slack', by: 'zoe@example.com', reason: 'It is real.' });

/** A workspace whose bot watches over the alerts' channel; with an app token presses reach us. */
async function startTriage(interactive: boolean): Promise<World> {
  const world = await startWorld(sharedCluster(), {
    env: unhurried,
    policy: { triage: { channel: alerts } },
    ...(interactive
      ? {
          objects: ({ namespace, slack, github }) => [
            ...integrationObjects(namespace, { slack, slackUrl: slack.url, github }).slice(1),
            secret(namespace, 'slack', slack.url, { botToken: slack.botToken, appToken: 'xapp-1' }),
          ],
        }
      : {}),
  });
  await world.slack.call('bot', 'conversations.create', { name: alerts.slice(1) });
  return world;
}

/** The alert that stands in the channel: there is never a second one. */
async function alert({ slack }: World): Promise<SlackMessage> {
  const all = (await slack.messages(alerts)).filter(({ user }) => user === slack.bot.userId);
  expect(all).toHaveLength(1);
  return all[0]!;
}

interface Button {
  readonly text: { readonly text: string };
  readonly value?: string;
}
const buttonsIn = ({ blocks }: SlackMessage): readonly Button[] =>
  (blocks as readonly { type: string; elements?: readonly Button[] }[])
    .filter(({ type }) => type === 'actions')
    .flatMap(({ elements = [] }) => elements);
const labels = (message: SlackMessage): string[] => buttonsIn(message).map(({ text }) => text.text);
const words = (message: SlackMessage): string => JSON.stringify(message.blocks);

/** Channels of incidents: the alerts' own was made by the bot too. */
const channelsOf = async (world: World): Promise<string[]> =>
  (await lookOutside(world)).channels.map(({ name }) => name).filter((name) => name !== alerts.slice(1));

const five = ['Send Update', 'Declare Incident', 'Close Incident', 'Escalate', 'De-escalate'];

describe.concurrent('an Incident in state Triage', () => {
  test('is an alert until it is declared, then it is followed to its end', async () => {
    await using world = await startTriage(true);
    await world.declare(raised);
    const waiting = await world.ready();
    const shown = await alert(world);
    expect(shown.text).toBe('🟠 INC-00001 · SEV2 (High) · Open: Login failure rate exceeded threshold');
    expect(words(shown)).toContain('2026-11-21 09:58 UTC');
    expect(words(shown)).not.toMatch(/<!channel>|@here/);
    expect(labels(shown)).toEqual(five);
    expect(readPress(buttonsIn(shown)[1]?.value ?? '')).toEqual({
      uid: waiting.metadata.uid,
      namespace: world.namespace,
      name: 'login',
      to: { state: 'Investigating' },
      shown: { state: 'Triage' },
    });

    // Nothing else was made, and nobody was told.
    const { issues, notices } = await lookOutside(world);
    expect({ channels: await channelsOf(world), issues, notices }).toEqual({ channels: [], issues: [], notices: [] });
    for (const type of ['ChannelReady', 'LiveStatusPosted', 'MembersInvited', 'TicketsFiled', 'RecordCommitted'])
      expect(conditionOf(waiting, type)).toMatchObject({ reason: 'Triage' });

    // A change before anybody declared it is nobody's news either.
    await world.edit({ severity: 'SEV1', change: by('p-1') });
    await until('the severity on the alert', async () => words(await alert(world)).includes('SEV1 (Critical)'));

    await world.edit({ state: 'Investigating', change: by('p-2') });
    await world.sees('the channel', ({ status }) => status?.effects?.['triage-receipts']?.state === 'Done');
    await world.ready();
    expect(await channelsOf(world)).toEqual(['inc-00001']);
    const declared = await until('the way to the channel', async () => {
      const message = await alert(world);
      return labels(message).includes('Open #inc-00001') && message;
    });
    expect(declared.ts).toBe(shown.ts);
    expect(labels(declared)).toEqual(five.map((label) => (label === 'Declare Incident' ? 'Open #inc-00001' : label)));
    expect(words(declared)).toContain('Incident created by zoe@example.com');
    await until('the digest under the alert', async () => {
      const replies = await world.slack.thread(alerts, shown.ts);
      expect(replies.length).toBeLessThanOrEqual(1);
      return replies[0]?.text.includes('*INC-00001 declared*') && replies[0].text.includes('GitHub issue #1');
    });
    const told = await until('the notice of the declaration', async () => {
      const { notices: all } = await lookOutside(world);
      return all.length > 0 && all;
    });
    expect(told.map(({ text }) => text)).toEqual([
      '🔴 INC-00001 declared SEV1 (Critical): Login failure rate exceeded threshold',
    ]);
    const live = await world.slack.messages('#inc-00001');
    expect(labels(live[0]!)).toEqual(['Send Update', 'Escalate', 'De-escalate', 'Close Incident', 'Roles']);
    const { status } = await world.incident();
    expect(Date.parse(status?.timestamps?.declaredAt ?? '')).toBeGreaterThanOrEqual(
      Date.parse(waiting.metadata.creationTimestamp),
    );

    await world.edit({ state: 'Resolved', resolution: { summary: 'Rolled back.' }, change: by('p-3') });
    const only = await until('only Reopen', async () => {
      const [message, posts] = [await alert(world), await world.slack.messages('#inc-00001')];
      return labels(message).join() === 'Reopen' && labels(posts[0]!).join() === 'Reopen' && message;
    });
    expect(words(only)).toContain('*All Clear*\\nRolled back.');
    const pull = await until('the pull request', async () => (await world.github.pulls())[0]);
    await world.github.mergePull(pull.number, {});
    await until('no button once the record is merged', async () => {
      const [message, posts] = [await alert(world), await world.slack.messages('#inc-00001')];
      return labels(message).length + labels(posts[0]!).length === 0;
    });
  });

  test('that is closed there leaves no channel, no record and no news, until it is reopened', async () => {
    await using world = await startTriage(true);
    await world.declare(raised);
    await world.sees('the alert', ({ status }) => status?.effects?.['triage']?.state === 'Done');
    await world.edit({ state: 'Resolved', resolution: { summary: 'A test of the alarm.' }, change: by('p-1') });
    await world.sees('Resolved', ({ status }) => status?.applied?.state === 'Resolved');
    const dismissed = await world.ready();
    expect(conditionOf(dismissed, 'RecordCommitted')).toMatchObject({ reason: 'Dismissed' });
    await until('only Reopen', async () => labels(await alert(world)).join() === 'Reopen');
    const { issues, notices, pulls, commits } = await lookOutside(world);
    expect({ channels: await channelsOf(world), issues, notices, pulls, commits }).toEqual({
      channels: [],
      issues: [],
      notices: [],
      pulls: [],
      commits: [],
    });

    await world.edit({ state: 'Investigating', resolution: null, change: by('p-2') });
    await world.sees('the channel', ({ status }) => status?.channel !== undefined);
    expect(await channelsOf(world)).toEqual(['inc-00001']);
  });

  test('has no dead buttons where presses do not reach us, and one alert although its answer was lost', async () => {
    await using world = await startTriage(false);
    const lost = world.slack.fault({ act: 'dropAfter', method: 'chat.postMessage', nth: 1 });
    await world.declare(raised);
    await lost.hit();
    await world.sees('the alert', ({ status }) => status?.effects?.['triage']?.state === 'Done');
    expect(labels(await alert(world))).toEqual([]);
    await world.edit({ state: 'Investigating', change: by('p-1') });
    await world.ready();
    const live = await world.slack.messages('#inc-00001');
    expect(live.flatMap(labels)).toEqual([]);
  });
});
