import { describe, expect, test, vi } from 'vitest';
import { sharedCluster } from '../cluster/shared.ts';
import type { Act } from '../emulators/faults.ts';
import type { SlackFault } from '../emulators/slack.ts';
import { unhurried } from '../world/impatient.ts';
import { expectOneOfEach } from '../world/one-of-each.ts';
import { startWorld, type World } from '../world/world.ts';

vi.setConfig({ maxConcurrency: 4 });

/** Settles after what a slow machine makes of the delay below. */
const patient = { ...unhurried, ALLCLEAR_READ_LAG_SECONDS: '4' };

const slackWrites = [
  'conversations.create',
  'conversations.setPurpose',
  'conversations.invite',
  'chat.postMessage',
  'chat.update',
  'pins.add',
  'bookmarks.add',
];
const gitHubWrites: readonly (readonly [string, RegExp])[] = [
  ['POST', /\/issues$/],
  ['PATCH', /\/issues\/\d+$/],
  ['POST', /\/comments$/],
  ['POST', /git-receive-pack$/],
  ['POST', /\/pulls$/],
];

/** The whole story while the first call of each kind suffers; returns the faults that have not struck once. */
async function story<S extends { readonly hits: number }>(world: World, strikes: readonly S[]): Promise<S[]> {
  await world.declare();
  await world.sees('the live status', ({ status }) => status?.effects?.['pin']?.state === 'Done');
  await world.edit({ severity: 'SEV1' });
  await world.sees('SEV1', ({ status }) => status?.applied?.severity === 'SEV1');
  await world.edit({ state: 'Resolved', resolution: { summary: 'The old endpoint is back.' } });
  await expectOneOfEach(world);
  return strikes.filter(({ hits }) => hits !== 1);
}

describe.concurrent('one of each, although the first call of every kind', () => {
  test.each<[string, SlackFault['act'], Act]>([
    ['was carried out and its answer lost', 'dropAfter', 'dropAfter'],
    ['was carried out and answered with 500', '500After', '500After'],
    ['was answered with 500', 500, 500],
    ['was carried out and answered with a web page and 200', 'html200', 'html200'],
    ['was carried out and half of its answer arrived', 'cutBody', 'cutBody'],
    ['was cut off', 'reset', 'reset'],
    ['was answered with ok:false fatal_error, at GitHub with 502', 'okFalse', 502],
    ['was carried out and answered with ok:false fatal_error, at GitHub with 502', 'okFalseAfter', '502After'],
  ])('%s', async (_, slackAct, gitHubAct) => {
    await using world = await startWorld(sharedCluster(), { env: unhurried });
    const strikes = [
      ...slackWrites.map((method) => world.slack.fault({ act: slackAct, method, nth: 1 })),
      ...gitHubWrites.map(([method, path]) => world.faults.rule({ act: gitHubAct, method, path, nth: 1 })),
    ];
    expect(await story(world, strikes)).toEqual([]);
  });

  test('hung until the client gave up, and was carried out later', async () => {
    await using world = await startWorld(sharedCluster(), { env: patient });
    const late = { act: 'delay', ms: 4_300, nth: 1 } as const;
    const strikes = [
      ...slackWrites.map((method) => world.slack.fault({ ...late, method })),
      ...gitHubWrites.map(([method, path]) => world.faults.rule({ ...late, method, path })),
    ];
    expect(await story(world, strikes)).toEqual([]);
  });

  test('was refused with 429 and Retry-After', async () => {
    await using world = await startWorld(sharedCluster(), { env: unhurried });
    const strikes = [
      ...slackWrites.map((method) => world.slack.fault({ act: 429, retryAfter: 1, method, nth: 1 })),
      ...gitHubWrites.map(([method, path]) => world.faults.rule({ act: 429, retryAfter: 1, method, path, nth: 1 })),
    ];
    expect(await story(world, strikes)).toEqual([]);
  });

  test('of one kind was refused with 429 and no Retry-After: nothing is tried for half a minute', async () => {
    await using world = await startWorld(sharedCluster(), { env: unhurried });
    const { slack } = world;
    const refused = slack.fault({ act: 429, retryAfter: null, method: 'pins.add', nth: 1 });
    await world.declare();
    await refused.hit();
    await world.sees('the message', ({ status }) => status?.effects?.['receipts']?.state === 'Done');
    const waiting = await world.incident();
    // The message stands; that its pin waits is told beside it.
    expect(waiting.status?.conditions?.find(({ type }) => type === 'LiveStatusPosted')).toMatchObject({
      status: 'True',
      reason: 'RateLimited',
    });
    await expectOneOfEach(world);
    const [first, second, ...more] = slack.calls('pins.add').map(({ at }) => at);
    expect(more).toEqual([]);
    expect((second ?? 0) - (first ?? 0)).toBeGreaterThanOrEqual(30_000);
  });
});
