import { LogLevel, SocketModeClient } from '@slack/socket-mode';
import { type ChatPostMessageArguments, type ChatPostMessageResponse, WebClient } from '@slack/web-api';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Slack, startSlack } from '../slack.ts';
import { type Json, object, text } from './json.ts';

/** What @slack/socket-mode hands over. */
interface Received {
  readonly ack: (response?: object) => Promise<void>;
  readonly type: string;
  readonly body: Json;
  readonly retry_num?: number;
  readonly envelope_id: string;
}

let slack: Slack;
const clients: SocketModeClient[] = [];
let web: WebClient;

beforeEach(async () => {
  slack = await startSlack({
    timing: { ackWithin: 400, retryAfter: [0, 300, 600], triggerLife: 800, disconnectGrace: 100 },
  });
  web = new WebClient(slack.botToken, { slackApiUrl: slack.url, retryConfig: { retries: 0 } });
});
afterEach(async () => {
  await Promise.all(clients.splice(0).map((client) => client.disconnect()));
  await slack.close();
});

/** A real client; `handle` gets all that comes. */
async function connect(handle: (received: Received) => unknown): Promise<SocketModeClient> {
  const client = new SocketModeClient({
    appToken: slack.appToken,
    logLevel: LogLevel.ERROR,
    // Its first reconnection waits this long.
    clientPingTimeout: 300,
    clientOptions: { slackApiUrl: slack.url },
  });
  client.on('slack_event', (received: Received) => void handle(received));
  clients.push(client);
  await client.start();
  return client;
}

const until = async (is: () => boolean): Promise<void> => {
  const end = performance.now() + 5_000;
  while (!is()) {
    if (performance.now() > end) throw new Error('it did not come');
    await new Promise((resolve) => {
      setTimeout(resolve, 10);
    });
  }
};

const modal = (blocks: object[] = [], more: object = {}): object => ({
  type: 'modal',
  callback_id: 'declare',
  title: { type: 'plain_text', text: 'Declare Incident' },
  submit: { type: 'plain_text', text: 'Create' },
  blocks,
  ...more,
});
const input = (id: string, more: object = {}, element: object = { type: 'plain_text_input' }): object => ({
  type: 'input',
  block_id: id,
  label: { type: 'plain_text', text: id },
  element: { action_id: 'value', ...element },
  ...more,
});

const aButton = {
  type: 'actions',
  elements: [{ type: 'button', action_id: 'ac.update', text: { type: 'plain_text', text: 'Update' } }],
} as const;

const say = (args: ChatPostMessageArguments): Promise<ChatPostMessageResponse> =>
  web.apiCall('chat.postMessage', { ...args });
const byTrigger = (id: string): Promise<unknown> => web.views.open({ trigger_id: id, view: modal() as never });
const open = (view: object, who = 'ana'): unknown =>
  slack.app.views.open({ view, trigger_id: slack.app.triggers.give({ who }) });

describe('Socket Mode', () => {
  it('opens with the app token alone, by a URL that works once', async () => {
    const app = new WebClient(slack.appToken, { slackApiUrl: slack.url });
    await expect(web.apps.connections.open({})).rejects.toThrow('not_allowed_token_type');
    await expect(app.chat.delete({ channel: '#general', ts: '1' })).rejects.toThrow('not_allowed_token_type');
    const { url = '' } = await app.apps.connections.open({});
    const first = new WebSocket(url);
    const hello = await new Promise<unknown>((resolve) => {
      first.addEventListener('message', ({ data }) => resolve(JSON.parse(String(data))), { once: true });
    });
    expect(hello).toMatchObject({ type: 'hello', num_connections: 1 });
    const failed = await new Promise<boolean>((resolve) => {
      const second = new WebSocket(url);
      second.addEventListener('error', () => resolve(true));
      second.addEventListener('open', () => resolve(false));
    });
    expect(failed).toBe(true);
    first.close();
  });

  it('brings a command and shows the ack’s words to that person alone', async () => {
    await connect(({ ack, body }) => ack({ text: `heard ${text(body['text'])}` }));
    const said = await slack.as('ana').command('/incident', 'list <all> & more', { channel: '#stakeholders' });
    expect(said.result).toBe('acked');
    expect(said.envelope?.payload).toMatchObject({
      command: '/incident',
      text: 'list &lt;all&gt; &amp; more',
      channel_name: 'stakeholders',
      user_id: slack.people['ana']?.id,
      team_id: slack.team.id,
      trigger_id: said.triggerId,
    });
    expect(slack.ephemerals('ana')).toMatchObject([{ text: 'heard list &lt;all&gt; &amp; more', from: 'app' }]);
    expect(slack.ephemerals('bo')).toEqual([]);
  });

  it('fails a command without any socket, and one that nobody acks, which is then delivered once more', async () => {
    expect(await slack.as('ana').command('/incident')).toMatchObject({ result: 'dispatch_failed' });
    const attempts: number[] = [];
    await connect(({ retry_num: n = 0 }) => attempts.push(n));
    expect(await slack.as('ana').command('/incident')).toMatchObject({ result: 'operation_timeout' });
    expect(slack.ephemerals('ana').map((one) => one.text)).toEqual([
      '/incident failed with the error "dispatch_failed"',
      '/incident failed with the error "operation_timeout"',
    ]);
    await until(() => attempts.length === 2);
    expect(attempts).toEqual([0, 1]);
    expect(await slack.as('ana').command('/incident', '', { thread: '1.000001' })).toMatchObject({
      result: 'not_sent',
    });
  });

  it('gives what was not acked to another connection', async () => {
    const seen: string[] = [];
    const deaf = await connect(() => seen.push('deaf'));
    await connect(async ({ ack }) => {
      seen.push('well');
      await ack();
    });
    expect(deaf).toBeDefined();
    while (!seen.includes('deaf')) await slack.as('ana').message('#stakeholders', 'x');
    await until(() => slack.delivery.envelopes.some((one) => one.attempt === 1 && one.result === 'acked'));
    const lost = slack.delivery.envelopes.find(({ result }) => result === 'operation_timeout');
    const again = slack.delivery.envelopes.find((one) => one.payload === lost?.payload && one.attempt === 1);
    expect(again).toMatchObject({ result: 'acked' });
    expect(again?.to).not.toBe(lost?.to);
  });

  it('delivers an event that nobody was there for once somebody is', async () => {
    const client = await connect(({ ack }) => ack());
    await client.disconnect();
    await until(() => slack.delivery.sockets.ids.length === 0);
    await slack.as('ana').message('#stakeholders', 'while you were out');
    await until(() => slack.delivery.envelopes.length > 0);
    const bodies: Json[] = [];
    await connect(async ({ ack, body }) => {
      bodies.push(body);
      await ack();
    });
    await until(() => bodies.length === 1);
    expect(bodies[0]).toMatchObject({ event: { text: 'while you were out' } });
  });

  it('refuses an ack that was given before, and loses one', async () => {
    await connect(async (received) => {
      await received.ack();
      await received.ack();
    });
    await slack.as('ana').command('/incident');
    await until(() => slack.delivery.refusedAcks.length > 0);
    expect(slack.delivery.refusedAcks).toMatchObject([{ why: 'double' }]);
    slack.delivery.losing = 1;
    expect(await slack.as('ana').command('/incident')).toMatchObject({ result: 'operation_timeout' });
    expect(slack.delivery.refusedAcks.map(({ why }) => why)).toEqual(['double', 'lost', 'lost']);
  });

  it('refuses acks that come late, and those of nothing', async () => {
    const client = await connect(async ({ ack, type, envelope_id: id }) => {
      if (type !== 'interactive') return ack();
      // Not of its public face, but what each of its acks goes through.
      await Reflect.apply(Reflect.get(client, 'send'), client, ['nothing']);
      await until(() => slack.delivery.envelopes.some((one) => one.id === id && one.result !== undefined));
      await ack();
    });
    // A button, so that it is not delivered again.
    const channel = (await slack.channel('#stakeholders')).id;
    const { ts = '' } = await say({ channel, text: 'x', blocks: [aButton] });
    expect(await slack.as('ana').click(ts, 'ac.update')).toMatchObject({ result: 'operation_timeout' });
    await until(() => slack.delivery.refusedAcks.some(({ why }) => why === 'late'));
    expect(slack.delivery.refusedAcks[0]).toMatchObject({ id: 'nothing', why: 'unknown' });
    const press = slack.delivery.envelopes.find(({ name }) => name === 'ac.update');
    expect(press?.ackedAfter).toBeGreaterThan(300);
  });

  it('refuses an ack with words for a button', async () => {
    await connect(({ ack }) => ack({ text: 'no' }));
    expect(await slack.as('ana').shortcut('declare')).toMatchObject({ result: 'operation_timeout' });
    expect(slack.delivery.refusedAcks[0]).toMatchObject({ why: 'payload' });
  });

  it.each(['warning', 'refresh_requested'] as const)('reconnects the client after %s', async (reason) => {
    await connect(({ ack }) => ack());
    const before = slack.delivery.sockets.ids;
    slack.delivery.sockets.disconnect(reason);
    await until(() => slack.delivery.sockets.ids.some((id) => !before.includes(id)));
    expect(await slack.as('ana').command('/incident')).toMatchObject({ result: 'acked' });
  });

  it('drops all sockets, and the client comes back', async () => {
    await connect(({ ack }) => ack());
    slack.delivery.sockets.drop();
    await until(() => slack.delivery.sockets.ids.length === 0);
    await until(() => slack.delivery.sockets.ids.length === 1);
    expect(await slack.as('ana').command('/incident')).toMatchObject({ result: 'acked' });
  });

  it('lets ten connections in', async () => {
    for (let n = 0; n < 10; n++) await connect(({ ack }) => ack());
    const app = new WebClient(slack.appToken, { slackApiUrl: slack.url });
    const { url = '' } = await app.apps.connections.open({});
    const socket = new WebSocket(url);
    const said = await new Promise<unknown>((resolve) => {
      socket.addEventListener('message', ({ data }) => resolve(JSON.parse(String(data))), { once: true });
    });
    expect(said).toMatchObject({ type: 'disconnect', reason: 'too_many_websockets' });
    socket.close();
  });

  it('delivers acked things again when told to, with the same event_id', async () => {
    const ids: string[] = [];
    await connect(async ({ ack, body }) => {
      ids.push(text(body['event_id']));
      await ack();
    });
    slack.delivery.redeliverAfter = 50;
    await slack.as('ana').message('#stakeholders', 'x');
    await until(() => ids.length === 2);
    await slack.delivery.replay();
    expect(new Set(ids).size).toBe(1);
    expect(ids).toHaveLength(3);
  });
});

describe('events', () => {
  it('carry what Slack’s carry, and only from where the bot is', async () => {
    const events: Json[] = [];
    await connect(async ({ ack, body }) => {
      events.push(body);
      await ack();
    });
    await slack.as('ana').message('#random', 'the bot is not here');
    const ts = await slack.as('ana').message('#stakeholders', '!close <b>');
    await slack.as('bo').message('#stakeholders', 'reply', { thread: ts });
    await slack.as('bo').react({ channel: '#stakeholders', ts }, 'pushpin');
    await slack.as('ana').edit({ channel: '#stakeholders', ts }, 'edited');
    await slack.as('ana').openHome();
    await slack.setAccount('eve', { deleted: true });
    await until(() => events.length === 6);
    expect(events.map(({ event }) => text(object(event)['type']) + text(object(event)['subtype'])).toSorted()).toEqual([
      'app_home_opened',
      'message',
      'message',
      'messagemessage_changed',
      'reaction_added',
      'user_change',
    ]);
    expect(events[0]).toMatchObject({
      type: 'event_callback',
      api_app_id: slack.bot.appId,
      team_id: slack.team.id,
      authorizations: [{ user_id: slack.bot.userId, is_bot: true }],
      event: { text: '!close &lt;b&gt;', channel_type: 'channel', event_ts: ts, ts, user: slack.people['ana']?.id },
    });
    expect(object(events[0]?.['event'])['client_msg_id']).toMatch(/^[0-9a-f-]{36}$/);
  });

  it('tell of members, renaming and archiving', async () => {
    const types: string[] = [];
    await connect(async ({ ack, body }) => {
      types.push(text(object(body['event'])['type']));
      await ack();
    });
    const { channel } = await web.conversations.create({ name: 'inc-00001' });
    const id = channel?.id ?? '';
    await web.conversations.invite({ channel: id, users: slack.people['ana']?.id ?? '' });
    await slack.as('bo').join('#inc-00001');
    await slack.as('bo').leave(id);
    await web.conversations.rename({ channel: id, name: 'inc-00002' });
    await web.conversations.archive({ channel: id });
    await until(() => types.includes('channel_archive'));
    for (const type of ['channel_created', 'member_joined_channel', 'member_left_channel', 'channel_rename']) {
      expect(types).toContain(type);
    }
    expect(types.filter((type) => type === 'member_joined_channel')).toHaveLength(2);
  });

  it('come only if the manifest asks for them', async () => {
    slack.app.install({ settings: { event_subscriptions: { bot_events: ['reaction_added'] } } });
    const types: string[] = [];
    await connect(async ({ ack, body }) => {
      types.push(text(object(body['event'])['type']));
      await ack();
    });
    const ts = await slack.as('ana').message('#stakeholders', 'x');
    await slack.as('ana').react({ channel: '#stakeholders', ts }, 'eyes');
    await until(() => types.length > 0);
    expect(types).toEqual(['reaction_added']);
  });
});

describe('modals', () => {
  it('open by a trigger within its time, once', async () => {
    const opened: unknown[] = [];
    await connect(async ({ ack, body }) => {
      await ack();
      opened.push(await web.views.open({ trigger_id: text(body['trigger_id']), view: modal() as never }));
    });
    const { triggerId } = await slack.as('ana').command('/incident');
    await until(() => opened.length === 1);
    expect(slack.views('ana')).toMatchObject([{ content: { callback_id: 'declare' } }]);
    expect(slack.views('bo')).toEqual([]);
    await expect(byTrigger(triggerId)).rejects.toThrow('exchanged_trigger_id');
    await expect(byTrigger('1.2.3')).rejects.toThrow('invalid_trigger_id');
    const late = slack.app.triggers.give({ who: 'ana' });
    await new Promise((resolve) => {
      setTimeout(resolve, 900);
    });
    await expect(byTrigger(late)).rejects.toThrow('expired_trigger_id');
  });

  it.each([
    ['a long title', modal([], { title: { type: 'plain_text', text: 'x'.repeat(25) } })],
    ['much metadata', modal([], { private_metadata: 'x'.repeat(3_001) })],
    ['101 blocks', modal(Array.from({ length: 101 }, () => ({ type: 'divider' })))],
    ['inputs and no submit', modal([input('a')], { submit: undefined })],
    ['an unknown element', modal([input('a', {}, { type: 'crystal_ball' })])],
    ['a Home tab', { type: 'home', blocks: [] }],
  ])('refuses %s', (_name, view) => {
    expect(open(view)).toMatchObject({ ok: false, error: 'invalid_arguments' });
  });

  it('asks for what is missing before anything is sent', async () => {
    open(modal([input('spec.title'), input('note', { optional: true })]));
    expect(await slack.as('ana').submit()).toMatchObject({
      result: 'incomplete',
      errors: { 'spec.title': 'Please complete this required field.' },
    });
    expect(slack.delivery.envelopes).toEqual([]);
  });

  it('shows the app’s errors, keeps what was typed, and closes when all is well', async () => {
    const states: unknown[] = [];
    await connect(async ({ ack, body }) => {
      states.push(object(body['view'])['state']);
      if (states.length === 1) await ack({ response_action: 'errors', errors: { 'spec.title': 'Too short' } });
      else await ack();
    });
    const severity = {
      type: 'static_select',
      options: ['SEV1', 'SEV2'].map((value) => ({ value, text: { type: 'plain_text', text: value } })),
    };
    open(modal([input('spec.title'), input('spec.severity', {}, severity)]));
    const ana = slack.as('ana');
    expect(await ana.submit({ 'spec.title': 'Down', 'spec.severity': 'SEV1' })).toMatchObject({ result: 'errors' });
    expect(slack.views('ana')).toMatchObject([{ errors: { 'spec.title': 'Too short' } }]);
    expect(await ana.submit({ 'spec.title': 'Login down' })).toMatchObject({ result: 'closed' });
    expect(slack.views('ana')).toEqual([]);
    expect(states[1]).toMatchObject({
      values: {
        'spec.title': { value: { type: 'plain_text_input', value: 'Login down' } },
        'spec.severity': { value: { selected_option: { value: 'SEV1' } } },
      },
    });
  });

  it('stays with a banner when there is no ack, or one that Slack cannot use', async () => {
    open(modal([input('a')]));
    expect(await slack.as('ana').submit({ a: 'x' })).toMatchObject({ result: 'trouble', why: 'dispatch_failed' });
    expect(slack.views('ana')[0]?.banner).toMatch(/trouble/);
    await connect(({ ack }) => ack({ response_action: 'errors', errors: { nowhere: 'x' } }));
    expect(await slack.as('ana').submit({ a: 'x' })).toMatchObject({
      result: 'trouble',
      why: 'no input block nowhere',
    });
    expect(slack.views('ana')).toHaveLength(1);
  });

  it('updates, pushes to three, and clears', async () => {
    let answer: object = { response_action: 'update', view: modal([input('b')], { callback_id: 'second' }) };
    await connect(({ ack }) => ack(answer));
    open(modal([]));
    const [first] = slack.views('ana');
    expect(await slack.as('ana').submit()).toMatchObject({ result: 'updated' });
    expect(slack.views('ana')).toMatchObject([{ id: first?.id, content: { callback_id: 'second' } }]);
    answer = { response_action: 'push', view: modal([], { callback_id: 'pushed' }) };
    await slack.as('ana').submit({ b: 'x' });
    await slack.as('ana').submit();
    expect(slack.views('ana').map(({ rootId }) => rootId)).toEqual([first?.id, first?.id, first?.id]);
    expect(await slack.as('ana').submit()).toMatchObject({ result: 'trouble', why: 'push_limit_reached' });
    answer = { response_action: 'clear' };
    expect(await slack.as('ana').submit()).toMatchObject({ result: 'cleared' });
    expect(slack.views('ana')).toEqual([]);
  });

  it('refuses an update from a stale hash, and tells of closing', async () => {
    const seen: Json[] = [];
    await connect(async ({ ack, body }) => {
      seen.push(body);
      await ack();
    });
    open(modal([], { notify_on_close: true }));
    const [view] = slack.views('ana');
    const update = (hash: string): Promise<unknown> =>
      web.views.update({ view_id: view?.id ?? '', hash, view: modal([], { notify_on_close: true }) as never });
    await update(view?.hash ?? '');
    await expect(update(view?.hash ?? '')).rejects.toThrow('hash_conflict');
    await slack.as('ana').close();
    expect(seen).toMatchObject([{ type: 'view_closed', view: { id: view?.id } }]);
    await expect(update('')).rejects.toThrow('not_found');
  });

  it('shows a Home tab', async () => {
    await web.views.publish({
      user_id: slack.people['ana']?.id ?? '',
      view: { type: 'home', blocks: [{ type: 'divider' }] },
    });
    expect(slack.home('ana')).toMatchObject({ content: { type: 'home' } });
  });
});

describe('buttons', () => {
  const buttons = [
    {
      type: 'actions',
      elements: [
        { type: 'button', action_id: 'ac.update', text: { type: 'plain_text', text: 'Send Update' }, value: 'v1' },
        {
          type: 'button',
          action_id: 'ac.escalate',
          text: { type: 'plain_text', text: 'Escalate' },
          confirm: {
            title: { type: 'plain_text', text: 'Sure?' },
            text: { type: 'plain_text', text: 'x' },
            confirm: { type: 'plain_text', text: 'Yes' },
            deny: { type: 'plain_text', text: 'No' },
          },
        },
      ],
    },
  ];

  it('send a new trigger each click, with the message and a response_url', async () => {
    const seen: Json[] = [];
    await connect(async ({ ack, body }) => {
      seen.push(body);
      await ack();
    });
    const channel = (await slack.channel('#stakeholders')).id;
    const { ts = '' } = await say({ channel, text: 'x', blocks: buttons });
    const ana = slack.as('ana');
    expect(await ana.click(ts, 'ac.escalate', { confirm: false })).toMatchObject({ result: 'not_sent' });
    await Promise.all([ana.click(ts, 'ac.update'), ana.click({ channel, ts }, 'ac.update')]);
    const clicks = seen.filter(({ type }) => type === 'block_actions');
    expect(new Set(clicks.map((body) => body['trigger_id'])).size).toBe(2);
    expect(clicks[0]).toMatchObject({
      user: { id: slack.people['ana']?.id },
      container: { type: 'message', message_ts: ts, channel_id: channel },
      message: { ts },
      actions: [{ action_id: 'ac.update', value: 'v1', type: 'button' }],
    });
    const respond = (body: object): Promise<Response> =>
      fetch(text(clicks[0]?.['response_url']), { method: 'POST', body: JSON.stringify(body) });
    await respond({ text: 'only for you' });
    expect(slack.ephemerals('ana').at(-1)).toMatchObject({ text: 'only for you', channel });
    await respond({ text: 'for all', response_type: 'in_channel' });
    await respond({ text: 'instead', replace_original: true });
    expect((await slack.messages('#stakeholders')).map((one) => one.text)).toEqual(['instead', 'for all']);
    await respond({ delete_original: true });
    expect((await slack.messages('#stakeholders')).map((one) => one.text)).toEqual(['for all']);
    expect((await respond({ text: 'fifth' })).status).toBe(200);
    const sixth = await respond({ text: 'sixth' });
    expect([sixth.status, await sixth.json()]).toEqual([404, { ok: false, error: 'used_url' }]);
  });

  it('stand in ephemerals, too, which only members get', async () => {
    const seen: Json[] = [];
    await connect(async ({ ack, body }) => {
      seen.push(body);
      await ack();
    });
    const channel = (await slack.channel('#stakeholders')).id;
    const user = slack.people['ana']?.id ?? '';
    await web.chat.postEphemeral({ channel, user, text: 'x', blocks: buttons });
    const [shown] = slack.ephemerals('ana');
    await slack.as('ana').click(shown?.ts ?? '', 'ac.update');
    expect(seen[0]).toMatchObject({ container: { is_ephemeral: true } });
    expect(seen[0]).not.toHaveProperty('message');
    await slack.as('ana').leave('#stakeholders');
    await expect(web.chat.postEphemeral({ channel, user, text: 'x' })).rejects.toThrow('user_not_in_channel');
  });

  it('of a modal push another one', async () => {
    await connect(async ({ ack, body }) => {
      await ack();
      await web.views.push({ trigger_id: text(body['trigger_id']), view: modal() as never });
    });
    slack.app.views.open({ view: modal(buttons), trigger_id: slack.app.triggers.give({ who: 'ana' }) });
    const [view] = slack.views('ana');
    if (!view) throw new Error('no view');
    await slack.as('ana').click(view, 'ac.update');
    await until(() => slack.views('ana').length === 2);
    expect(slack.views('ana')[1]).toMatchObject({ previousId: view.id, rootId: view.id });
  });

  it('of messages are shortcuts, too', async () => {
    const seen: Json[] = [];
    await connect(async ({ ack, body }) => {
      seen.push(body);
      await ack();
    });
    const ts = await slack.as('bo').message('#stakeholders', 'it was the cache');
    await slack.as('ana').shortcut('ac.timeline', { channel: '#stakeholders', ts });
    expect(seen.find(({ type }) => type === 'message_action')).toMatchObject({
      callback_id: 'ac.timeline',
      message_ts: ts,
      message: { text: 'it was the cache', user: slack.people['bo']?.id },
    });
  });
});

describe('people', () => {
  it('are told apart by what Slack knows of them', async () => {
    const info = (name: string): Promise<unknown> => web.users.info({ user: slack.people[name]?.id ?? '' });
    expect(await info('ana')).toMatchObject({
      user: { is_restricted: false, is_email_confirmed: true, deleted: false, is_bot: false, team_id: slack.team.id },
    });
    await slack.setAccount('eve', { is_ultra_restricted: true });
    expect(await info('eve')).toMatchObject({ user: { is_ultra_restricted: true } });
    slack.setGroups([{ id: 'S0SRE', handle: 'sre', name: 'SRE', people: ['ana', 'bo'] }]);
    expect(await web.usergroups.list()).toMatchObject({ usergroups: [{ handle: 'sre', user_count: 2 }] });
  });

  it('get direct messages', async () => {
    const { channel } = await web.conversations.open({ users: slack.people['ana']?.id ?? '' });
    expect(await say({ channel: channel?.id ?? '', text: 'psst' })).toMatchObject({ ok: true });
    expect(await say({ channel: slack.people['bo']?.id ?? '', text: 'psst' })).toMatchObject({
      ok: true,
    });
  });

  it('may act only within the scopes of the manifest', async () => {
    slack.app.install({ oauth_config: { scopes: { bot: ['chat:write'] } } });
    await expect(web.conversations.create({ name: 'x' })).rejects.toThrow('missing_scope');
    const { response_metadata: metadata } = await web.auth.test();
    expect(metadata?.scopes).toEqual(['chat:write']);
  });
});
