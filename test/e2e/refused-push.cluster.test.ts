import { expect, test } from 'vitest';
import { sharedCluster } from '../cluster/shared.ts';
import { unhurried } from '../world/impatient.ts';
import { eventsOf } from '../world/objects.ts';
import { lookOutside } from '../world/outside.ts';
import { until } from '../world/until.ts';
import { conditionOf, startWorld, type World } from '../world/world.ts';

const branch = 'postmortem/inc-00001';

/** The lines of trouble in the live status. */
const liveTrouble = async (world: World): Promise<readonly string[]> =>
  JSON.stringify((await lookOutside(world)).posts[0]).match(/✗ [^"\\]*/g) ?? [];

test('a push that a branch rule refuses is said where people look, once, and made when the rule is gone', async () => {
  await using world = await startWorld(sharedCluster(), { env: unhurried });
  const { github, objects } = world;
  await github.repository.protect(branch);
  await world.declare();
  await world.ready();
  await world.edit({ state: 'Resolved', resolution: { summary: 'Redeployed.' } });

  const refused = await world.sees('the refusal', (i) => conditionOf(i, 'RecordCommitted')?.reason === 'PushRefused');
  expect(conditionOf(refused, 'RecordCommitted')).toMatchObject({ status: 'False' });
  expect(conditionOf(refused, 'RecordCommitted')?.message).toContain('protected branch');
  const stalled = await world.sees('Stalled', (i) => conditionOf(i, 'Stalled')?.status === 'True');
  expect(conditionOf(stalled, 'Stalled')?.message).toContain('RecordCommitted');
  await until('a receipt', async () =>
    (await lookOutside(world)).thread.some(({ text }) => /✗ .*protected branch.*Put that right/.test(text)),
  );
  await until('a word in the live status', async () =>
    (await liveTrouble(world)).some((line) => /Record.*PushRefused/.test(line)),
  );
  // The rest of the incident went on.
  expect((await lookOutside(world)).issues[0]?.state).toBe('closed');
  expect(conditionOf(await world.ready(), 'Ready')?.reason).toBe('Degraded');

  await until('an Event', async () => (await eventsOf(world, 'PushRefused')).length > 0);

  // The same refusal again is no news, nor is it to a successor.
  world.controller.signal('SIGKILL');
  await world.succeed(unhurried);
  await objects.patch('Integration', 'git', { spec: { provider: { git: { authorName: 'The first bot' } } } });
  const tries = () => world.logs().match(/"effect":"record".*"result":"refused"/g)?.length ?? 0;
  await until('another try', () => tries() >= 2);
  expect(await eventsOf(world, 'PushRefused')).toHaveLength(1);

  await github.repository.unprotect();
  await objects.patch('Integration', 'git', { spec: { provider: { git: { authorName: 'The second bot' } } } });
  const committed = await world.sees(
    'the record',
    (i) => conditionOf(i, 'RecordCommitted')?.status === 'True' && conditionOf(i, 'Ready')?.reason === 'Converged',
  );
  expect(conditionOf(committed, 'Stalled')).toMatchObject({ status: 'False' });
  await until('no trouble in the live status', async () => (await liveTrouble(world)).length === 0);
  const { commits, pulls } = await lookOutside(world);
  // None was pushed again with what stood there already.
  expect(commits.length).toBeGreaterThan(0);
  expect(new Set(commits.map(({ tree }) => tree)).size).toBe(commits.length);
  expect(pulls).toHaveLength(1);
  expect(await eventsOf(world, 'PushRefused')).toHaveLength(1);
});
