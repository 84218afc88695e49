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

/** How each answer is judged is in the ports' own tests; `make chaos` has it for each write by itself. */
describe.concurrent('one of each, although the first call of every kind', () => {
  test.each<[string, SlackFault['act'], Act]>([
    ['was carried out and its answer lost', 'dropAfter', 'dropAfter'],
    ['was answered with 500', 500, 500],
    ['was answered with ok:false fatal_error, at GitHub with 502', 'okFalse', 502],
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
});
