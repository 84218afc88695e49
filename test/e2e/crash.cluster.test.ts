import { describe, expect, test, vi } from 'vitest';
import { sharedCluster } from '../cluster/shared.ts';
import { unhurried } from '../world/impatient.ts';
import { expectOneOfEach } from '../world/one-of-each.ts';
import { until } from '../world/until.ts';
import { startWorld } from '../world/world.ts';

vi.setConfig({ maxConcurrency: 4 });

/**
 * `<boundary>:<effect>[:<occurrence>]` at which a process is killed: before an intent is written, between it and the
 * send, and between the outside's answer and its receipt. `number`, `purpose` and `record` need no intent, since the
 * outside absorbs a repeat. `then`: its successor is killed, too.
 */
const whileDeclaring = [
  'accepted:number',
  ...['channel', 'live-status', 'receipts', 'ticket/github', 'notice/slack/stakeholders'].flatMap((effect) =>
    ['intent', 'send', 'accepted'].map((boundary) => `${boundary}:${effect}`),
  ),
  'accepted:purpose',
  'send:channel then accepted:channel',
  'send:ticket/github then accepted:ticket/github',
];
const whileResolving = [
  'accepted:live-status:2',
  'send:record',
  'accepted:record',
  'intent:review',
  'send:review',
  'accepted:review',
];

describe.concurrent('killed, and one of each in the end', () => {
  test.each(whileDeclaring)('while declaring: %s', async (stated) => {
    const crashes = stated.split(' then ');
    await using world = await startWorld(sharedCluster(), {
      env: { ...unhurried, ALLCLEAR_TEST_CRASH: crashes[0] ?? '' },
    });
    await world.declare();
    for (const [i] of crashes.entries()) {
      expect(await world.controller.ended).toBe('SIGKILL');
      await world.succeed({ ...unhurried, ALLCLEAR_TEST_CRASH: crashes[i + 1] ?? '' });
    }
    await expectOneOfEach(world);
  });

  test.each(whileResolving)('while resolving: %s', async (crash) => {
    await using world = await startWorld(sharedCluster(), { env: { ...unhurried, ALLCLEAR_TEST_CRASH: crash } });
    await world.declare();
    await world.sees('the live status', ({ status }) => status?.effects?.['pin']?.state === 'Done');
    await world.edit({ state: 'Resolved', resolution: { summary: 'The old endpoint is back.' } });
    expect(await world.controller.ended).toBe('SIGKILL');
    await world.succeed(unhurried);
    await expectOneOfEach(world);
  });
});

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
      await world.sees('the live status', ({ status }) => status?.effects?.['pin']?.state === 'Done');
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
