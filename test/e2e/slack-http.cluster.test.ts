import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { manifest } from '../../controller/integrations/slack/app.ts';
import { sharedCluster } from '../cluster/shared.ts';
import { slackSignature } from '../emulators/slack/http-delivery.ts';
import { integration, secret } from '../world/integrations.ts';
import { toldTo } from '../world/in-slack.ts';
import { unhurried } from '../world/impatient.ts';
import { patientSlack } from '../world/slack-world.ts';
import { startWorld, type World } from '../world/world.ts';

const signingSecret = 'e5b2c1a09f7d4e6b8a3c2d1f0e9b8a7c';
let world: World;
let url: string;
beforeAll(async () => {
  world = await startWorld(sharedCluster(), {
    env: unhurried,
    slack: { timing: patientSlack },
    objects({ namespace, slack }) {
      slack.app.install(
        manifest(
          { mode: 'Http', privateChannels: false, userGroups: false },
          { name: 'AllClear', command: '/incident', url: 'https://allclear.example.com' },
        ),
      );
      return [
        secret(namespace, 'slack', slack.url, { botToken: slack.botToken, signingSecret }),
        integration(namespace, 'slack', { slack: { apiUrl: slack.url, mode: 'Http' } }),
      ];
    },
  });
  const { http } = await world.controller.logged('started');
  await world.controller.logged('slack.front-door-open');
  url = `http://127.0.0.1:${String(http)}/slack/${world.namespace}/slack`;
  world.slack.app.deliverTo({ url, signingSecret });
});
afterAll(() => world[Symbol.asyncDispose]());

/** Everything that a request could have written. */
const written = async (): Promise<unknown> => ({
  incidents: (await world.objects.list('Incident')).map(({ metadata, spec }) => [metadata.name, spec]),
  updates: (await world.objects.list('IncidentUpdate')).map(({ metadata }) => metadata.name),
});

const now = (): string => String(Math.floor(Date.now() / 1_000));
const command = (text: string): string =>
  new URLSearchParams({
    command: '/incident',
    text,
    user_id: world.slack.people['ana']?.id ?? '',
    channel_id: 'C0',
    team_id: world.slack.team.id,
    trigger_id: `t-${Math.random()}`,
  }).toString();

async function send(
  body: string,
  { at = now(), signature = slackSignature(signingSecret, at, body) }: { at?: string; signature?: string } = {},
): Promise<{ status: number; text: string }> {
  const answer = await fetch(url, {
    method: 'POST',
    body,
    headers: {
      'content-type': 'application/x-www-form-urlencoded',
      'x-slack-signature': signature,
      'x-slack-request-timestamp': at,
    },
  });
  return { status: answer.status, text: await answer.text() };
}

describe('signed HTTP', () => {
  test('declared and closed over it', async () => {
    const ana = world.slack.as('ana');
    expect(await ana.command('/incident', 'Login down')).toMatchObject({ result: 'acked' });
    expect(await ana.submit({})).toMatchObject({ result: 'updated' });
    const [incident] = await world.objects.list('Incident');
    const { name = '' } = incident?.metadata ?? {};
    const open = await world.ready(name);
    await ana.message(`#${open.status?.channel?.name}`, '!close Rolled back.');
    await world.sees('closed', ({ spec }) => spec.state === 'Resolved', name);
    await ana.command('/incident', 'help');
    expect(toldTo(world, 'ana').at(-1)).toContain('/incident');
    await world.ready(name);
  });

  test('a genuine request is answered, once', async () => {
    const at = now();
    const body = command('help');
    expect(await send(body, { at })).toMatchObject({ status: 200, text: expect.stringContaining('!close') });
    expect(await send(body, { at })).toMatchObject({ status: 401 });
  });

  test('forged, stale, unsigned and too large ones are refused, and nothing is written', async () => {
    const before = await written();
    const body = command('severity SEV1');
    expect(await send(body, { signature: `v0=${'0'.repeat(64)}` })).toMatchObject({ status: 401 });
    expect(await send(body, { signature: '' })).toMatchObject({ status: 401 });
    // Where the border is, controller/integrations/slack/listen/signature.test.ts says: here time goes on between signing and arriving.
    expect(await send(body, { at: String(Number(now()) - 400) })).toMatchObject({ status: 401 });
    expect(await send(body, { at: String(Number(now()) + 400) })).toMatchObject({ status: 401 });
    const [at, large] = [now(), `text=${'x'.repeat(1_048_577)}`];
    expect(await send(large, { at }).catch(() => ({ status: 413 }))).toMatchObject({ status: 413 });
    expect(await send('payload=%7Bnot json')).toMatchObject({ status: 400 });
    expect((await fetch(url)).status).toBe(405);
    expect((await fetch(`${url}-not`, { method: 'POST', body })).status).toBe(405);
    expect(await written()).toEqual(before);
  });

  test('Slack’s check of the address', async () => {
    const body = JSON.stringify({ type: 'url_verification', challenge: 'abc' });
    const at = now();
    const answer = await fetch(url, {
      method: 'POST',
      body,
      headers: {
        'content-type': 'application/json',
        'x-slack-signature': slackSignature(signingSecret, at, body),
        'x-slack-request-timestamp': at,
      },
    });
    expect(await answer.json()).toEqual({ challenge: 'abc' });
  });
});
