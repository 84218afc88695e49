import { afterAll, beforeAll, beforeEach } from 'vitest';
import { bookmarkConformance } from '../../../test/conformance/bookmark.ts';
import { channelConformance } from '../../../test/conformance/channel.ts';
import { membersConformance } from '../../../test/conformance/members.ts';
import { aDoc } from '../../../test/builders/doc.ts';
import { messageConformance } from '../../../test/conformance/message.ts';
import { pinConformance } from '../../../test/conformance/pin.ts';
import { purposeConformance } from '../../../test/conformance/purpose.ts';
import { threadConformance } from '../../../test/conformance/thread.ts';
import { slackUnderTest, type SlackUnderTest } from '../../../test/emulators/slack-under-test.ts';
import { object } from './parse.ts';
import { systemClock } from '../../runtime/clock.ts';
import type { Port, Ref } from '../../runtime/effect.ts';
import type { Desired, Kind } from '../../capabilities/capabilities.ts';
import type { Connection } from '../kit/vendor.ts';
import { slack as vendor } from './slack.ts';

let slack: SlackUnderTest;
/** In a real workspace names of former runs are taken. */
const run = Date.now().toString(36);
let channels = 0;
const connections: Connection[] = [];

beforeAll(async () => {
  slack = await slackUnderTest();
});
afterAll(async () => {
  for (const connection of connections) connection.close();
  await slack.close();
});
beforeEach(() => slack.clearFaults());

/** A port of a connection that knows nothing of earlier ones. */
function port<K extends Kind>(kind: K): Port<Desired[K]> {
  const connection = vendor.connect(
    { apiUrl: slack.url, mode: 'Http' },
    { botToken: slack.botToken },
    { clock: systemClock, install: 'test', tuning: { rateFactor: slack.rateFactor }, log: () => undefined },
  );
  connections.push(connection);
  const found = connection.capabilities[kind];
  if (!found) throw new Error(`Slack has no ${kind}`);
  return found;
}

const must = async (sent: Promise<Readonly<Record<string, unknown>>>): Promise<Readonly<Record<string, unknown>>> => {
  const body = await sent;
  if (body['ok'] !== true) throw new Error(`refused: ${String(body['error'])}`);
  return body;
};

/** A channel that the bot made. */
async function aChannel(): Promise<{ channel: string; ts: string }> {
  channels += 1;
  await must(slack.call('bot', 'conversations.create', { name: `test-${run}-${channels}` }));
  const { id: channel } = await slack.channel(`test-${run}-${channels}`);
  return { channel, ts: '' };
}

/** A channel with one message of the bot's in it. */
async function aThread(): Promise<{ channel: string; ts: string }> {
  const { channel } = await aChannel();
  const body = await must(slack.call('bot', 'chat.postMessage', { channel, text: 'root' }));
  return { channel, ts: String(body['ts']) };
}

const writes = new Set([
  'chat.postMessage',
  'chat.update',
  'conversations.create',
  'conversations.invite',
  'conversations.setPurpose',
  'pins.add',
  'bookmarks.add',
  'bookmarks.edit',
]);
const isWrite = { methods: writes };
const faults = {
  loseAnswer: () => void slack.fault({ ...isWrite, act: 'dropAfter', times: 1 }),
  refuse: () => void slack.fault({ ...isWrite, act: 'okFalse', error: 'restricted_action', times: 1 }),
  close: () => Promise.resolve(),
};
messageConformance('Slack', async () => {
  const { channel } = await aChannel();
  const thread = await aThread();
  const texts = async (): Promise<string[]> => (await slack.messages(channel)).map(({ text }) => text);
  return {
    ...faults,
    port: port('message'),
    within: { channel },
    thread: { channel: thread.channel, thread: thread.ts },
    desired: aDoc('Hello'),
    changed: aDoc('Good bye'),
    texts,
    replies: async () => (await slack.thread(thread.channel, thread.ts)).map(({ text }) => text),
    count: async () => (await texts()).length,
    async forge() {
      await must(slack.call('ana', 'conversations.join', { channel }));
      const [original] = await slack.messages(channel);
      const { text, blocks, metadata } = original ?? {};
      await must(slack.call('ana', 'chat.postMessage', { channel, text, blocks, metadata }));
    },
  };
});

const openNames = async (start: string): Promise<string[]> =>
  (await slack.channels())
    .filter((one) => (one.name === start || one.name.startsWith(`${start}-`)) && !one.archived)
    .map((one) => one.name)
    .toSorted();

channelConformance('Slack', async () => {
  channels += 1;
  const name = `inc-${run}-${channels}`;
  return {
    ...faults,
    port: port('channel'),
    within: {},
    desired: { name, private: false },
    names: openNames,
    ...(slack.letThrough ? { letThrough: slack.letThrough } : {}),
    count: async () => (await openNames(name)).length,
    rename: async (channel, to) => void (await must(slack.call('bot', 'conversations.rename', { channel, name: to }))),
    async occupy(taken) {
      const body = await must(slack.call('ana', 'conversations.create', { name: taken }));
      await must(slack.call('bot', 'conversations.join', { channel: object(body['channel'])['id'] }));
    },
  };
});

purposeConformance('Slack', async () => {
  const { channel } = await aChannel();
  const purpose = async (): Promise<string> => (await slack.channel(channel)).purpose;
  return {
    ...faults,
    port: port('purpose'),
    within: { channel },
    desired: { text: 'INC-00001 · Rocks and hard places' },
    changed: { text: 'INC-00001 · Renamed' },
    purpose,
    sets: async () => (await slack.lines(channel)).filter(({ subtype }) => subtype === 'channel_purpose').length,
    count: async () => ((await purpose()) === '' ? 0 : 1),
  };
});

pinConformance('Slack', async () => {
  const within = await aThread();
  return {
    ...faults,
    port: port('pin'),
    within,
    desired: {},
    unmarked: 'a pin holds no marker: its message is the incident’s own',
    count: async () => (await slack.pins(within.channel)).length,
  };
});

membersConformance('Slack', async () => {
  const { channel } = await aChannel();
  const people = async (): Promise<string[]> => {
    const ids = await slack.members(channel);
    return Object.values(slack.people).flatMap(({ id, email }) => (ids.includes(id) ? [email] : []));
  };
  const everybody = [...slack.mails];
  return {
    ...faults,
    port: port('members'),
    within: { channel },
    desired: { people: everybody.slice(0, 1) },
    everybody,
    people,
    count: async () => (await people()).length,
  };
});

bookmarkConformance('Slack', async () => {
  const { channel } = await aChannel();
  const desired = { title: 'Ticket & more', url: 'https://example.com/issues/1?a=1&b=2' };
  return {
    ...faults,
    port: port('bookmark'),
    within: { channel },
    desired,
    changed: { ...desired, title: 'Ticket, renamed' },
    unmarked: 'a bookmark holds no marker: its channel is the incident’s own',
    links: async () => Object.fromEntries((await slack.bookmarks(channel)).map(({ link, title }) => [link, title])),
    count: async () => (await slack.bookmarks(channel)).length,
    async forge() {
      await must(slack.call('ana', 'conversations.join', { channel }));
      const { title, url: link } = desired;
      await must(slack.call('ana', 'bookmarks.add', { channel_id: channel, title, link, type: 'link' }));
    },
  };
});

threadConformance('Slack', async () => {
  const within: Ref & { channel: string; ts: string } = await aThread();
  const replies = async (): Promise<string[]> =>
    (await slack.thread(within.channel, within.ts)).map(({ text }) => text);
  return {
    ...faults,
    port: port('thread'),
    within,
    desired: { lines: [{ key: 'line-0', lines: [['one']] }] },
    changed: { lines: [{ key: 'line-0', lines: [['ONE']] }] },
    replies,
    loseAnswerOf: (nth) => void slack.fault({ ...isWrite, act: 'dropAfter', nth }),
    lag() {
      slack.setLag(true);
      return () => slack.setLag(false);
    },
    restart: () => port('thread'),
    count: async () => (await replies()).length,
    async forge() {
      const [original] = await slack.thread(within.channel, within.ts);
      const { text, metadata } = original ?? {};
      const { channel, ts: thread_ts } = within;
      await must(slack.call('ana', 'conversations.join', { channel }));
      await must(slack.call('ana', 'chat.postMessage', { channel, text, metadata, thread_ts }));
    },
  };
});
