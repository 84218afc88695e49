import { describe, expect, test, vi } from 'vitest';
import { apiVersion } from '../../controller/api/names.ts';
import { sharedCluster } from '../cluster/shared.ts';
import { git } from '../emulators/git-run.ts';
import { unhurried } from '../world/impatient.ts';
import { expectOneOfEach } from '../world/one-of-each.ts';
import { lookOutside } from '../world/outside.ts';
import { until } from '../world/until.ts';
import { conditionOf, startWorld, type World } from '../world/world.ts';

vi.setConfig({ maxConcurrency: 3 });

const env = unhurried;

/** By the administrator, whom the admission policy lets; as by anybody where there is none. */
async function write(world: World, name: string, spec: object): Promise<void> {
  await world.kubectl.apply({
    apiVersion,
    kind: 'IncidentUpdate',
    metadata: { name, namespace: world.namespace },
    spec: { incidentRef: { name: 'login' }, ...spec },
  });
}

const seriesName = async (world: World, number: number): Promise<string> =>
  `login-${(await world.incident()).metadata.uid.slice(0, 8)}-t${number}`;

/** Of the record's branch. */
const recorded = async ({ github: { repository } }: World, file: string): Promise<string> => {
  const [branch = ''] = [...(await repository.branches()).keys()].filter((one) => one.startsWith('postmortem/'));
  const year = new Date().getUTCFullYear();
  return git(repository.path, ['show', `${branch}:incidents/${year}/INC-00001/${file}`]);
};

describe.concurrent('an entry that tells of a change and is not the controller’s', () => {
  test('tells nobody, is no fact, and stands in the record as a note', async () => {
    await using world = await startWorld(sharedCluster(), { env });
    await world.declare();
    const before = await expectOneOfEach(world);
    const allClear = {
      type: 'State',
      from: 'Investigating',
      to: 'Resolved',
      author: 'cto@example.com',
      audience: 'Stakeholders',
      channels: ['#stakeholders'],
      text: 'All Clear!',
    };
    const names = ['mine', await seriesName(world, 2), await seriesName(world, 3)];
    for (const name of names) await write(world, name, allClear);
    await write(world, 'severe', { ...allClear, type: 'Severity', from: 'SEV4', to: 'SEV1' });
    for (const name of [...names, 'severe'])
      await until(`the word on ${name}`, async () => {
        const update = await world.objects.get('IncidentUpdate', name);
        return conditionOf(update, 'NoticesSent')?.reason === 'OnlyAllClear';
      });
    // The numbers that others took are known for that.
    await world.sees('the numbers', ({ status }) => status?.applied?.skipped?.[0]?.last === 3);
    const { status } = await world.ready();
    expect(status?.applied).toMatchObject({ seq: 3, state: 'Investigating', severity: 'SEV2' });
    expect(status?.timestamps?.resolvedAt).toBeUndefined();
    const after = await lookOutside(world);
    expect(after.notices).toEqual(before.notices);
    expect(after.comments).toEqual(before.comments);
    expect(JSON.stringify(after.posts)).not.toContain('All Clear!');

    await world.edit({ state: 'Resolved', resolution: { summary: 'Redeployed.' } });
    await world.sees('the record', (incident) => incident.status?.effects?.['review']?.state === 'Done');
    const told = await until('the all clear', async () => {
      const { notices } = await lookOutside(world);
      return notices.length === 2 && notices;
    });
    expect(told[1]?.text).toContain('All Clear has been declared!');
    const rows = (await recorded(world, 'timeline.md')).split('\n').filter((row) => row.includes('no such change'));
    expect(rows).toHaveLength(4);
    for (const row of rows) expect(row).toContain('Note');
    expect(await recorded(world, 'postmortem.md')).toContain('SEV2');
  });
});

describe.concurrent('who did it', () => {
  test('an edit by kubectl without an act is not the work of who acted before', async () => {
    await using world = await startWorld(sharedCluster(), { env });
    const { namespace, kubectl } = world;
    await world.declare();
    await world.ready();
    const patch = (spec: object): Promise<string> =>
      kubectl('patch', 'inc', 'login', '-n', namespace, '--type=merge', '-p', JSON.stringify({ spec }));
    await patch({ severity: 'SEV1', change: { id: 'a', by: 'zoe@example.com', reason: 'It spreads.' } });
    await world.sees('SEV1', ({ status }) => status?.applied?.severity === 'SEV1');
    await patch({ state: 'Identified' });
    await world.sees('Identified', ({ status }) => status?.applied?.state === 'Identified');
    await write(world, 'said', { type: 'Status', text: 'Endpoint found.', audience: 'Stakeholders' });
    const updates = await world.objects.list('IncidentUpdate');
    const authors = Object.fromEntries(
      updates.map(({ spec }) => [spec.type === 'State' ? spec.to : spec.type, spec.author]),
    );
    expect(authors).toMatchObject({
      Investigating: 'test (field manager)',
      Severity: 'zoe@example.com',
      Identified: 'kubectl-patch (field manager)',
    });
    expect(updates.find(({ spec }) => spec.to === 'Identified')?.spec.text).toBeUndefined();
    // What names nobody is told with the field manager, too.
    await until('the update', async () =>
      (await lookOutside(world)).notices.some(({ blocks }) =>
        JSON.stringify(blocks).includes('by test (field manager)'),
      ),
    );
    await until('the live status', async () =>
      JSON.stringify((await lookOutside(world)).posts[0]?.blocks).includes('test (field manager)'),
    );
  });
});
