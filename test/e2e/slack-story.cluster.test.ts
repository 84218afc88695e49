import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Incident } from '../../controller/api/incident.gen.ts';
import { channelOf, declareInSlack, liveStatusOf, toldTo } from '../world/in-slack.ts';
import { startSlackWorld } from '../world/slack-world.ts';
import { until } from '../world/until.ts';
import type { World } from '../world/world.ts';

let world: World;
beforeAll(async () => {
  world = await startSlackWorld();
});
afterAll(() => world[Symbol.asyncDispose]());

/** Written by an effect, some moments after a press. */
const told = (person: string, words: string | RegExp): Promise<unknown> =>
  until(`${person} is told ${words}`, () => toldTo(world, person).some((text) => text.search(words) >= 0));

describe('an incident lived in Slack', () => {
  let incident: Incident;
  let name: string;
  const shows = (words: string): Promise<unknown> =>
    until(`the live status shows ${words}`, async () => (await liveStatusOf(world, incident)).shown.includes(words));

  test('declared by the command and its form', async () => {
    const ana = world.slack.as('ana');
    const typed = await ana.command('/incident', 'Mobile app login errors', { channel: '#stakeholders' });
    expect(typed).toMatchObject({ result: 'acked' });
    expect(JSON.stringify(world.slack.views('ana')[0]?.content)).toContain('SEV1 (Critical)');
    const sent = await ana.submit({ 'spec.severity': 'SEV1', 'spec.description': 'Nobody gets in.' });
    expect(sent.result).toBe('updated');
    const all = await world.objects.list('Incident');
    expect(all).toHaveLength(1);
    expect(all[0]?.spec).toMatchObject({
      title: 'Mobile app login errors',
      severity: 'SEV1',
      state: 'Investigating',
      description: 'Nobody gets in.',
      change: {
        source: 'Slack',
        by: 'ana@example.com',
        via: `slack:${world.slack.team.id}/${world.slack.people['ana']?.id}`,
      },
    });
    name = all[0]?.metadata.name ?? '';
    incident = await world.sees('live status', ({ status }) => status?.effects?.['pin']?.state === 'Done', name);
    await told('ana', `INC-00001.*${channelOf(incident)}`);
    expect(JSON.stringify(world.slack.views('ana').at(-1)?.content)).toContain(channelOf(incident));
    await until('ana in the channel', async () =>
      (await world.slack.members(channelOf(incident))).includes(world.slack.people['ana']?.id ?? ''),
    );
  });

  test('an update for stakeholders, in the channels that were chosen', async () => {
    const ana = world.slack.as('ana');
    await ana.click(await liveStatusOf(world, incident), 'ac.update');
    const sent = await ana.submit({
      'spec.text': 'A fix is <on> its way, @channel',
      'spec.audience': 'Stakeholders',
      'spec.channels': ['#stakeholders'],
      'spec.nextDueAt': '30',
    });
    expect(sent).toMatchObject({ result: 'closed' });
    await shows('A fix is &lt;on&gt; its way');
    await shows('Next update due');
    await until('the notice', async () =>
      (await world.slack.messages('#stakeholders')).some(({ blocks }) => JSON.stringify(blocks).includes('its way')),
    );
    const [update] = (await world.objects.list('IncidentUpdate')).filter(({ spec }) => spec.type === 'Status');
    expect(update?.spec).toMatchObject({
      author: 'ana@example.com',
      audience: 'Stakeholders',
      channels: ['#stakeholders'],
    });
    expect(update?.metadata.annotations?.['allclear.dev/via']).toMatch(/^slack:T/);
  });

  test('severity by command: raised at once, lowered with a reason', async () => {
    const ana = world.slack.as('ana');
    const channel = channelOf(incident);
    expect(await ana.command('/incident', 'severity sev3', { channel })).toMatchObject({ result: 'acked' });
    const sent = await ana.submit({ 'spec.severity': 'SEV3' });
    expect(sent).toMatchObject({
      result: 'errors',
      errors: { 'spec.change.reason': expect.stringContaining('reason') },
    });
    expect(await ana.submit({ 'spec.change.reason': 'Only one region.' })).toMatchObject({ result: 'closed' });
    expect((await world.incident(name)).spec).toMatchObject({
      severity: 'SEV3',
      change: { reason: 'Only one region.' },
    });
    await ana.command('/incident', 'severity critical', { channel });
    await world.sees('SEV1', ({ spec }) => spec.severity === 'SEV1', name);
    await shows('SEV1 (Critical)');
  });

  test('escalated and back, a role given and taken', async () => {
    const ana = world.slack.as('ana');
    const bo = world.slack.people['bo']?.id ?? '';
    await ana.click(await liveStatusOf(world, incident), 'ac.escalate');
    await world.sees('level 1', ({ spec }) => spec.escalation.level === 1, name);
    await shows('level 1');
    await ana.click(await liveStatusOf(world, incident), 'ac.deescalate');
    expect(await ana.submit({ 'spec.change.reason': 'They are here.' })).toMatchObject({ result: 'closed' });
    expect((await world.incident(name)).spec.escalation.level).toBe(0);
    await ana.click(await liveStatusOf(world, incident), 'ac.roles');
    expect(await ana.submit({ role: 'commander', 'spec.roles': bo })).toMatchObject({ result: 'closed' });
    expect((await world.incident(name)).spec.roles).toMatchObject({ commander: 'bo@example.com' });
    await ana.command('/incident', 'role scribe @bo', { channel: channelOf(incident) });
    expect((await world.incident(name)).spec.roles).toMatchObject({ scribe: 'bo@example.com' });
    // Nobody is named: the form asks who is meant.
    await ana.command('/incident', 'role comms', { channel: channelOf(incident) });
    expect(await ana.submit({ 'spec.roles': bo })).toMatchObject({ result: 'closed' });
    expect((await world.incident(name)).spec.roles).toMatchObject({ comms: 'bo@example.com' });
    await told('ana', 'scribe is now bo@example.com');
  });

  test('messages go on the timeline by a reaction and by the shortcut, each once', async () => {
    const bo = world.slack.as('bo');
    const channel = channelOf(incident);
    const ts = await bo.message(channel, 'The <fix> is https://example.com/1');
    await world.slack.as('ana').react({ channel, ts }, 'pushpin');
    const entry = await until('the entry', async () =>
      (await world.objects.list('IncidentUpdate')).find(({ spec }) => spec.type === 'Message'),
    );
    expect(entry.spec).toMatchObject({ text: expect.stringContaining('The <fix> is https://example.com/1') });
    await world.slack.as('ana').shortcut('ac.shortcut.timeline', { channel, ts });
    await told('ana', 'on the timeline already');
    expect((await world.objects.list('IncidentUpdate')).filter(({ spec }) => spec.type === 'Message')).toHaveLength(1);
  });

  test('what is asked is answered from what is known', async () => {
    const ana = world.slack.as('ana');
    for (const [line, words] of [
      ['list', 'INC-00001'],
      ['status INC-00001', 'Mobile app login errors'],
      ['oncall', 'bo@example.com'],
      ['help', '!close'],
    ] as const) {
      const before = toldTo(world, 'ana').length;
      expect(await ana.command('/incident', line)).toMatchObject({ result: 'acked' });
      // What followed from an earlier press may come between.
      expect(toldTo(world, 'ana').slice(before)).toContainEqual(expect.stringContaining(words));
    }
    await ana.openHome();
    await until('the home', () => JSON.stringify(world.slack.home('ana') ?? '').includes('INC-00001'));
    await ana.click(world.slack.home('ana') as never, 'ac.home.declare');
    expect(world.slack.views('ana').at(-1)?.content).toMatchObject({ callback_id: 'ac.declare' });
    await ana.close();
  });

  test('who joins late gets one brief', async () => {
    await world.slack.as('chi').join(channelOf(incident));
    await told('chi', 'You joined while it runs');
    expect(toldTo(world, 'chi').filter((text) => text.includes('You joined'))).toHaveLength(1);
  });

  test('closed by a form, with further channels; reopened; closed by !close in a thread', async () => {
    const ana = world.slack.as('ana');
    const channel = channelOf(incident);
    await ana.click(await liveStatusOf(world, incident), 'ac.close');
    expect(await ana.submit({ 'spec.resolution.summary': 'Rolled back.' })).toMatchObject({ result: 'closed' });
    await shows('All Clear has been declared!');
    await ana.click(await liveStatusOf(world, incident), 'ac.reopen');
    expect(await ana.submit({ 'spec.change.reason': 'It is back.' })).toMatchObject({ result: 'closed' });
    await shows('"text":"*📌 Status*\\nInvestigating"');
    const root = await ana.message(channel, 'Better now?');
    await ana.message(channel, '!close Restarted &amp; fine', { thread: root });
    const closed = await world.sees('closed', ({ spec }) => spec.state === 'Resolved', name);
    expect(closed.spec.resolution?.summary).toContain('Restarted');
    expect(closed.spec.change).toMatchObject({ by: 'ana@example.com', source: 'Slack' });
    await shows('All Clear has been declared!');
  });

  test('a second incident beside it, and a drill', async () => {
    const second = await declareInSlack(world, 'Payments fail', 'SEV2');
    expect(channelOf(second)).toBe('#inc-00002');
    const bo = world.slack.as('bo');
    await bo.shortcut('ac.shortcut.declare');
    await bo.submit({ 'spec.title': 'By shortcut' });
    await until('it', async () =>
      (await world.objects.list('Incident')).some(({ spec }) => spec.title === 'By shortcut'),
    );
    await bo.close();
    await bo.command('/incident', 'drill Exercise', { channel: '#general' });
    await bo.submit({});
    await until('the drill', async () =>
      (await world.objects.list('Incident')).some(({ spec }) => spec.mode === 'Drill'),
    );
  });
});
