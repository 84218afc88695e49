import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, test, vi } from 'vitest';
import { sharedCluster } from '../cluster/shared.ts';
import { unhurried } from '../world/impatient.ts';
import { integrationObjects } from '../world/integrations.ts';
import { expectOneOfEach } from '../world/one-of-each.ts';
import { doubled, keyOf, lookOutside } from '../world/outside.ts';
import { until } from '../world/until.ts';
import { conditionOf, isReady, startWorld, type World } from '../world/world.ts';

vi.setConfig({ maxConcurrency: 4 });

const env = unhurried;
/** What is in doubt is settled after this long, in milliseconds. */
const settle = 1_000 * (Number(unhurried.ALLCLEAR_CALL_TIMEOUT_SECONDS) + Number(unhurried.ALLCLEAR_READ_LAG_SECONDS));

type Args = Readonly<Record<string, unknown>>;
const liveStatusSaying =
  (word: string) =>
  (args: Args): boolean =>
    typeof args['text'] === 'string' && /^\S+ INC-/.test(args['text']) && args['text'].includes(word);
const ofLiveStatus = (args: Args): boolean => JSON.stringify(args['metadata']).includes('/live-status"');

/** Leaves time to let a held call go before the audit, which is to come after it, on a slow machine, too. */
const patient = { ...env, ALLCLEAR_READ_LAG_SECONDS: '10' };

const liveText = async ({ slack }: World): Promise<string> =>
  (await slack.messages('#inc-00001')).find(({ user }) => user === slack.bot.userId)?.text ?? '';
const reads = (world: World, words: string): Promise<unknown> =>
  until(`a live status with ${words}`, async () => (await liveText(world)).includes(words));

describe.concurrent('what arrives late', () => {
  test('a receipt of an object that was re-created meanwhile does not land in the new one', async () => {
    await using world = await startWorld(sharedCluster(), {
      env: { ...env, ALLCLEAR_CALL_TIMEOUT_SECONDS: '20' },
      // Without Slack there is no finalizer, so the object goes at once.
      objects: (parts) =>
        integrationObjects(parts.namespace, { ...parts, slackUrl: parts.slack.url }).filter(
          (object) => (object as { metadata: { name: string } }).metadata.name === 'github',
        ),
      policy: null,
    });
    const { faults, objects, github } = world;
    const held = faults.rule({ act: 'holdAnswer', method: 'POST', path: /\/issues$/, nth: 1 });
    const name = await world.declare();
    const old = await world.sees(
      'the old intent',
      ({ status }) => status?.effects?.['ticket/github']?.state === 'Pending',
    );
    await held.hit();
    await objects.remove('Incident', name);
    await world.declare({ title: 'Another one' });
    const fresh = await world.sees(
      'the new ticket',
      ({ status }) => status?.effects?.['ticket/github']?.state === 'Done',
    );
    held.release();
    await sleep(1_000);
    const after = await world.ready();
    expect(after.metadata.uid).not.toBe(old.metadata.uid);
    expect(after.status).toMatchObject({ number: 2, tickets: [{ id: '#2' }] });
    expect(after.status?.effects).toEqual(fresh.status?.effects);
    const issues = await github.issues();
    expect(issues.map(({ title }) => title)).toEqual(['INC-00001: Mobile app login errors', 'INC-00002: Another one']);
    expect(issues[0]?.body).toContain(old.metadata.uid);
    expect(issues[1]?.body).toContain(after.metadata.uid);
  });

  test('an update that lands after a newer one is put right by the audit', async () => {
    await using world = await startWorld(sharedCluster(), { env: patient });
    await world.declare();
    await expectOneOfEach(world);
    const held = world.slack.fault({ act: 'hold', method: 'chat.update', args: liveStatusSaying('SEV1'), nth: 1 });
    await world.edit({ severity: 'SEV1' });
    await held.hit();
    await world.edit({ state: 'Identified' });
    await reads(world, 'Identified');
    held.release();
    await reads(world, 'Investigating');
    await reads(world, 'SEV1 (Critical) · Identified');
    await sleep(2 * settle);
    expect(await liveText(world)).toContain('SEV1 (Critical) · Identified');
    expect((await lookOutside(world)).posts).toHaveLength(1);
  });

  test('an update that lands after its sender died and its successor sent a newer one', async () => {
    await using world = await startWorld(sharedCluster(), { env: patient });
    await world.declare();
    await expectOneOfEach(world);
    const held = world.slack.fault({ act: 'hold', method: 'chat.update', args: liveStatusSaying('SEV1'), nth: 1 });
    await world.edit({ severity: 'SEV1' });
    await held.hit();
    world.controller.signal('SIGKILL');
    await world.edit({ state: 'Identified' });
    await world.succeed(patient);
    await reads(world, 'Identified');
    held.release();
    await reads(world, 'Investigating');
    await reads(world, 'SEV1 (Critical) · Identified');
    expect((await lookOutside(world)).posts).toHaveLength(1);
  });

  test('the same, when its sender lived to say that it is Ready but for that', async () => {
    await using world = await startWorld(sharedCluster(), { env: patient });
    await world.declare();
    await expectOneOfEach(world);
    let holding = true;
    const isOld = liveStatusSaying('SEV1');
    const held = world.slack.fault({ act: 'hold', method: 'chat.update', args: (args) => holding && isOld(args) });
    await world.edit({ severity: 'SEV1' });
    await held.hit();
    const ready = await world.sees('what holds it up', (incident) => {
      const { reason } = conditionOf(incident, 'LiveStatusPosted') ?? {};
      return isReady(incident) && reason === 'OutcomeUnknown';
    });
    expect(conditionOf(ready, 'Ready')?.reason).toBe('Degraded');
    world.controller.signal('SIGKILL');
    holding = false;
    await world.succeed(patient);
    await reads(world, 'SEV1');
    await world.edit({ state: 'Identified' });
    await reads(world, 'Identified');
    held.release();
    await reads(world, 'Investigating');
    await reads(world, 'SEV1 (Critical) · Identified');
    expect((await lookOutside(world)).posts).toHaveLength(1);
  });

  test('the same, when its sender had repeated it with success and died before the audit', async () => {
    await using world = await startWorld(sharedCluster(), { env: patient });
    await world.declare();
    const before = await world.ready();
    const held = world.slack.fault({ act: 'hold', method: 'chat.update', args: liveStatusSaying('SEV1'), nth: 1 });
    await world.edit({ severity: 'SEV1' });
    await held.hit();
    const { rev } = before.status?.effects?.['live-status'] ?? {};
    await world.sees('the receipt', ({ status }) => status?.effects?.['live-status']?.rev !== rev);
    await world.sees('all else done', ({ status }) => status?.effects?.['receipts']?.state === 'Done');
    await sleep(1_500);
    world.controller.signal('SIGKILL');
    await world.succeed(patient);
    await sleep(1_000);
    await world.edit({ state: 'Identified' });
    await reads(world, 'Identified');
    held.release();
    await reads(world, 'Investigating');
    await reads(world, 'SEV1 (Critical) · Identified');
    expect((await lookOutside(world)).posts).toHaveLength(1);
  });
});

describe.concurrent('a read-back that is refused', () => {
  test('clears no doubt: nothing is sent again meanwhile', async () => {
    await using world = await startWorld(sharedCluster(), { env });
    const { slack } = world;
    const lost = slack.fault({ act: 'dropAfter', method: 'chat.postMessage', args: ofLiveStatus, nth: 1 });
    const refused = slack.fault({ act: 500, method: 'conversations.history' });
    await world.declare();
    await lost.hit();
    await refused.hit(3);
    const posts = (): number => slack.calls('chat.postMessage').filter(({ args }) => ofLiveStatus(args)).length;
    expect(posts()).toBe(1);
    await sleep(2 * settle);
    expect(posts()).toBe(1);
    refused.remove();
    await expectOneOfEach(world);
    expect(posts()).toBe(1);
  });

  test('by one that lags behind: nothing is found until it has caught up', async () => {
    await using world = await startWorld(sharedCluster(), { env: { ...env, ALLCLEAR_READ_LAG_SECONDS: '3' } });
    const { slack } = world;
    slack.lag = 2_500;
    const lost = [
      slack.fault({ act: 'dropAfter', method: 'chat.postMessage', args: ofLiveStatus, nth: 1 }),
      slack.fault({ act: 'dropAfter', method: 'conversations.create', nth: 1 }),
    ];
    await world.declare();
    await expectOneOfEach(world);
    expect(lost.map(({ hits }) => hits)).toEqual([1, 1]);
  });
});

describe.concurrent('two leaders', () => {
  test('one is stopped past its lease with a call under way, and goes on: it ends, and harms nothing', async () => {
    const lease = { ...env, ALLCLEAR_LEASE_DURATION_SECONDS: '8' };
    await using world = await startWorld(sharedCluster(), { env: lease });
    const { slack, controller: first } = world;
    const held = slack.fault({ act: 'holdAnswer', method: 'conversations.create', nth: 1 });
    await world.declare();
    await held.hit();
    first.signal('SIGSTOP');
    // No help this time: the second waits for the lease to run out.
    const second = world.start({ ...lease, ALLCLEAR_IDENTITY: 'second' });
    await second.logged('leading');
    const outside = await expectOneOfEach(world);
    const before = await world.incident();
    await world.edit({ severity: 'SEV1' });
    first.signal('SIGCONT');
    held.release();
    expect(await first.ended).toBe('1');
    expect(first.log.some(({ event }) => event === 'lease-lost')).toBe(true);
    const after = await expectOneOfEach(world);
    expect(after.channels.map(({ id }) => id)).toEqual(outside.channels.map(({ id }) => id));
    expect(after.posts.map(({ ts }) => ts)).toEqual(outside.posts.map(({ ts }) => ts));
    const now = await world.incident();
    expect(Object.keys(now.status?.effects ?? {})).toEqual(
      expect.arrayContaining(Object.keys(before.status?.effects ?? {})),
    );
    for (const [key, entry] of Object.entries(before.status?.effects ?? {}))
      expect(now.status?.effects?.[key]).toMatchObject({ attempt: entry.attempt, state: 'Done' });
  });

  test('one is stopped between its intent and the send, and goes on: it sends nothing', async () => {
    const lease = { ...env, ALLCLEAR_LEASE_DURATION_SECONDS: '8' };
    await using world = await startWorld(sharedCluster(), {
      env: { ...lease, ALLCLEAR_TEST_FREEZE: 'send:live-status' },
    });
    const { controller: first } = world;
    await world.declare();
    const second = world.start({ ...lease, ALLCLEAR_IDENTITY: 'second' });
    await second.logged('leading');
    await expectOneOfEach(world);
    first.signal('SIGCONT');
    expect(await first.ended).toBe('1');
    await sleep(settle);
    const outside = await lookOutside(world);
    expect(doubled(outside)).toEqual([]);
    expect(outside.posts.map(keyOf)).toHaveLength(1);
  });
});
