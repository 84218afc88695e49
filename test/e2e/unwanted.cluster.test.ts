import { describe, expect, test, vi } from 'vitest';
import { sharedCluster } from '../cluster/shared.ts';
import { unhurried } from '../world/impatient.ts';
import { policyObject } from '../world/integrations.ts';
import { expectOneOfEach } from '../world/one-of-each.ts';
import { lookOutside } from '../world/outside.ts';
import { until } from '../world/until.ts';
import { conditionOf, startWorld, type World } from '../world/world.ts';

vi.setConfig({ maxConcurrency: 4 });

const env = unhurried;
const entryOf = async (world: World, key: string) => (await world.incident()).status?.effects?.[key];

/** A world whose controller died at this boundary. */
async function killedAt(crash: string): Promise<World> {
  const world = await startWorld(sharedCluster(), { env: { ...env, ALLCLEAR_TEST_CRASH: crash } });
  await world.declare();
  expect(await world.controller.ended).toBe('SIGKILL');
  return world;
}

const setPolicy = (world: World, spec: object): Promise<string> =>
  world.kubectl.apply(policyObject(world.namespace, spec));
const integrationNamed = (world: World, name: string): Promise<string> =>
  world.kubectl('get', 'integ', name, '-n', world.namespace, '-o', 'yaml');

describe.concurrent('a Pending that nobody wants any more', () => {
  test('and that was not sent is Cancelled', async () => {
    await using world = await killedAt('send:ticket/github');
    expect(await entryOf(world, 'ticket/github')).toMatchObject({ state: 'Pending' });
    await setPolicy(world, { tickets: [] });
    await world.succeed(env);
    const incident = await world.sees(
      'the end of doubt',
      (i) => i.status?.effects?.['ticket/github']?.state !== 'Pending',
    );
    expect(incident.status?.effects?.['ticket/github']).toMatchObject({ state: 'Cancelled', reason: 'NotWanted' });
    expect((await lookOutside(world)).issues).toEqual([]);
    // Wanted again, it is made: another attempt.
    await setPolicy(world, {});
    await world.sees('the ticket', (i) => i.status?.effects?.['ticket/github']?.state === 'Done');
    expect(await entryOf(world, 'ticket/github')).toMatchObject({ attempt: 2 });
    expect((await lookOutside(world)).issues).toHaveLength(1);
  });

  test('and that was sent is found, recorded, and kept', async () => {
    await using world = await killedAt('accepted:ticket/github');
    await setPolicy(world, { tickets: [] });
    await world.succeed(env);
    await world.sees('the receipt', (i) => i.status?.effects?.['ticket/github']?.state === 'Done');
    await world.ready();
    expect((await lookOutside(world)).issues).toMatchObject([{ state: 'open' }]);
  });

  test('and whose Integration is gone stays in doubt until it is back', async () => {
    await using world = await killedAt('accepted:ticket/github');
    const { kubectl, namespace } = world;
    const github = await integrationNamed(world, 'github');
    await kubectl('delete', 'integ', 'github', '-n', namespace);
    await world.succeed(env);
    await world.sees('Slack', (i) => i.status?.effects?.['receipts']?.state === 'Done');
    await world.ready();
    expect(await entryOf(world, 'ticket/github')).toMatchObject({ state: 'Pending', attempt: 1 });
    await kubectl.apply(github.replaceAll(/^ {2}(uid|resourceVersion|generation|creationTimestamp):.*\n/gm, ''));
    await expectOneOfEach(world);
  });
});

describe.concurrent('an Integration that is taken away', () => {
  test('is said to be gone, and the rest goes on; back again, it catches up', async () => {
    await using world = await startWorld(sharedCluster(), { env });
    await world.declare();
    await expectOneOfEach(world);
    const { kubectl, namespace } = world;
    const github = await integrationNamed(world, 'github');
    await kubectl('delete', 'integ', 'github', '-n', namespace);
    await world.edit({ severity: 'SEV1' });
    const gone = await world.sees('the word', (i) => conditionOf(i, 'TicketsFiled')?.reason === 'IntegrationGone');
    expect(conditionOf(gone, 'TicketsFiled')?.message).toContain('There is no Integration github in reach');
    await until('the live status', async () => (await lookOutside(world)).posts[0]?.text.includes('SEV1 (Critical)'));
    const ready = await world.ready();
    expect(conditionOf(ready, 'Ready')).toMatchObject({ status: 'True', reason: 'Degraded' });
    expect(ready.status?.tickets).toMatchObject([{ id: '#1' }]);
    await kubectl.apply(github.replaceAll(/^ {2}(uid|resourceVersion|generation|creationTimestamp):.*\n/gm, ''));
    await until('the issue', async () =>
      (await lookOutside(world)).issues[0]?.body.includes('Severity: SEV1 (Critical)'),
    );
    expect((await lookOutside(world)).issues).toHaveLength(1);
  });
});
