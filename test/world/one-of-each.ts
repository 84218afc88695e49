import { expect } from 'vitest';
import { doubled, keyOf, lookOutside, type Outside } from './outside.ts';
import { until } from './until.ts';
import { conditionOf, type World } from './world.ts';

/**
 * Waits until the incident and its updates are as they should be, then counts outside: one of each that the usual
 * policy asks for, nothing twice and nothing missing.
 */
export async function expectOneOfEach(world: World): Promise<Outside> {
  // Of calls in doubt one after the other, on a machine that has other things to do.
  const most = 120_000;
  const { status, spec, metadata } = await world.sees(
    'everything done',
    (incident) =>
      conditionOf(incident, 'Ready')?.reason === 'Converged' &&
      incident.status?.observedGeneration === incident.metadata.generation &&
      Object.values(incident.status?.effects ?? {}).every(({ state }) => state === 'Done') &&
      (incident.spec.state !== 'Resolved' || incident.status?.effects?.['review'] !== undefined),
    undefined,
    most,
  );
  const updates = await until(
    'every update told',
    async () => {
      const all = await world.objects.list('IncidentUpdate');
      return all.every((update) => conditionOf(update, 'Ready')?.reason === 'Converged') && all;
    },
    most,
  );
  const resolved = spec.state === 'Resolved';
  const outside = await until('the receipts of the last update', async () => {
    const seen = await lookOutside(world);
    return seen.thread.length === 1 + updates.length + (resolved ? 1 : 0) && seen;
  });
  const { uid } = metadata;
  expect(doubled(outside)).toEqual([]);
  expect(status?.number).toBe(1);
  expect(outside.channels).toMatchObject([{ name: 'inc-00001', archived: false }]);
  expect(outside.channels[0]?.purpose).toContain(uid);
  expect(outside.posts.map(keyOf)).toEqual([`${uid}/live-status`]);
  expect(outside.posts[0]?.text).toContain(` · ${spec.state}: `);
  expect(outside.pins).toEqual([outside.posts[0]?.ts]);
  expect(outside.bookmarks).toHaveLength(3);
  expect(outside.notices).toHaveLength(updates.length);
  expect(outside.issues).toMatchObject([{ state: resolved ? 'closed' : 'open' }]);
  expect(outside.pulls).toHaveLength(resolved ? 1 : 0);
  expect(outside.commits.filter(({ message }) => message.includes('draft'))).toHaveLength(resolved ? 1 : 0);
  return outside;
}
