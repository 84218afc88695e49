import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { FakeClock } from '../../builders/fake-clock.ts';
import { type Slack, startSlack } from '../slack.ts';
import type { Json } from './json.ts';

let slack: Slack;
let stakeholders: string;

beforeAll(async () => {
  slack = await startSlack();
  stakeholders = (await slack.channel('#stakeholders')).id;
});
afterAll(() => slack.close());

async function call(method: string, args: object = {}, token = slack.botToken): Promise<Json> {
  const response = await fetch(slack.url + method, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    body: JSON.stringify(args),
  });
  return { status: response.status, retryAfter: response.headers.get('retry-after'), ...Object(await response.json()) };
}
const section = (text: string): object => ({ type: 'section', text: { type: 'mrkdwn', text } });

describe('the front before emulate’s Slack', () => {
  it('knows its tokens', async () => {
    expect(await call('auth.test')).toMatchObject({ ok: true, team_id: 'T000000001', user_id: slack.bot.userId });
    expect(await call('auth.test', {}, 'xoxb-wrong')).toMatchObject({ ok: false, error: 'invalid_auth' });
    expect(await call('auth.test', {}, '')).toMatchObject({ ok: false, error: 'not_authed' });
  });

  it('says unknown_method as Slack does', async () => {
    expect(await call('chat.shout')).toMatchObject({ status: 200, ok: false, error: 'unknown_method' });
  });

  it('takes forms and JSON alike', async () => {
    const response = await fetch(`${slack.url}chat.postMessage`, {
      method: 'POST',
      headers: { authorization: `Bearer ${slack.botToken}` },
      body: new URLSearchParams({ channel: stakeholders, text: 'form', blocks: JSON.stringify([section('form')]) }),
    });
    expect(await response.json()).toMatchObject({ ok: true, message: { blocks: [section('form')] } });
  });

  it('lets nobody post where he is no member', async () => {
    const { id: channel } = await slack.channel('#random');
    expect(await call('chat.postMessage', { channel, text: 'x' })).toMatchObject({ error: 'not_in_channel' });
    expect(await call('conversations.history', { channel })).toMatchObject({ error: 'not_in_channel' });
    expect(await call('chat.postMessage', { channel: 'C0', text: 'x' })).toMatchObject({ error: 'channel_not_found' });
  });

  it('hides metadata unless asked, tells bot and app, and cuts the window', async () => {
    const metadata = { event_type: 'test', event_payload: { a: 'b' } };
    const sent = await call('chat.postMessage', { channel: stakeholders, text: 'marked', metadata });
    const ts = String(sent['ts']);
    const read = (args: object): Promise<Json> => call('conversations.history', { channel: stakeholders, ...args });
    const newest = { latest: ts, oldest: ts, inclusive: true };
    expect(await read({ ...newest, include_all_metadata: true })).toMatchObject({
      messages: [{ ts, metadata, bot_id: slack.bot.botId, app_id: slack.bot.appId }],
    });
    expect(await read(newest)).not.toHaveProperty('messages.0.metadata');
    expect(await read({ oldest: ts })).toMatchObject({ messages: [] });
    expect(await call('chat.postMessage', { channel: stakeholders, text: 'x', metadata: { a: 1 } })).toMatchObject({
      error: 'invalid_metadata_format',
    });
  });

  it('pages', async () => {
    await slack.call('bot', 'conversations.create', { name: 'paged' });
    const { id: channel } = await slack.channel('paged');
    for (const text of ['1', '2', '3']) await slack.call('bot', 'chat.postMessage', { channel, text });
    const first = await call('conversations.history', { channel, limit: 2 });
    expect(first).toMatchObject({ messages: [{ text: '3' }, { text: '2' }], has_more: true });
    const { next_cursor: cursor } = Object(first['response_metadata']);
    expect(await call('conversations.history', { channel, limit: 2, cursor })).toMatchObject({
      messages: [{ text: '1' }],
      has_more: false,
    });
  });

  it.each([
    ['text over 4,000 in an edit', 'chat.update', { text: 'x'.repeat(4_001) }, 'msg_too_long'],
    ['a section over 3,000', 'chat.postMessage', { text: 'x', blocks: [section('x'.repeat(3_001))] }, 'invalid_blocks'],
    ['an unknown block', 'chat.postMessage', { text: 'x', blocks: [{ type: 'table_cloth' }] }, 'invalid_blocks'],
    ['an unknown field', 'chat.postMessage', { text: 'x', blocks: [{ type: 'divider', a: 1 }] }, 'invalid_blocks'],
    [
      'a header of 151',
      'chat.postMessage',
      { text: 'x', blocks: [{ type: 'header', text: { type: 'plain_text', text: 'x'.repeat(151) } }] },
      'invalid_blocks',
    ],
    [
      'a button of 76',
      'chat.postMessage',
      {
        text: 'x',
        blocks: [
          { type: 'actions', elements: [{ type: 'button', text: { type: 'plain_text', text: 'x'.repeat(76) } }] },
        ],
      },
      'invalid_blocks',
    ],
    [
      'two blocks of one id',
      'chat.postMessage',
      {
        text: 'x',
        blocks: [
          { type: 'divider', block_id: 'a' },
          { type: 'divider', block_id: 'a' },
        ],
      },
      'invalid_blocks',
    ],
    ['nothing', 'chat.postMessage', {}, 'no_text'],
    ['no such thread', 'chat.postMessage', { text: 'x', thread_ts: '1.000001' }, 'thread_not_found'],
  ])('refuses %s', async (_name, method, args, error) => {
    const { ts } = await call('chat.postMessage', { channel: stakeholders, text: 'x' });
    expect(await call(method, { channel: stakeholders, ts, ...args })).toMatchObject({ ok: false, error });
  });

  it('takes the blocks that we use', async () => {
    const blocks = [
      { type: 'header', text: { type: 'plain_text', text: 'INC-00001', emoji: true } },
      {
        ...section('*text*'),
        accessory: { type: 'button', text: { type: 'plain_text', text: 'Go' }, action_id: 'go' },
      },
      { type: 'section', fields: [{ type: 'mrkdwn', text: '*Severity*' }] },
      { type: 'divider' },
      { type: 'context', elements: [{ type: 'mrkdwn', text: 'small' }] },
      {
        type: 'actions',
        elements: [{ type: 'button', text: { type: 'plain_text', text: 'Open' }, url: 'https://example.com' }],
      },
    ];
    expect(await call('chat.postMessage', { channel: stakeholders, text: 'x', blocks })).toMatchObject({ ok: true });
  });

  it('keeps channel names', async () => {
    expect(await call('conversations.create', { name: 'Upper Case' })).toMatchObject({
      error: 'invalid_name_specials',
    });
    expect(await call('conversations.create', { name: 'x'.repeat(81) })).toMatchObject({
      error: 'invalid_name_maxlength',
    });
    expect(await call('conversations.create', { name: 'random' })).toMatchObject({ error: 'name_taken' });
  });

  it('lists the caller’s conversations only', async () => {
    const body = await call('users.conversations', { types: 'public_channel,private_channel' });
    const list = Array.isArray(body['channels']) ? body['channels'] : [];
    expect(list.map((one: { name: string }) => one.name)).toContain('stakeholders');
    expect(list.map((one: { name: string }) => one.name)).not.toContain('random');
  });

  it('invites whom it can with force, and tells of the others', async () => {
    await slack.call('bot', 'conversations.create', { name: 'invited' });
    const { id: channel } = await slack.channel('invited');
    const users = `${slack.people['ana']?.id},U0NOBODY`;
    expect(await call('conversations.invite', { channel, users })).toMatchObject({
      ok: false,
      error: 'user_not_found',
    });
    expect(await call('conversations.invite', { channel, users, force: true })).toMatchObject({
      ok: true,
      errors: [{ user: 'U0NOBODY', error: 'user_not_found' }],
    });
    expect(await slack.members('invited')).toContain(slack.people['ana']?.id);
  });

  it('tells what is pinned', async () => {
    const { ts } = await call('chat.postMessage', { channel: stakeholders, text: 'pin me' });
    await call('pins.add', { channel: stakeholders, timestamp: ts });
    const body = await call('conversations.history', {
      channel: stakeholders,
      latest: ts,
      oldest: ts,
      inclusive: true,
    });
    expect(body).toMatchObject({ messages: [{ ts, pinned_to: [stakeholders] }] });
    expect(await slack.pins('#stakeholders')).toEqual([ts]);
  });

  it('keeps workspaces apart', async () => {
    const other = await slack.addWorkspace('Other');
    await call('conversations.create', { name: 'only-there' }, other.botToken);
    expect((await other.channels()).map(({ name }) => name)).toContain('only-there');
    expect((await slack.channels()).map(({ name }) => name)).not.toContain('only-there');
    expect(slack.calls('conversations.create').at(-1)).toMatchObject({ team: other.team.id, result: 'ok' });
  });

  it('outlasts emulate’s 5,000 calls of a token', async () => {
    for (let n = 0; n < 51; n++) {
      await Promise.all(Array.from({ length: 100 }, () => slack.call('bot', 'auth.test')));
    }
    expect(await call('auth.test')).toMatchObject({ ok: true });
  }, 120_000);
});

describe('Slack’s rate limits', () => {
  it('are kept when asked for', async () => {
    const strict = await startSlack({ rateLimits: true, clock: new FakeClock() });
    const create = (n: number): Promise<Response> =>
      fetch(`${strict.url}conversations.create`, {
        method: 'POST',
        headers: { authorization: `Bearer ${strict.botToken}`, 'content-type': 'application/json' },
        body: JSON.stringify({ name: `limited-${n}` }),
      });
    const statuses = [];
    for (let n = 0; n < 21; n++) statuses.push((await create(n)).status);
    expect(statuses.filter((status) => status === 200)).toHaveLength(20);
    expect(statuses.at(-1)).toBe(429);
    expect((await create(22)).headers.get('retry-after')).toBe('60');
    await strict.close();
  });
});
