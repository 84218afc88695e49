import { describe, expect, test, vi } from 'vitest';
import { sharedCluster } from '../cluster/shared.ts';
import { impatient } from '../world/impatient.ts';
import { expectOneOfEach } from '../world/one-of-each.ts';
import { startWorld } from '../world/world.ts';

vi.setConfig({ maxConcurrency: 4, testTimeout: 90_000 });

/**
 * `<boundary>:<effect>[:<occurrence>]` of each process that is killed, in turn. Killed before an intent is written,
 * between it and the send, and between the outside's answer and its receipt. `number`, `purpose` and `record` need no
 * intent, since the outside absorbs a repeat.
 */
const whileDeclaring = [
  ['send:number'],
  ['accepted:number'],
  ...['channel', 'live-status', 'receipts', 'ticket/github', 'notice/slack/stakeholders'].flatMap((effect) =>
    ['intent', 'send', 'accepted'].map((boundary) => [`${boundary}:${effect}`]),
  ),
  ['accepted:purpose'],
  // A second crash while recovering from the first.
  ['send:channel', 'accepted:channel'],
  ['send:ticket/github', 'accepted:ticket/github'],
];
const whileResolving = [
  ['accepted:live-status:2'],
  ['send:record'],
  ['accepted:record'],
  ['intent:review'],
  ['send:review'],
  ['accepted:review'],
];

describe.concurrent('killed, and one of each in the end', () => {
  test.each(whileDeclaring)('while declaring: %s %s', async (...crashes) => {
    await using world = await startWorld(sharedCluster(), {
      env: { ...impatient, ALLCLEAR_TEST_CRASH: crashes[0] ?? '' },
    });
    await world.declare();
    for (const [i] of crashes.entries()) {
      expect(await world.controller.ended).toBe('SIGKILL');
      await world.succeed({ ...impatient, ALLCLEAR_TEST_CRASH: crashes[i + 1] ?? '' });
    }
    await expectOneOfEach(world);
  });

  test.each(whileResolving)('while resolving: %s', async (crash) => {
    await using world = await startWorld(sharedCluster(), { env: { ...impatient, ALLCLEAR_TEST_CRASH: crash } });
    await world.declare();
    await world.sees('the live status', ({ status }) => status?.effects?.['pin']?.state === 'Done');
    await world.edit({ state: 'Resolved', resolution: { summary: 'The old endpoint is back.' } });
    expect(await world.controller.ended).toBe('SIGKILL');
    await world.succeed(impatient);
    await expectOneOfEach(world);
  });
});
