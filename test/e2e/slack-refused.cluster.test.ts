import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import type { Incident } from '../../controller/api/incident.gen.ts';
import { channelOf, declareInSlack, liveStatusOf, toldTo } from '../world/in-slack.ts';
import { startSlackWorld } from '../world/slack-world.ts';
import { until } from '../world/until.ts';
import type { World } from '../world/world.ts';

let world: World;
let incident: Incident;
let channel: string;
beforeAll(async () => {
  world = await startSlackWorld();
  incident = await declareInSlack(world);
  channel = channelOf(incident);
  await world.ready(incident.metadata.name);
});
afterAll(() => world[Symbol.asyncDispose]());

/** Everything that a press could have written. */
const written = async (): Promise<unknown> => ({
  incidents: (await world.objects.list('Incident')).map(({ metadata, spec }) => [metadata.name, spec]),
  updates: (await world.objects.list('IncidentUpdate')).map(({ metadata }) => metadata.name),
});
afterEach(async () => {
  for (const view of world.slack.views('ana').toReversed()) await world.slack.as('ana').close(view);
});

/** The bot has posted these words, whatever it posted since. */
const posted = (words: string): boolean =>
  world.slack.calls('chat.postMessage').some(({ args }) => JSON.stringify(args).includes(words));
const last = (person = 'ana'): string => toldTo(world, person).at(-1) ?? '';

describe('bad input has an answer and writes nothing', () => {
  test.each<[string, string, RegExp]>([
    ['a slip', 'stauts', /Did you mean `\/incident status`\?/],
    ['a word that is none of ours', 'frobnicate', /There is no `\/incident frobnicate`.*Known are declare/],
    ['a wrong severity', 'severity SEV7', /“SEV7” is no severity.*SEV1 \(Critical\)/],
    ['a wrong state', 'state Monitored', /“Monitored” is no state.*Did you mean Monitoring/],
    ['an id that nobody has', 'status INC-99999', /There is no INC-99999/],
    ['a level that is none', 'escalate 0', /at level 0 already/],
    ['down from the lowest', 'deescalate because', /at the lowest level/],
    ['a duplicate of nothing', 'duplicate', /no other open incident/],
    [
      'a reason that is too long',
      `severity SEV3 ${'y'.repeat(1_001)}`,
      /^The reason has at most 1000 characters: shorten/,
    ],
    ['a reopening of what is open', 'reopen because', /is open: it is Investigating/],
  ])('%s', async (_, line, words) => {
    const before = await written();
    expect(await world.slack.as('ana').command('/incident', line, { channel })).toMatchObject({ result: 'acked' });
    expect(last().replaceAll('\n', ' ')).toMatch(words);
    expect(await written()).toEqual(before);
  });

  test('a channel that is no incident’s', async () => {
    const before = await written();
    await world.slack.as('ana').command('/incident', 'severity SEV1', { channel: '#general' });
    expect(last()).toMatch(/This channel is no incident.*Open: INC-00001/);
    expect(await written()).toEqual(before);
  });

  test('40,000 characters, emoji, right-to-left: a form with what fits, and nothing else', async () => {
    const before = await written();
    const ana = world.slack.as('ana');
    for (const line of [
      'x y '.repeat(10_000),
      '🔥🔥 все сломалось',
      '\u202Eמשהו נשבר בתשלומים',
      '<!channel> & <b>down</b> now',
    ]) {
      expect(await ana.command('/incident', line)).toMatchObject({ result: 'acked' });
      const form = world.slack.views('ana').at(-1);
      expect(form?.content).toMatchObject({ callback_id: 'ac.declare' });
      expect(JSON.stringify(form?.content)).not.toContain('\u202E');
      await ana.close(form);
    }
    expect(await ana.command('/incident', `severity SEV3 ${'long '.repeat(8_000)}`, { channel })).toMatchObject({
      result: 'acked',
    });
    expect(last()).toMatch(/1000/);
    await ana.message(channel, `!close ${'long '.repeat(7_000)}`);
    await until('the reply', () => posted('What ended it has at most 3000 characters: shorten it.'));
    expect(await written()).toEqual(before);
  });

  test('what the API server refuses stands at its field, and the form stays', async () => {
    const before = await written();
    const ana = world.slack.as('ana');
    await ana.command('/incident', 'declare x');
    const sent = await ana.submit({ 'spec.title': '\u2028 ' });
    expect(sent.result === 'errors' ? Object.keys(sent.errors) : sent.result).not.toEqual('updated');
    await ana.close();
    await ana.click(await liveStatusOf(world, incident), 'ac.update');
    expect(
      await ana.submit({ 'spec.text': 'x', 'spec.audience': 'Responders', 'spec.channels.others': '#support' }),
    ).toMatchObject({ result: 'errors', errors: { 'spec.audience': expect.stringContaining('Stakeholders') } });
    expect(await ana.submit({ 'spec.channels.others': 'Not A Channel' })).toMatchObject({
      result: 'errors',
      errors: { 'spec.channels.others': expect.stringContaining('no channel') },
    });
    await ana.close();
    expect(await written()).toEqual(before);
  });

  test('what somebody else changed meanwhile is shown, with who', async () => {
    const ana = world.slack.as('ana');
    await ana.command('/incident', 'severity SEV3', { channel });
    await world.slack.as('bo').command('/incident', 'severity SEV1', { channel });
    await world.sees('SEV1 told', ({ status }) => status?.applied?.severity === 'SEV1', incident.metadata.name);
    const before = await written();
    const sent = await ana.submit({ 'spec.change.reason': 'Not that bad.' });
    expect(sent).toMatchObject({
      result: 'errors',
      errors: { 'spec.severity': expect.stringMatching(/bo@example\.com set the severity to “SEV1”/) },
    });
    expect(await written()).toEqual(before);
  });

  test('!close: bare, by a bot, edited into, elsewhere', async () => {
    const before = await written();
    const ana = world.slack.as('ana');
    const bare = await ana.message(channel, '!close');
    await until('the thread says why', async () => {
      const [reply] = await world.slack.thread(channel, bare);
      return JSON.stringify(reply ?? '').includes('ac.close') && JSON.stringify(reply).includes('what ended it');
    });
    const innocent = await ana.message(channel, 'close to a fix');
    await ana.edit({ channel, ts: innocent }, '!close it is fixed');
    await world.slack.call('bot', 'chat.postMessage', { channel, text: '!close by the bot' });
    await ana.message('#stakeholders', '!close what ended it');
    await ana.message(channel, '!closed it is');
    // The last one, and everything before it, was delivered and has been answered.
    await until('quiet', () => {
      const { envelopes } = world.slack.delivery;
      return (
        envelopes.some(({ payload }) => JSON.stringify(payload).includes('!closed it is')) &&
        envelopes.every(({ result }) => result !== undefined)
      );
    });
    expect(await written()).toEqual(before);
  });

  test('guests, deactivated people, strangers and bots, each in words', async () => {
    const before = await written();
    const eve = world.slack.as('eve');
    for (const [account, words] of [
      [{ is_restricted: true }, /guest/],
      [{ is_restricted: false, is_ultra_restricted: true }, /guest/],
      [{ is_ultra_restricted: false, is_stranger: true }, /another organisation/],
      [{ is_stranger: false, is_email_confirmed: false }, /not confirmed/],
      [{ is_email_confirmed: true, team_id: 'T0ELSEWHERE' }, /another workspace/],
    ] as const) {
      await world.slack.setAccount('eve', account);
      await until('the change is known', async () => {
        await eve.command('/incident', 'declare something');
        return words.test(last('eve'));
      });
    }
    expect(await written()).toEqual(before);
  });

  test('users.info that fails refuses, with words', async () => {
    const before = await written();
    const rule = world.slack.fault({ act: 'okFalse', method: 'users.info', error: 'fatal_error' });
    await world.slack.as('dan').command('/incident', 'declare something');
    expect(last('dan')).toMatch(/Slack does not say who you are/);
    rule.remove();
    expect(await written()).toEqual(before);
  });

  test('a closed incident: every press says so', async () => {
    const ana = world.slack.as('ana');
    const form = await liveStatusOf(world, incident);
    await ana.click(form, 'ac.update');
    await world.slack.as('bo').message(channel, '!close Rolled back.');
    // Its history is written by then.
    await world.sees('closed', ({ status }) => status?.applied?.state === 'Resolved', incident.metadata.name);
    const before = await written();
    expect(await ana.submit({ 'spec.text': 'Late' })).toMatchObject({
      result: 'errors',
      errors: { 'spec.text': expect.stringMatching(/INC-00001 is closed, by bo@example\.com/) },
    });
    for (const line of ['severity SEV1', 'escalate', 'update', 'close again', 'role', 'state Monitoring']) {
      await ana.command('/incident', line, { channel });
      expect(last()).toMatch(/INC-00001 is closed/);
    }
    await ana.message(channel, '!close again');
    await until('the reply', () => posted('closed already'));
    expect(await written()).toEqual(before);
  });
});
