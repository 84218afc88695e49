import { createServer, type IncomingMessage } from 'node:http';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { listen, stop } from '../listen.ts';
import { aButton, type Lab, startLab, until } from './a-client.ts';
import { slackSignature } from './http-delivery.ts';
import { object, parsed, text } from './json.ts';
import { slackTiming } from './timing.ts';

const secret = '8f742231b10e8888abcd99yyyzzz85a5';
let lab: Lab;
let answer: { status: number; body: string } | 'nothing';
const got: { readonly headers: IncomingMessage['headers']; readonly body: string }[] = [];
const server = createServer((request, response) => {
  const chunks: Buffer[] = [];
  request.on('data', (chunk: Buffer) => chunks.push(chunk));
  request.on('end', () => {
    got.push({ headers: request.headers, body: Buffer.concat(chunks).toString() });
    if (answer !== 'nothing') response.writeHead(answer.status).end(answer.body);
  });
});

beforeEach(async () => {
  lab = await startLab();
  lab.slack.app.deliverTo({ url: `${await listen(server)}/slack/events`, signingSecret: secret });
  answer = { status: 200, body: '' };
  got.length = 0;
});
afterEach(async () => {
  await stop(server);
  await lab.close();
});

describe('signed HTTP', () => {
  it('signs as Slack’s documentation shows', () => {
    // https://docs.slack.dev/authentication/verifying-requests-from-slack, step by step
    const body =
      'token=xyzz0WbapA4vBCDEFasx0q6G&team_id=T1DC2JH3J&team_domain=testteamnow&channel_id=G8PSS9T3V&channel_name=foobar&user_id=U2CERLKJA&user_name=roadrunner&command=%2Fwebhook-collect&text=&response_url=https%3A%2F%2Fhooks.slack.com%2Fcommands%2FT1DC2JH3J%2F397700885554%2F96rGlfmibIGlgcZRskXaIFfN&trigger_id=398738663015.47445629121.803a0bc887a14d10d2c447fce8b6703c';
    expect(slackSignature('8f742231b10e8888abcd99yyyzzz85a5', 1_531_420_618, body)).toBe(
      'v0=a2114d57b48eac39b9ad189dd8316235a7b4a8d21a10bd27519666489c69b503',
    );
  });

  it('posts a command as a form, and shows the body of its answer', async () => {
    answer = { status: 200, body: '{"text":"heard"}' };
    expect(await lab.slack.as('ana').command('/incident', 'list')).toMatchObject({ result: 'acked' });
    expect(lab.slack.ephemerals('ana')).toMatchObject([{ text: 'heard' }]);
    const [{ headers, body } = { headers: {}, body: '' }] = got;
    expect(headers['content-type']).toBe('application/x-www-form-urlencoded');
    expect(Object.fromEntries(new URLSearchParams(body))).toMatchObject({ command: '/incident', text: 'list' });
    expect(headers['x-slack-signature']).toBe(slackSignature(secret, text(headers['x-slack-request-timestamp']), body));
  });

  it('posts a press as JSON within a form', async () => {
    const { id: channel } = await lab.slack.channel('#stakeholders');
    const { ts = '' } = await lab.say({ channel, text: 'x', blocks: [aButton] });
    await lab.slack.as('ana').click(ts, 'ac.update');
    const press = got.find(({ body }) => body.startsWith('payload='));
    const payload = parsed(new URLSearchParams(press?.body).get('payload') ?? '');
    expect(payload).toMatchObject({ type: 'block_actions', actions: [{ action_id: 'ac.update' }] });
  });

  it('posts an event again, numbered, until it is taken', async () => {
    const [first = 0, second = 0] = slackTiming.retryAfter;
    const { envelopes } = lab.slack.delivery;
    const failed = (times: number): Promise<void> =>
      until(() => envelopes.filter(({ result }) => result === 'dispatch_failed').length === times);
    answer = { status: 500, body: '' };
    await lab.slack.as('ana').message('#stakeholders', 'x');
    await failed(1);
    await lab.clock.advance(first);
    await failed(2);
    answer = { status: 200, body: '' };
    await lab.clock.advance(second);
    await until(() => envelopes.at(-1)?.result === 'acked');
    expect(got.map(({ headers }) => headers['x-slack-retry-num'])).toEqual([undefined, '1', '2']);
    const ids = got.map(({ body }) => text(object(parsed(body))['event_id']));
    expect(new Set(ids).size).toBe(1);
  });

  it('waits for no answer longer than Slack does', async () => {
    answer = 'nothing';
    const said = lab.slack.as('ana').command('/incident');
    await until(() => got.length === 1);
    await lab.clock.advance(slackTiming.ackWithin);
    expect(await said).toMatchObject({ result: 'operation_timeout' });
  });
});
