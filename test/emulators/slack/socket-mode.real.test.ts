import { WebClient } from '@slack/web-api';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { aButton, type Lab, startLab, until } from './a-client.ts';
import { type Json, object, text } from './json.ts';
import { slackTiming } from './timing.ts';

let lab: Lab;
let slack: Lab['slack'];
let web: Lab['web'];
beforeEach(async () => {
  lab = await startLab();
  ({ slack, web } = lab);
});
afterEach(() => lab.close());

const { ackWithin } = slackTiming;
const onlyOne = (): string | undefined => {
  const { ids } = slack.delivery.sockets;
  return ids.length === 1 ? ids[0] : undefined;
};

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
    await lab.connect(({ ack, body }) => ack({ text: `heard ${text(body['text'])}` }));
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
    await lab.connect(({ retry_num: n = 0 }) => attempts.push(n));
    const said = slack.as('ana').command('/incident');
    await until(() => attempts.length === 1);
    await lab.clock.advance(ackWithin);
    expect(await said).toMatchObject({ result: 'operation_timeout' });
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
    const { envelopes, sockets } = slack.delivery;
    await lab.connect(() => undefined);
    const [deaf] = sockets.ids;
    await lab.connect(({ ack }) => ack());
    let sent = 0;
    do {
      await slack.as('ana').message('#stakeholders', 'x');
      sent += 1;
      await until(() => envelopes.length === sent);
    } while (envelopes.at(-1)?.to !== deaf);
    await until(() => envelopes.every(({ to, result }) => to === deaf || result === 'acked'));
    await lab.clock.advance(ackWithin);
    const lost = envelopes.find(({ to }) => to === deaf);
    expect(lost).toMatchObject({ attempt: 0, result: 'operation_timeout' });
    const again = envelopes.find((one) => one.payload === lost?.payload && one.attempt === 1);
    await until(() => again?.result === 'acked');
    expect(again?.to).not.toBe(deaf);
  });

  it('delivers an event that nobody was there for once somebody is', async () => {
    const client = await lab.connect(({ ack }) => ack());
    await client.disconnect();
    await until(() => slack.delivery.sockets.ids.length === 0);
    await slack.as('ana').message('#stakeholders', 'while you were out');
    await until(() => slack.delivery.envelopes.length > 0);
    const bodies: Json[] = [];
    await lab.connect(async ({ ack, body }) => {
      bodies.push(body);
      await ack();
    });
    await lab.clock.advance(0);
    await until(() => bodies.length === 1);
    expect(bodies[0]).toMatchObject({ event: { text: 'while you were out' } });
  });

  it('refuses an ack that was given before, and loses one', async () => {
    await lab.connect(async (received) => {
      await received.ack();
      await received.ack();
    });
    await slack.as('ana').command('/incident');
    await until(() => slack.delivery.refusedAcks.length > 0);
    expect(slack.delivery.refusedAcks).toMatchObject([{ why: 'double' }]);
    slack.delivery.losing = 1;
    const said = slack.as('ana').command('/incident');
    await until(() => slack.delivery.refusedAcks.length === 3);
    expect(slack.delivery.refusedAcks.map(({ why }) => why)).toEqual(['double', 'lost', 'lost']);
    await lab.clock.advance(ackWithin);
    expect(await said).toMatchObject({ result: 'operation_timeout' });
  });

  it('refuses acks that come late, and those of nothing', async () => {
    const client = await lab.connect(async ({ ack, type, envelope_id: id }) => {
      if (type !== 'interactive') return ack();
      // Not of its public face, but what each of its acks goes through.
      await Reflect.apply(Reflect.get(client, 'send'), client, ['nothing']);
      await until(() => slack.delivery.envelopes.some((one) => one.id === id && one.result !== undefined));
      await ack();
    });
    // A button, so that it is not delivered again.
    const channel = (await slack.channel('#stakeholders')).id;
    const { ts = '' } = await lab.say({ channel, text: 'x', blocks: [aButton] });
    const clicked = slack.as('ana').click(ts, 'ac.update');
    await until(() => slack.delivery.refusedAcks.length === 1);
    expect(slack.delivery.refusedAcks).toMatchObject([{ id: 'nothing', why: 'unknown' }]);
    await lab.clock.advance(ackWithin);
    const { result, envelope } = await clicked;
    expect(result).toBe('operation_timeout');
    const late = () => slack.delivery.refusedAcks.find(({ id }) => id === envelope?.id);
    await until(() => late() !== undefined);
    expect(late()).toMatchObject({ why: 'late' });
    expect(envelope?.ackedAfter).toBe(ackWithin);
  });

  it('refuses an ack with words for a button', async () => {
    await lab.connect(({ ack }) => ack({ text: 'no' }));
    const pressed = slack.as('ana').shortcut('declare');
    await until(() => slack.delivery.refusedAcks.length === 1);
    expect(slack.delivery.refusedAcks).toMatchObject([{ why: 'payload' }]);
    await lab.clock.advance(ackWithin);
    expect(await pressed).toMatchObject({ result: 'operation_timeout' });
  });

  it.each(['warning', 'refresh_requested'] as const)('reconnects the client after %s', async (reason) => {
    await lab.connect(({ ack }) => ack());
    const before = onlyOne();
    slack.delivery.sockets.disconnect(reason);
    await until(() => onlyOne() !== undefined && onlyOne() !== before);
    expect(await slack.as('ana').command('/incident')).toMatchObject({ result: 'acked' });
  });

  it('drops all sockets, and the client comes back', async () => {
    await lab.connect(({ ack }) => ack());
    const before = onlyOne();
    slack.delivery.sockets.drop();
    await until(() => onlyOne() !== undefined && onlyOne() !== before);
    expect(await slack.as('ana').command('/incident')).toMatchObject({ result: 'acked' });
  });

  it('lets ten connections in', async () => {
    for (let n = 0; n < 10; n++) await lab.connect(({ ack }) => ack());
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
    await lab.connect(async ({ ack, body }) => {
      ids.push(text(body['event_id']));
      await ack();
    });
    slack.delivery.redeliverAfter = 50;
    await slack.as('ana').message('#stakeholders', 'x');
    await until(() => slack.delivery.envelopes[0]?.result === 'acked');
    await lab.clock.advance(50);
    await until(() => ids.length === 2);
    await slack.delivery.replay();
    expect(new Set(ids).size).toBe(1);
    expect(ids).toHaveLength(3);
  });
});

describe('events', () => {
  it('carry what Slack’s carry, and only from where the bot is', async () => {
    const events: Json[] = [];
    await lab.connect(async ({ ack, body }) => {
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
    const said = events.find(({ event }) => object(event)['ts'] === ts);
    expect(said).toMatchObject({
      type: 'event_callback',
      api_app_id: slack.bot.appId,
      team_id: slack.team.id,
      authorizations: [{ user_id: slack.bot.userId, is_bot: true }],
      event: { text: '!close &lt;b&gt;', channel_type: 'channel', event_ts: ts, ts, user: slack.people['ana']?.id },
    });
    expect(object(said?.['event'])['client_msg_id']).toMatch(/^[0-9a-f-]{36}$/);
  });

  it('tell of members, renaming and archiving', async () => {
    const types: string[] = [];
    await lab.connect(async ({ ack, body }) => {
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
    // Slack promises no order among them. The bot's own lines come, too.
    const told = () => types.filter((type) => type !== 'message').toSorted();
    await until(() => told().length === 6);
    expect(told()).toEqual([
      'channel_archive',
      'channel_created',
      'channel_rename',
      'member_joined_channel',
      'member_joined_channel',
      'member_left_channel',
    ]);
  });

  it('come only if the manifest asks for them', async () => {
    slack.app.install({ settings: { event_subscriptions: { bot_events: ['reaction_added'] } } });
    const types: string[] = [];
    await lab.connect(async ({ ack, body }) => {
      types.push(text(object(body['event'])['type']));
      await ack();
    });
    const ts = await slack.as('ana').message('#stakeholders', 'x');
    await slack.as('ana').react({ channel: '#stakeholders', ts }, 'eyes');
    await until(() => types.length > 0);
    expect(types).toEqual(['reaction_added']);
  });
});
