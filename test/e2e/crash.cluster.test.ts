import { describe, expect, test, vi } from 'vitest';
import { sharedCluster } from '../cluster/shared.ts';
import { unhurried } from '../world/impatient.ts';
import { expectOneOfEach } from '../world/one-of-each.ts';
import { until } from '../world/until.ts';
import { startWorld, type World } from '../world/world.ts';

vi.setConfig({ maxConcurrency: 4 });

/**
 * `<boundary>:<effect>[:<occurrence>]` at which a process is killed: before an intent is written, between it and the
 * send, and between the outside's answer and its receipt. Each process after the first is a successor, killed in its
 * turn; `make chaos` has every boundary by itself. `number`, `purpose` and `record` need no intent, since the outside
 * absorbs a repeat.
 */
const whileDeclaring = [
  ['accepted:number', 'accepted:purpose'],
  ...['channel', 'live-status', 'receipts', 'ticket/github', 'notice/slack/stakeholders'].map((effect) => [
    `intent:${effect}`,
    `send:${effect}`,
    `accepted:${effect}`,
  ]),
];
const whileResolving = [
  ['accepted:live-status:2'],
  ['send:record', 'accepted:record', 'intent:review', 'send:review', 'accepted:review'],
];

describe.concurrent('killed, and one of each in the end', () => {
  test.each(whileDeclaring.map((crashes) => [crashes.join(', then '), crashes] as const))(
    'while declaring: %s',
    async (_, crashes) => {
      await using world = await startWorld(sharedCluster(), { env: crashing(crashes[0]) });
      await world.declare();
      await killedAtEach(world, crashes);
      await expectOneOfEach(world);
    },
  );

  test.each(whileResolving.map((crashes) => [crashes.join(', then '), crashes] as const))(
    'while resolving: %s',
    async (_, crashes) => {
      await using world = await startWorld(sharedCluster(), { env: crashing(crashes[0]) });
      await world.declare();
      // Not longer: the live status may be edited at once, with the ticket's link, before it is stored that it was posted.
      await world.sees('the channel', ({ status }) => status?.effects?.['channel']?.state === 'Done');
      await world.edit({ state: 'Resolved', resolution: { summary: 'The old endpoint is back.' } });
      await killedAtEach(world, crashes);
      await expectOneOfEach(world);
    },
  );
});

const crashing = (at: string | undefined): Record<string, string> => ({
  ...unhurried,
  ALLCLEAR_TEST_CRASH: at ?? '',
});

/** The last successor lives. */
async function killedAtEach(world: World, crashes: readonly string[]): Promise<void> {
  for (const [i] of crashes.entries()) {
    expect(await world.controller.ended).toBe('SIGKILL');
    await world.succeed(crashing(crashes[i + 1]));
  }
}

/** Leaves time to let a held call go between the successor's two looks, on a slow machine, too. */
const patient = { ...unhurried, ALLCLEAR_READ_LAG_SECONDS: '3' };

/** A call that its sender did not live to see answered, let go once the successor has looked and found nothing. */
describe.concurrent('killed with a call under way that lands later, and one of each in the end', () => {
  test.each([
    ['channel', 'conversations.create', 'users.conversations'],
    ['live-status', 'chat.postMessage', 'conversations.history'],
  ])('%s', async (effect, method, look) => {
    await using world = await startWorld(sharedCluster(), { env: patient });
    const held = world.slack.fault({ act: 'hold', method, nth: 1, args: isOf(effect) });
    await world.declare();
    await held.hit();
    world.controller.signal('SIGKILL');
    const before = world.slack.calls(look).length;
    await world.succeed(patient);
    await until('the look', () => world.slack.calls(look).length > before);
    held.release();
    await expectOneOfEach(world);
  });

  test.each([
    ['ticket/github', /\/issues$/],
    ['review', /\/pulls$/],
    ['record', /git-receive-pack$/],
  ])('%s', async (effect, path) => {
    await using world = await startWorld(sharedCluster(), { env: patient });
    const held = world.faults.rule({ act: 'hold', method: 'POST', path, nth: 1 });
    await world.declare();
    if (effect !== 'ticket/github') {
      // Not longer: the live status may be edited at once, with the ticket's link, before it is stored that it was posted.
      await world.sees('the channel', ({ status }) => status?.effects?.['channel']?.state === 'Done');
      await world.edit({ state: 'Resolved', resolution: { summary: 'The old endpoint is back.' } });
    }
    await held.hit();
    world.controller.signal('SIGKILL');
    const looks = (): number => world.faults.calls.filter((call) => isLook(call, path)).length;
    const before = looks();
    await world.succeed(patient);
    await until('the look', () => looks() > before);
    held.release();
    await expectOneOfEach(world);
  });
});

/** The first post of a world may be the notice. */
const isOf =
  (effect: string) =>
  (args: Readonly<Record<string, unknown>>): boolean =>
    effect === 'channel' || JSON.stringify(args['metadata']).includes(`/${effect}"`);

const isLook = ({ method, path }: { method: string; path: string }, of: RegExp): boolean =>
  method === 'GET' && (of.test(path.replace(/\?.*/, '')) || path.endsWith('service=git-receive-pack'));
