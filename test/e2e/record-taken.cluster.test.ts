import { expect, test } from 'vitest';
import { sharedCluster } from '../cluster/shared.ts';
import { eventsOf } from '../world/objects.ts';
import { lookOutside } from '../world/outside.ts';
import { until } from '../world/until.ts';
import { conditionOf, startWorld, type World } from '../world/world.ts';

/** As another install writes it: see record-json.ts. */
const recordOf = (install: string): string =>
  JSON.stringify({
    kind: 'List',
    items: [
      {
        kind: 'Incident',
        metadata: {
          name: 'checkout',
          namespace: 'ops',
          uid: '00000000-0000-4000-8000-000000000001',
          annotations: {
            'allclear.dev/identity': JSON.stringify({ install, namespace: 'ops', name: 'checkout', uid: '0-1' }),
          },
        },
      },
    ],
  });

const change = { id: 'k-1', source: 'Kubectl', reason: 'It is back.' };
const closing = (summary: string, ...actions: string[]) => ({
  state: 'Resolved',
  resolution: {
    summary,
    ...(actions.length ? { correctiveActions: actions.map((what) => ({ what, kind: 'Detect' })) } : {}),
  },
});
const proposed = (world: World, request: string) =>
  world.sees(request, ({ status }) => status?.effects?.[request]?.state === 'Done');
const receipts = async (world: World): Promise<string> =>
  (await lookOutside(world)).thread.map(({ text }) => text).join('\n');

test('two installs share a repository: numbers begin above, and what is another’s is left alone', async () => {
  await using world = await startWorld(sharedCluster());
  const { github } = world;
  const year = new Date().getUTCFullYear();
  await github.push('main', { [`incidents/${year}/INC-00041/record.json`]: recordOf('production') }, 'Another’s');
  await world.declare();
  const { metadata, status } = await world.ready();
  expect(status?.id).toBe('INC-00042');

  // The other one counts on, and is first.
  const folder = `incidents/${year}/INC-00042`;
  const theirs = { [`${folder}/record.json`]: recordOf('production'), [`${folder}/postmortem.md`]: '# Theirs\n' };
  await github.push('main', theirs, 'Another’s');
  await world.edit(closing('Redeployed.'));
  await proposed(world, 'review');
  const { status: after } = await world.ready();
  const own = `${folder}-${metadata.uid.slice(0, 8)}`;
  expect(after?.record).toMatchObject({ folder: own, branch: `postmortem/inc-00042-${metadata.uid.slice(0, 8)}` });
  expect(await github.repository.files(after?.record?.branch ?? '', own)).toHaveLength(3);
  for (const [path, text] of Object.entries(theirs)) {
    expect(await github.repository.read('main', path)).toBe(text);
    expect(await github.repository.read(after?.record?.branch ?? '', path)).toBe(text);
  }
  const word = `${folder} on main holds the record of another incident, production/ops/checkout`;
  expect(conditionOf({ status: after }, 'RecordCommitted')).toMatchObject({ status: 'True', reason: 'ChangedOutside' });
  expect(conditionOf({ status: after }, 'RecordCommitted')?.message).toContain(word);
  expect(conditionOf({ status: after }, 'RecordProposed')?.status).toBe('True');
  await until('the Event', async () => (await eventsOf(world, 'FolderTaken')).join().includes(word));
  await until('the receipt', async () => (await receipts(world)).includes(`pushed; ${word}`));

  const [pull] = await github.pulls();
  await github.mergePull(pull?.number ?? 0);
  await world.sees('the acceptance', (i) => conditionOf(i, 'RecordAccepted')?.status === 'True');
  expect(await github.repository.files('main', own)).toHaveLength(3);
});

test('merged while it was open again: a second request brings the last ending, and only that accepts', async () => {
  await using world = await startWorld(sharedCluster());
  const { github } = world;
  const folder = `incidents/${new Date().getUTCFullYear()}/INC-00001`;
  await world.declare();
  await world.ready();
  await world.edit(closing('It was the cache.'));
  await proposed(world, 'review');
  await world.ready();

  // Nobody has touched the branch: the draft follows, actions and all.
  await world.edit({ state: 'Investigating', resolution: null, change });
  await world.sees('the reopening', ({ status }) => status?.applied?.state === 'Investigating');
  await world.edit(closing('It was the network.', 'Watch the network.'));
  await until('the second draft', async () => {
    const draft = await github.repository.read('postmortem/inc-00001', `${folder}/postmortem.md`);
    return draft?.includes('It was the network.') && draft.includes('Watch the network.');
  });
  await world.ready();
  const [first, ...others] = await github.pulls();
  expect(others).toEqual([]);

  await world.edit({ state: 'Investigating', resolution: null, change: { ...change, id: 'k-2' } });
  await world.sees('the reopening', ({ status }) => status?.applied?.state === 'Investigating');
  await github.mergePull(first?.number ?? 0, { deleteBranch: true });
  await world.edit(closing('It was the database.'));
  await proposed(world, 'review/2');
  const { status } = await world.ready();
  expect(status?.record?.mergedAt).toBeUndefined();
  expect(status?.record?.pull?.id).toMatch(/^#\d+$/);
  expect(conditionOf({ status }, 'RecordAccepted')).toMatchObject({ status: 'False', reason: 'AwaitingReview' });
  const [, second, ...more] = await github.pulls();
  expect(second).toMatchObject({ state: 'open', head: 'postmortem/inc-00001-2', base: 'main' });
  expect(more).toEqual([]);
  expect([...(await github.repository.branches()).keys()]).toEqual(['main', 'postmortem/inc-00001-2']);
  await until('an Event of each request', async () => (await eventsOf(world, 'ReviewDone')).length === 2);
  await until('both requests in the receipts', async () => /#\d+> merged[^]*#\d+> opened/.test(await receipts(world)));

  await github.mergePull(second?.number ?? 0);
  await world.sees('the acceptance', (i) => i.status?.record?.mergedAt !== undefined);
  for (const file of ['record.json', 'timeline.md', 'postmortem.md'])
    expect(await github.repository.read('main', `${folder}/${file}`)).toContain('It was the database.');
  await expect(world.edit({ state: 'Investigating', resolution: null, change })).rejects.toThrow(/merged.*declare/is);
});
