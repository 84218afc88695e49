import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { createServer } from 'node:http';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { FakeClock, settle } from '../../../test/builders/fake-clock.ts';
import { deadAddress, listen, stop as stopServer } from '../../../test/emulators/listen.ts';
import { startSlack, type Slack, type SlackFault } from '../../../test/emulators/slack.ts';
import { systemClock } from '../../runtime/clock.ts';
import { Rejected } from '../../runtime/outcome.ts';
import { type Api, connectApi } from './call.ts';
import { codeOf } from './errors.ts';

let slack: Slack;
let api: Api;
let channel: string;
const lines: string[] = [];
const context = {
  clock: systemClock,
  install: 'test',
  tuning: { rateFactor: Infinity },
  log: (event: string, fields: object) => void lines.push(JSON.stringify({ event, ...fields })),
};
const connect = (apiUrl: string, botToken: string): Api => connectApi({ apiUrl, botToken }, context);

beforeAll(async () => {
  slack = await startSlack();
  api = connect(slack.url, slack.botToken);
  channel = (await slack.channel('#stakeholders')).id;
});
afterEach(() => slack.clearFaults());
afterAll(async () => {
  api.close();
  await slack.close();
});

const writer = (go: () => void = () => undefined, signal = new AbortController().signal) => ({
  priority: 2,
  signal,
  go,
});
const post = (to = api): Promise<unknown> => to.write('chat.postMessage', { channel, text: 'x' }, writer());
const failure = (sent: Promise<unknown>): Promise<unknown> =>
  sent.then(
    () => undefined,
    (error: unknown) => error,
  );
const posted = async (): Promise<number> => (await slack.messages(channel)).length;

describe('a write', () => {
  const ambiguous: [string, SlackFault, number][] = [
    ['the connection ends before', { act: 'dropBefore' }, 0],
    ['the connection is reset', { act: 'reset' }, 0],
    ['the answer is lost', { act: 'dropAfter' }, 1],
    ['the answer is cut', { act: 'cutBody' }, 1],
    ['the answer is a web page', { act: 'html200' }, 1],
    ['status 500', { act: 500 }, 0],
    ['status 503 after it was accepted', { act: '503After' }, 1],
    ['fatal_error', { act: 'okFalse' }, 0],
    ['internal_error after it was accepted', { act: 'okFalseAfter', error: 'internal_error' }, 1],
    ['service_unavailable', { act: 'okFalse', error: 'service_unavailable' }, 0],
    ['request_timeout', { act: 'okFalse', error: 'request_timeout' }, 0],
  ];
  it.each(ambiguous)('may have happened: %s', async (_name, fault, more) => {
    const before = await posted();
    slack.fault({ ...fault, times: 1 });
    const error = await failure(post());
    expect(error).toBeInstanceOf(Error);
    expect(error).not.toBeInstanceOf(Rejected);
    expect(await posted()).toBe(before + more);
    // Nobody sends again but the executor.
    expect(slack.calls('chat.postMessage').filter(({ fault: act }) => act !== undefined)).not.toHaveLength(0);
  });

  const refusals: [string, SlackFault, object][] = [
    ['invalid_auth', { act: 'okFalse', error: 'invalid_auth' }, { reason: 'InvalidToken', terminal: true }],
    ['missing_scope', { act: 'okFalse', error: 'missing_scope' }, { reason: 'MissingScope', terminal: true }],
    ['an unknown code', { act: 'okFalse', error: 'brand_new_error' }, { reason: 'SlackRefused', terminal: true }],
    ['429', { act: 429, retryAfter: 7 }, { reason: 'RateLimited', terminal: false, retryAfter: 7_000 }],
    ['429 without a time', { act: 429, retryAfter: null }, { reason: 'RateLimited', retryAfter: 30_000 }],
    ['status 403', { act: 403 }, { reason: 'HttpRefused', terminal: false }],
  ];
  it.each(refusals)('is known not to have happened: %s', async (_name, fault, wanted) => {
    const fresh = connect(slack.url, slack.botToken);
    slack.fault({ ...fault, times: 1 });
    const error = await failure(post(fresh));
    fresh.close();
    expect(error).toBeInstanceOf(Rejected);
    expect(error).toMatchObject(wanted);
  });

  it.each([407, 502, 503])('was never sent when a proxy answers %d instead of letting it through', async (status) => {
    const proxy = createServer();
    proxy.on('connect', (_request, socket) => socket.end(`HTTP/1.1 ${status} No\r\ncontent-length: 0\r\n\r\n`));
    vi.stubEnv('NODE_USE_ENV_PROXY', '1');
    vi.stubEnv('HTTPS_PROXY', await listen(proxy));
    const behind = connect('https://slack.example/api/', slack.botToken);
    const error = await failure(post(behind));
    vi.unstubAllEnvs();
    behind.close();
    await stopServer(proxy);
    expect(error).toMatchObject({ name: 'Rejected', reason: 'SlackUnreachable', terminal: false });
    expect(String(error)).toContain('PROXY_REFUSED');
  });

  const bodies: Readonly<Record<string, readonly [type: string, body: string]>> = {
    'Slack’s own': ['application/json', '{"ok":false,"error":"fatal_error"}'],
    'that of a success': ['application/json', '{"ok":true}'],
    HTML: ['text/html', '<html>Unicorn!</html>'],
    nothing: ['text/plain', ''],
    'half of JSON': ['application/json', '{"ok":t'],
    bytes: ['application/gzip', '\u0000'],
  };
  const times: Readonly<Record<string, readonly [headers: Record<string, string>, wait: number | undefined]>> = {
    'no time': [{}, undefined],
    seconds: [{ 'retry-after': '7' }, 7_000],
    'a date': [{ date: 'Sat, 21 Nov 2026 10:00:00 GMT', 'retry-after': 'Sat, 21 Nov 2026 10:02:00 GMT' }, 120_000],
    nonsense: [{ 'retry-after': 'soon' }, undefined],
  };
  it.each([302, 400, 401, 403, 404, 408, 410, 413, 429, 451, 499, 500, 502, 503, 504, 520])(
    'with status %d is judged by that and the headers, whatever the body is',
    async (status) => {
      let answer: { headers: Record<string, string>; body: string } = { headers: {}, body: '' };
      let received = 0;
      const server = createServer((_request, response) => {
        received += 1;
        response.writeHead(status, answer.headers).end(answer.body);
      });
      const apiUrl = await listen(server);
      const sure = status !== 408 && status !== 499 && status < 500;
      for (const [time, [headers, wait]] of Object.entries(times))
        for (const [kind, [type, body]] of Object.entries(bodies)) {
          const clock = new FakeClock();
          const fresh = connectApi({ apiUrl: `${apiUrl}/`, botToken: 'xoxb-1' }, { ...context, clock });
          answer = { headers: { 'content-type': type, ...headers }, body };
          const error = await failure(post(fresh));
          const is = error instanceof Rejected ? error : undefined;
          const held = wait ?? (status === 429 ? 30_000 : undefined);
          const asked = sure ? { retryAfter: held } : { retryAfter: undefined };
          expect({ time, kind, sure: is !== undefined, reason: is?.reason, retryAfter: is?.retryAfter }).toEqual({
            time,
            kind,
            sure,
            reason: sure ? (status === 429 ? 'RateLimited' : 'HttpRefused') : undefined,
            ...asked,
          });
          // The next one waits as long, and is not sent before.
          const before = received;
          const next = failure(post(fresh));
          await clock.advance((held ?? 1) - 1);
          await settle();
          expect({ time, kind, sent: received - before > 0 && held !== undefined }).toEqual({
            time,
            kind,
            sent: false,
          });
          await clock.advance(1);
          await next;
          expect(received - before).toBe(1);
          fresh.close();
        }
      await stopServer(server);
    },
  );

  it.each(['{}', '[]', 'null', '"ok"', '{"ok":false}', '{"ok":"yes"}', '{"ok":false,"error":{}}'])(
    'may have happened when 200 comes with %s',
    async (body) => {
      slack.fault({ act: 'answerAfter', body, times: 1 });
      const before = await posted();
      expect(await failure(post())).not.toBeInstanceOf(Rejected);
      expect(await posted()).toBe(before + 1);
    },
  );

  it('was never sent when nobody listens', async () => {
    const deaf = connect(`${deadAddress}/api/`, slack.botToken);
    expect(await failure(post(deaf))).toMatchObject({ name: 'Rejected', reason: 'SlackUnreachable', terminal: false });
    deaf.close();
  });

  it('leaves in the tick of go()', async () => {
    const order: string[] = [];
    const request = (): void => void order.push('request');
    const go = (): void => {
      order.push('go');
      setImmediate(() => order.push('next tick'));
    };
    subscribe('undici:request:create', request);
    await api.write('chat.postMessage', { channel, text: 'x' }, writer(go));
    unsubscribe('undici:request:create', request);
    expect(order.slice(0, 3)).toEqual(['go', 'request', 'next tick']);
  });

  it('is in doubt when stopped on its way', async () => {
    const stop = new AbortController();
    const held = slack.fault({ act: 'hold', times: 1 });
    const sent = failure(api.write('chat.postMessage', { channel, text: 'x' }, writer(undefined, stop.signal)));
    await held.hit();
    stop.abort();
    expect(await sent).not.toBeInstanceOf(Rejected);
    const before = await posted();
    held.release();
    await expect.poll(posted).toBe(before + 1);
  });

  it('waits out a 429 for the same channel', async () => {
    const clock = new FakeClock();
    const fresh = connectApi({ apiUrl: slack.url, botToken: slack.botToken }, { ...context, clock });
    slack.fault({ act: 429, retryAfter: 7, times: 1 });
    await failure(post(fresh));
    const before = slack.calls('chat.postMessage').length;
    const sent = post(fresh);
    await clock.advance(6_999);
    expect(fresh.scheduler.waiting).toBe(1);
    expect(slack.calls('chat.postMessage')).toHaveLength(before);
    await clock.advance(1);
    expect(await sent).toMatchObject({ ok: true });
    fresh.close();
  });
});

describe('a read', () => {
  it.each([{ act: 'dropAfter' }, { act: 500 }, { act: 'html200' }, { act: 'okFalse' }] as const)(
    'that fails is Rejected, since nothing happened: $act',
    async (fault) => {
      slack.fault({ ...fault, times: 1 });
      expect(await failure(api.read('auth.test', {}, writer()))).toMatchObject({
        name: 'Rejected',
        reason: 'SlackUnreachable',
      });
    },
  );

  it('tells Slack’s own code', async () => {
    const error = await failure(api.read('conversations.info', { channel: 'C0NONE' }, writer()));
    expect(codeOf(error)).toBe('channel_not_found');
    expect(error).toMatchObject({ reason: 'ChannelNotFound', terminal: true });
  });

  it('asks who we are once', async () => {
    const fresh = connect(slack.url, slack.botToken);
    const before = slack.calls('auth.test').length;
    await Promise.all([fresh.self(writer()), fresh.self(writer())]);
    expect(await fresh.self(writer())).toMatchObject({ teamId: slack.team.id, userId: slack.bot.userId });
    expect(slack.calls('auth.test')).toHaveLength(before + 1);
    fresh.close();
  });
});

it('logs no token', () => {
  expect(lines.length).toBeGreaterThan(0);
  expect(lines.join('\n')).not.toContain('xoxb');
});
