import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { FakeClock } from '../../../test/builders/fake-clock.ts';
import { aDoc } from '../../../test/builders/doc.ts';
import { callFor, newUid } from '../../../test/conformance/port.ts';
import { startSlack, type Slack } from '../../../test/emulators/slack.ts';
import { minutes, systemClock, type Clock } from '../../runtime/clock.ts';
import { Rejected } from '../../runtime/outcome.ts';
import { isKind, type Ports } from '../../capabilities/capabilities.ts';
import type { Connection } from '../kit/vendor.ts';
import { slack as vendor } from './slack.ts';

let slack: Slack;
const connections: Connection[] = [];

beforeAll(async () => {
  slack = await startSlack();
});
afterEach(() => {
  slack.clearFaults();
  slack.refuseToken = undefined;
});
afterAll(async () => {
  for (const connection of connections) connection.close();
  await slack.close();
});

function connect(botToken = slack.botToken, clock: Clock = systemClock): Connection {
  const connection = vendor.connect(
    { apiUrl: slack.url, mode: 'Http' },
    { botToken },
    { clock, install: 'test', tuning: { rateFactor: Infinity }, log: () => undefined },
  );
  connections.push(connection);
  return connection;
}
/** As a new process would have them: nothing remembered. */
const ports = (): Required<Pick<Ports, 'channel' | 'purpose' | 'message' | 'members'>> => {
  const { channel, purpose, message, members } = connect().capabilities;
  if (!channel || !purpose || !message || !members) throw new Error('a port is missing');
  return { channel, purpose, message, members };
};
const signal = (): AbortSignal => AbortSignal.timeout(30_000);
const open = { name: 'inc-00001', private: false };
let names = 0;
const named = (): typeof open => ({ ...open, name: `ops-${++names}` });

describe('a channel', () => {
  it('is adopted by the next process when it has no purpose yet', async () => {
    const create = callFor({}, named());
    const { ref } = await ports().channel.create(create);
    expect(await ports().channel.observe?.(create)).toMatchObject([{ ref, same: true }]);
    expect((await ports().channel.create(create)).ref).toEqual(ref);
  });

  it('is not adopted without a purpose when it is older than the intent', async () => {
    const desired = named();
    const { ref } = await ports().channel.create(callFor({}, desired));
    const later = callFor({}, desired, { since: Date.now() + minutes(65) });
    expect(await ports().channel.observe?.(later)).toEqual([]);
    expect((await ports().channel.create(later)).ref).not.toEqual(ref);
  });

  it('is not adopted without a purpose when another incident writes in it', async () => {
    const desired = named();
    const one = callFor({}, desired);
    const { ref } = await ports().channel.create(one);
    const within = { channel: ref['channel'] ?? '' };
    await ports().message.create(callFor(within, aDoc('x'), { uid: one.owner.uid }));
    expect(await ports().channel.observe?.(callFor({}, desired))).toEqual([]);
    expect(await ports().channel.observe?.(one)).toMatchObject([{ ref }]);
  });

  it('of which Slack let two through is kept where its marker is, whichever is older', async () => {
    const create = callFor({}, named());
    slack.letThrough();
    const older = await ports().channel.create(create);
    const { ref } = await ports().channel.create(create);
    const within = { channel: ref['channel'] ?? '' };
    await ports().purpose.create(callFor(within, { text: 'INC-00001' }, { uid: create.owner.uid }));
    const seen = (await ports().channel.observe?.(create)) ?? [];
    expect(seen.map((one) => one.ref['channel'])).toEqual([ref['channel'], older.ref['channel']]);
  });

  it('is no twin of one of another name that nobody has marked yet', async () => {
    const desired = named();
    const create = callFor({}, desired);
    const { ref } = await ports().channel.create(create);
    // Another incident's, of the same name but for the number that keeps them apart, by a process that died since.
    await ports().channel.create(callFor({}, { ...desired, name: `${desired.name}-2` }));
    expect(await ports().channel.observe?.({ ...create, ref })).toMatchObject([{ ref, same: true }]);
  });

  it('is known by its marker, whatever people name it', async () => {
    const create = callFor({}, named());
    const { ref } = await ports().channel.create(create);
    const within = { channel: ref['channel'] ?? '' };
    await ports().purpose.create(callFor(within, { text: 'INC-00001' }, { uid: create.owner.uid }));
    await slack.call('bot', 'conversations.rename', { channel: ref['channel'], name: `renamed-${names}` });
    const later = { ...create, since: Date.now() + minutes(60) };
    const [found] = (await ports().channel.observe?.(later)) ?? [];
    expect(found).toMatchObject({ same: false, facts: { name: `renamed-${names}`, state: 'Open' } });
  });

  it('is looked for by the name recorded with the intent when nobody wants it any more', async () => {
    const desired = named();
    const { ref } = await ports().channel.create(callFor({}, desired, { uid: 'u-1' }));
    const { key, owner, since, priority } = callFor({}, desired, { uid: 'u-1' });
    const look = { key, owner, since, priority, signal: signal(), within: { name: desired.name } };
    expect(await ports().channel.observe?.(look)).toMatchObject([{ ref }]);
  });

  it('tells that it was archived', async () => {
    const create = callFor({}, named());
    const { channel } = ports();
    const { ref } = await channel.create(create);
    await channel.release?.(create, ref);
    expect(await channel.observe?.({ ...create, ref })).toMatchObject([{ same: false, facts: { state: 'Archived' } }]);
  });

  it('archives no whole workspace', async () => {
    const { channel } = ports();
    const create = callFor({}, open);
    for (let n = 0; n < 20; n++) await channel.release?.(create, { channel: `C0NONE${n}` });
    await expect(channel.release?.(create, { channel: 'C0NONE' })).rejects.toMatchObject({
      reason: 'ArchiveBudget',
      terminal: false,
    });
  });

  it('says what is wrong with a name', async () => {
    await expect(ports().channel.create(callFor({}, { ...open, name: 'No Good' }))).rejects.toMatchObject({
      reason: 'InvalidChannelName',
      terminal: true,
    });
  });
});

const here = async (): Promise<{ channel: string }> => ({ channel: (await slack.channel('#stakeholders')).id });
const last = async (): Promise<string | undefined> => (await slack.messages('#stakeholders')).at(-1)?.text;

describe('a list of conversations', () => {
  it('is shared by all who ask before it leaves', async () => {
    const { channel } = ports();
    const before = slack.calls('users.conversations').length;
    await Promise.all(Array.from({ length: 50 }, async () => channel.observe?.(callFor({}, named()))));
    expect(slack.calls('users.conversations')).toHaveLength(before + 1);
    await channel.observe?.(callFor({}, named()));
    expect(slack.calls('users.conversations')).toHaveLength(before + 2);
  });
});

const by = (name: string) => ['by ', { person: name }];

describe('a message', () => {
  it('finds a stakeholder channel by name, and asks for it once', async () => {
    const { message } = ports();
    const before = slack.calls('users.conversations').length;
    const create = callFor({ channelName: '#stakeholders' }, aDoc('Notice'));
    const { ref } = await message.create(create);
    await message.create(callFor({ channelName: 'stakeholders' }, aDoc('Notice 2')));
    expect(ref['channel']).toBe((await here()).channel);
    expect(await message.observe?.(create)).toMatchObject([{ ref, same: true }]);
    expect(slack.calls('users.conversations')).toHaveLength(before + 1);
  });

  it('says whom to invite where the bot is no member', async () => {
    const create = callFor({ channelName: '#random' }, aDoc('Notice'));
    const error: unknown = await ports()
      .message.create(create)
      .catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ reason: 'NotInChannel', terminal: true });
    expect(String(error)).toContain('/invite @allclear');
    expect(create.sends).toBe(0);
  });

  it('looks the name up again after Slack refused the channel', async () => {
    const { message } = ports();
    await slack.call('bot', 'conversations.create', { name: 'leaving' });
    await slack.call('ana', 'conversations.join', { channel: (await slack.channel('leaving')).id });
    await message.create(callFor({ channelName: '#leaving' }, aDoc('one')));
    await slack.call('bot', 'conversations.leave', { channel: (await slack.channel('leaving')).id });
    await expect(message.create(callFor({ channelName: '#leaving' }, aDoc('two')))).rejects.toBeInstanceOf(Rejected);
    await slack.call('bot', 'conversations.join', { channel: (await slack.channel('leaving')).id });
    await message.create(callFor({ channelName: '#leaving' }, aDoc('three')));
    expect((await slack.messages('leaving')).map((one) => one.text)).toEqual(['one', 'three']);
  });

  it('calls no whole channel', async () => {
    await ports().message.create(callFor(await here(), aDoc('wake <!channel> and @here')));
    expect(await last()).toBe('wake &lt;!channel&gt; and @\u200bhere');
    expect(JSON.stringify((await slack.messages('#stakeholders')).at(-1)?.blocks)).not.toMatch(/<!|@here/);
  });

  it('cuts text to what can be edited', async () => {
    const { message } = ports();
    const create = callFor(await here(), aDoc('x'.repeat(5_000)));
    const { ref } = await message.create(create);
    expect((await last())?.length).toBeLessThanOrEqual(4_000);
    await message.update?.(create, ref);
  });

  it.each([
    ['invalid_blocks', 'InvalidBlocks'],
    ['msg_blocks_too_long', 'MessageTooLong'],
  ])('is refused for good with %s', async (error, reason) => {
    slack.fault({ method: 'chat.postMessage', act: 'okFalse', error, times: 1 });
    const create = callFor(await here(), aDoc('x'));
    await expect(ports().message.create(create)).rejects.toMatchObject({ reason, terminal: true });
  });

  it('mentions whom Slack knows, and names others, whose address nobody waits for', async () => {
    const { message } = ports();
    const doc = aDoc('x', { parts: [{ line: by('ana@example.com') }, { notes: [by('nobody@example.com')] }] });
    const { ref } = await message.create(callFor(await here(), doc));
    const shown = async (): Promise<string> => JSON.stringify((await slack.messages('#stakeholders')).at(-1)?.blocks);
    expect(await shown()).toMatch(/by <@U\w+>.*by nobody@example\.com/);
    slack.fault({ method: 'users.lookupByEmail', act: 'okFalse', error: 'internal_error', times: 2 });
    await message.update?.(callFor(await here(), aDoc('x', { parts: [{ line: by('bo@example.com') }] })), ref);
    expect(await shown()).toContain('by bo@example.com');
  });

  it('does not wait for a look-up that hangs, and one that failed keeps nobody out of the channel', async () => {
    const { message, members } = ports();
    const held = slack.fault({ method: 'users.lookupByEmail', act: 'hold', times: 1 });
    await message.create(callFor(await here(), aDoc('x', { parts: [{ line: by('bo@example.com') }] })));
    expect(JSON.stringify((await slack.messages('#stakeholders')).at(-1)?.blocks)).toContain('by bo@example.com');
    held.release();
    const { facts } = await members.create(callFor(await here(), { people: ['bo@example.com'] }));
    expect(facts).toEqual({ invited: 'bo@example.com' });
  });

  it('says when Slack lets nobody edit it', async () => {
    const { message } = ports();
    const create = callFor(await here(), aDoc('x'));
    const { ref } = await message.create(create);
    slack.fault({ method: 'chat.update', act: 'okFalse', error: 'edit_window_closed', times: 1 });
    await expect(message.update?.(create, ref)).rejects.toMatchObject({ reason: 'MessageNotEditable', terminal: true });
  });

  it('is found once reads have caught up', async () => {
    const { message } = ports();
    const create = callFor(await here(), aDoc('late'));
    slack.lag = Infinity;
    const { ref } = await message.create(create);
    expect(await message.observe?.(create)).toEqual([]);
    slack.lag = 0;
    expect(await message.observe?.(create)).toMatchObject([{ ref, same: true }]);
    expect(message.settlingTime).toBeGreaterThan(8_000 + 3_000);
  });

  it('is found in a busy channel, page after page', async () => {
    await slack.call('bot', 'conversations.create', { name: 'busy' });
    const { id: channel } = await slack.channel('busy');
    const create = callFor({ channel }, aDoc('needle'));
    const { ref } = await ports().message.create(create);
    for (let n = 0; n < 1_000; n++) await slack.call('bot', 'chat.postMessage', { channel, text: `hay ${n}` });
    const before = slack.calls('conversations.history').length;
    expect(await ports().message.observe?.(create)).toMatchObject([{ ref }]);
    expect(slack.calls('conversations.history')).toHaveLength(before + 2);
  });

  it('carries a client message id that is the same for the same key', async () => {
    const uid = newUid();
    const within = await here();
    await ports().message.create(callFor(within, aDoc('x'), { uid }));
    await ports().message.create(callFor(within, aDoc('x'), { uid }));
    const [one, other] = (await slack.messages('#stakeholders')).slice(-2);
    expect(one?.client_msg_id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-5[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
    expect(other?.client_msg_id).toBe(one?.client_msg_id);
  });
});

describe('a line of a thread', () => {
  it('that was deleted by hand is posted again with its next change', async () => {
    const { thread } = connect().capabilities;
    const body = await slack.call('bot', 'chat.postMessage', { channel: (await here()).channel, text: 'root' });
    const within = { ...(await here()), ts: String(body['ts']) };
    const create = callFor(within, { lines: [{ key: 'a', lines: [['one']] }] });
    const landed = await thread?.create(create);
    const [line] = await slack.thread('#stakeholders', within.ts);
    await slack.call('bot', 'chat.delete', { channel: within.channel, ts: line?.ts });
    const update = callFor(within, { lines: [{ key: 'a', lines: [['two']] }] }, { uid: create.owner.uid });
    await expect(thread?.update?.(update, landed?.ref ?? {})).rejects.toMatchObject({
      reason: 'LineGone',
      terminal: false,
    });
    await thread?.update?.(update, landed?.ref ?? {});
    expect((await slack.thread('#stakeholders', within.ts)).map((one) => one.text)).toEqual(['two']);
  });
});

describe('members', () => {
  it('tells Slack’s word for whom it did not let in', async () => {
    await slack.call('bot', 'conversations.create', { name: 'guests' });
    const { id: channel } = await slack.channel('guests');
    const { ana, bo } = slack.people;
    const answer = { ok: true, errors: [{ user: bo?.id, ok: false, error: 'user_is_restricted' }] };
    slack.fault({ method: 'conversations.invite', act: 'answer', body: JSON.stringify(answer), times: 1 });
    const people = [ana?.email ?? '', bo?.email ?? ''];
    const { facts, refused } = await ports().members.create(callFor({ channel }, { people }));
    expect(facts).toEqual({ invited: 'ana@example.com', notInvited: 'bo@example.com (user_is_restricted)' });
    expect(refused).toEqual({ reason: 'PeopleNotInvited', message: 'bo@example.com (user_is_restricted)' });
  });
});

/** What came of it, or what it threw. */
const pin = async (connection: Connection): Promise<unknown> => {
  const body = await slack.call('bot', 'chat.postMessage', { channel: (await here()).channel, text: 'x' });
  const within = { ...(await here()), ts: String(body['ts']) };
  return connection.capabilities.pin?.create(callFor(within, {})).catch((thrown: unknown) => thrown);
};

describe('a method that the server does not have', () => {
  it.each([
    ['unknown_method', { act: 'okFalse', error: 'unknown_method' } as const],
    ['status 404', { act: 404 } as const],
    ['status 405', { act: 405 } as const],
  ])('is asked for once, and not again by this connection: %s', async (_name, fault) => {
    slack.fault({ ...fault, method: 'pins.add' });
    const connection = connect();
    expect(connection.lacks?.('pin')).toBeUndefined();
    const before = slack.calls('pins.add').length;
    expect(await pin(connection)).toMatchObject({ reason: 'NotSupported', terminal: true });
    expect(await pin(connection)).toMatchObject({ reason: 'NotSupported', terminal: true });
    expect(slack.calls('pins.add')).toHaveLength(before + 1);
    expect(connection.lacks?.('pin')).toBe('its server has no method pins.add');
    expect(
      ['channel', 'message', 'members', 'purpose', 'bookmark', 'thread'].map(
        (kind) => isKind(kind) && connection.lacks?.(kind),
      ),
    ).toEqual(Array.from({ length: 6 }));
    slack.clearFaults();
    expect(await pin(connect())).toMatchObject({ ref: {} });
  });

  it.each([
    ['status 404, which a proxy may say as well', { act: 404 } as const, 2],
    ['status 405, likewise', { act: 405 } as const, 2],
    ['Slack’s own word', { act: 'okFalse', error: 'unknown_method' } as const, 1],
  ])('counts for an hour, or for good: %s', async (_name, fault, asked) => {
    const clock = new FakeClock();
    const connection = connect(slack.botToken, clock);
    const before = slack.calls('pins.add').length;
    slack.fault({ ...fault, method: 'pins.add', times: 1 });
    expect(await pin(connection)).toMatchObject({ reason: 'NotSupported' });
    await clock.advance(minutes(60) - 1);
    expect(await pin(connection)).toMatchObject({ reason: 'NotSupported' });
    await clock.advance(1);
    expect(connection.lacks?.('pin') === undefined).toBe(asked === 2);
    expect(await pin(connection)).toMatchObject(asked === 2 ? { ref: {} } : { reason: 'NotSupported' });
    expect(slack.calls('pins.add')).toHaveLength(before + asked);
  });

  it('is no conclusion from a gateway that says 404 to everything', async () => {
    const connection = connect();
    slack.fault({ act: 404, method: 'pins.add' });
    slack.fault({ act: 404, method: 'auth.test' });
    expect(await pin(connection)).toMatchObject({ reason: 'HttpRefused', terminal: false });
    expect(connection.lacks?.('pin')).toBeUndefined();
  });

  it('is a refusal like any other where there is no Slack without it', async () => {
    slack.fault({ act: 'okFalse', error: 'unknown_method', method: 'conversations.create' });
    const connection = connect();
    const error: unknown = await connection.capabilities.channel?.create(callFor({}, named())).catch((e: unknown) => e);
    expect(error).toMatchObject({ reason: 'NotSupported', terminal: true });
    expect(connection.lacks?.('channel')).toBeUndefined();
  });
});

const channelNamed = async (name: string): Promise<string> => {
  await slack.call('bot', 'conversations.create', { name });
  return (await slack.channel(name)).id;
};
const mails = ['ana@example.com', 'bo@example.com', 'chi@example.com'];

describe('an invitation of several', () => {
  it.each(['cant_invite', 'user_is_restricted', 'brand_new_error'])(
    'that fails for one without a word on whom lets the others in: %s',
    async (error) => {
      const channel = await channelNamed(`one-by-one-${error.replaceAll('_', '-')}`);
      const bo = slack.people['bo']?.id ?? '';
      slack.fault({
        method: 'conversations.invite',
        act: 'okFalse',
        error,
        args: ({ users }) => typeof users === 'string' && users.split(',').includes(bo),
      });
      const { facts, refused } = await ports().members.create(callFor({ channel }, { people: mails }));
      expect(facts).toEqual({ invited: 'ana@example.com,chi@example.com', notInvited: `bo@example.com (${error})` });
      expect(refused).toEqual({ reason: 'PeopleNotInvited', message: `bo@example.com (${error})` });
    },
  );

  it('is refused as a whole where the channel is the trouble', async () => {
    const channel = await channelNamed('archived-early');
    slack.fault({ method: 'conversations.invite', act: 'okFalse', error: 'is_archived', times: 1 });
    await expect(ports().members.create(callFor({ channel }, { people: mails }))).rejects.toMatchObject({
      reason: 'ChannelArchived',
    });
  });

  it('names who is unknown, and counts them where they are many', async () => {
    const channel = await channelNamed('many-unknown');
    const people = Array.from({ length: 40 }, (_, i) => `nobody-${String(i).padStart(2, '0')}@example.com`);
    const { facts, refused } = await ports().members.create(callFor({ channel }, { people }));
    expect(facts?.['notFound']).toMatch(/^nobody-00@example\.com,.*,and 25 more$/);
    expect(refused?.message).toMatch(/^nobody-00@example\.com \(not in this Slack workspace\), .*, and 32 more$/);
  });
});

describe('a connection', () => {
  it('tells which workspace it is', async () => {
    expect(await connect().check(signal())).toEqual(slack.team);
    const other = await slack.addWorkspace('Other');
    expect(await connect(other.botToken).check(signal())).toEqual({ id: 'T000000002', name: 'Other' });
  });

  it.each(['token_revoked', 'account_inactive'])('says what to do when the token is not taken: %s', async (code) => {
    slack.refuseToken = code;
    const error: unknown = await connect()
      .check(signal())
      .catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ reason: 'InvalidToken', terminal: true });
    expect(String(error)).toContain('botToken');
  });

  it('refuses a token of a whole organisation', async () => {
    const answer = JSON.stringify({ ok: true, team_id: 'E1', team: 'Org', is_enterprise_install: true });
    slack.fault({ method: 'auth.test', act: 'answer', body: answer, times: 1 });
    await expect(connect().check(signal())).rejects.toMatchObject({ reason: 'OrgInstallUnsupported', terminal: true });
  });

  it('makes no call by being built', () => {
    const before = slack.calls().length;
    connect();
    expect(slack.calls()).toHaveLength(before);
  });
});
