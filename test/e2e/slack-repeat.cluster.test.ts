import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { channelOf, declareInSlack, liveStatusOf, socketsOpen, toldTo } from '../world/in-slack.ts';
import { startSlackWorld } from '../world/slack-world.ts';
import { doubled, lookOutside } from '../world/outside.ts';
import { until } from '../world/until.ts';
import { conditionOf, type World } from '../world/world.ts';

/** Some wait until Slack gives up: less long than elsewhere, and longer than a machine stands still. */
const timing = {
  ackWithin: 6_000,
  // Until there is a socket again, however long that takes.
  retryAfter: [0, ...Array.from({ length: 60 }, () => 1_000)],
  // Of two old sockets, after the new ones stand.
  disconnectGrace: 30_000,
};

let world: World;
beforeEach(async () => {
  world = await startSlackWorld({ slack: { timing } });
});
afterEach(() => world[Symbol.asyncDispose]());

const titles = async (): Promise<string[]> => (await world.objects.list('Incident')).map(({ spec }) => spec.title);

describe('one effect, however often it comes', () => {
  test('double clicks, doubled submissions, an hour of redelivery', async () => {
    const ana = world.slack.as('ana');
    const incident = await declareInSlack(world);
    const { name } = incident.metadata;
    const status = await liveStatusOf(world, incident);
    // Two clicks on one button that says "to level 1".
    await Promise.all([ana.click(status, 'ac.escalate'), ana.click(status, 'ac.escalate')]);
    await world.sees('level 1', ({ status: now }) => now?.applied?.level === 1, name);
    await ana.click(status, 'ac.update');
    const [form] = world.slack.views('ana').slice(-1);
    await Promise.all([
      ana.submit({ 'spec.text': 'Once', 'spec.audience': 'Responders' }, form),
      ana.submit({ 'spec.text': 'Once', 'spec.audience': 'Responders' }, form),
    ]);
    await ana.message(channelOf(incident), '!close Rolled back.');
    await world.sees('closed', ({ status: now }) => now?.applied?.state === 'Resolved', name);
    await ana.command('/incident', 'reopen It is back.', { channel: channelOf(incident) });
    const before = await world.sees('open', ({ status: now }) => now?.applied?.state === 'Investigating', name);
    await world.slack.delivery.replay();
    await until('all answered', () => world.slack.delivery.envelopes.every(({ result }) => result !== undefined));
    await world.ready(name);
    const after = await world.incident(name);
    expect(after.spec).toEqual(before.spec);
    expect(await world.objects.list('Incident')).toHaveLength(1);
    const updates = await world.objects.list('IncidentUpdate');
    expect(updates.filter(({ spec }) => spec.text === 'Once')).toHaveLength(1);
    expect(updates.filter(({ spec }) => spec.type === 'Escalation').map(({ spec }) => spec.to)).toEqual(['1']);
    expect(doubled(await lookOutside(world))).toEqual([]);
  });

  test('an ack that is lost: pressed again, stored once', async () => {
    const ana = world.slack.as('ana');
    // Else the form becomes the channel's link before anybody can press again.
    world.slack.fault({ act: 'hold', method: 'conversations.create' });
    await ana.command('/incident', 'Login down');
    world.slack.delivery.losing = 1;
    expect(await ana.submit({})).toMatchObject({ result: 'trouble' });
    expect(await ana.submit({})).toMatchObject({ result: 'updated' });
    expect(await titles()).toEqual(['Login down']);
  });

  test('an ack that is lost, then other words: told, not stored twice', async () => {
    const ana = world.slack.as('ana');
    world.slack.fault({ act: 'hold', method: 'conversations.create' });
    await ana.command('/incident', 'Login down');
    world.slack.delivery.losing = 1;
    await ana.submit({});
    expect(await ana.submit({ 'spec.title': 'Login is slow' })).toMatchObject({
      result: 'errors',
      errors: { 'spec.title': expect.stringContaining('created already, as “Login down”') },
    });
    expect(await titles()).toEqual(['Login down']);
  });

  test('sockets dropped and refreshed under presses: nothing is lost', async () => {
    const ana = world.slack.as('ana');
    const incident = await declareInSlack(world);
    world.slack.delivery.sockets.drop();
    // An event waits for the next socket.
    await ana.message(channelOf(incident), '!close Rolled back.');
    await world.sees('closed', ({ spec }) => spec.state === 'Resolved', incident.metadata.name);
    await socketsOpen(world);
    world.slack.delivery.sockets.disconnect('refresh_requested');
    // The old ones answer until Slack closes them.
    for (let n = 0; n < 5; n++) expect(await ana.command('/incident', 'list')).toMatchObject({ result: 'acked' });
    await until('new sockets', () => world.slack.delivery.sockets.ids.length === 4);
    for (let n = 0; n < 5; n++) expect(await ana.command('/incident', 'list')).toMatchObject({ result: 'acked' });
    expect(world.slack.delivery.refusedAcks).toEqual([]);
  });
});

describe('kill -9', () => {
  test('between the ack and the first effect: what was acknowledged is done by the successor', async () => {
    const ana = world.slack.as('ana');
    const held = world.slack.fault({ act: 'hold', method: 'conversations.create' });
    await ana.command('/incident', 'Login down');
    expect(await ana.submit({})).toMatchObject({ result: 'updated' });
    world.controller.signal('SIGKILL');
    await world.controller.ended;
    held.remove();
    await world.succeed();
    const [incident] = await world.objects.list('Incident');
    await world.ready(incident?.metadata.name);
    held.release();
    expect((await world.slack.channels()).filter(({ creator }) => creator === world.slack.bot.userId)).toHaveLength(1);
    expect(doubled(await lookOutside(world))).toEqual([]);
  });

  test('between the press and the write: the person is told, and presses again', async () => {
    const ana = world.slack.as('ana');
    await ana.command('/incident', 'Login down');
    // Whoever presses is looked up first: here nobody answers that, and the process dies meanwhile.
    await world.slack.setAccount('ana', { is_restricted: false });
    await until('ana is forgotten', () =>
      world.slack.delivery.envelopes.some(({ name, result }) => name === 'user_change' && result === 'acked'),
    );
    const held = world.slack.fault({ act: 'hold', method: 'users.info' });
    const pressed = ana.submit({});
    await held.hit();
    world.controller.signal('SIGKILL');
    expect(await pressed).toMatchObject({ result: 'trouble' });
    expect(await titles()).toEqual([]);
    held.remove();
    held.release();
    await world.succeed();
    await socketsOpen(world);
    expect(await ana.submit({})).toMatchObject({ result: 'updated' });
    expect(await titles()).toEqual(['Login down']);
  });

  test('a follower without the lease answers, and spends no quota of the leader', async () => {
    const follower = world.start();
    await follower.logged('slack.socket-open');
    await socketsOpen(world, 4);
    // Until then the leader has questions of its own.
    await until('a Slack that is known', async () => {
      const slack = await world.objects.get('Integration', 'slack');
      return conditionOf(slack, 'Ready')?.status === 'True';
    });
    const ana = world.slack.as('ana');
    const [leader] = [world.slack.calls().length];
    for (let n = 0; n < 8; n++) expect(await ana.command('/incident', 'list')).toMatchObject({ result: 'acked' });
    const since = world.slack
      .calls()
      .slice(leader)
      .map(({ method }) => method);
    expect(since.filter((method) => method !== 'users.info')).toEqual([]);
    expect(new Set(world.slack.delivery.envelopes.slice(-8).map(({ to }) => to)).size).toBeGreaterThan(1);
    expect(toldTo(world, 'ana').at(-1)).toContain('No incident is open');
  });
});
