import { mkdir, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ReasonName } from '../../../controller/runtime/reasons.ts';
import { commitsOf, lookOutside } from '../../world/outside.ts';
import { eventsOf } from '../../world/objects.ts';
import { until } from '../../world/until.ts';
import { conditionOf, type World } from '../../world/world.ts';
import type { Case } from '../cases.ts';
import { begin, expectCounts, expectPeace, finding, settled, wholeStory, type Finding } from '../expect.ts';
import { acceptRecord, goOn } from '../story.ts';

const branch = 'postmortem/inc-00001';
const pushed = /git-receive-pack$/;
const folder = `incidents/${new Date().getUTCFullYear()}/INC-00001`;
const words = 'Somebody else’s words.\n';

/** As another install writes it: see record-json.ts. */
function theirs(): Readonly<Record<string, string>> {
  const of = { install: 'production', namespace: 'ops', name: 'checkout', uid: '00000000-0000-4000-8000-000000000001' };
  const annotations = { 'allclear.dev/identity': JSON.stringify(of), 'allclear.dev/ending': '0' };
  const record = { kind: 'List', items: [{ kind: 'Incident', metadata: { ...of, annotations } }] };
  return { [`${folder}/record.json`]: JSON.stringify(record), [`${folder}/postmortem.md`]: words };
}

/** Something of Git is in the way of the record; once it is not, the record stands there once. */
interface Trouble {
  readonly name: string;
  readonly env?: Readonly<Record<string, string>>;
  /** Before the incident is resolved. */
  begin(world: World): Promise<unknown>;
  /** The condition of the record while it lasts; absent: it is overcome at once. */
  readonly says?: ReasonName;
  /** The receipts say so in a line of its own. */
  readonly needsPerson?: true;
  /** The record stands under names of its own, and this is said to be why. */
  readonly taken?: string;
  end?(world: World): Promise<unknown>;
  finally?(world: World, found: Finding): Promise<void>;
}

const troubles: readonly Trouble[] = [
  {
    name: 'a rival pushes to the base branch during our push',
    begin: (world) => rival(world, 'main', 'README.md'),
    finally: (world, found) => keeps(world, found, 'main', 'README.md'),
  },
  {
    name: 'a rival pushes to the record’s branch during our push',
    begin: (world) => rival(world, branch, 'notes.md'),
    // A branch of that name without a record is the rival's.
    taken: 'the branch postmortem/inc-00001 is there already, without a record',
    finally: (world, found) => keeps(world, found, branch, 'notes.md'),
  },
  {
    name: 'the record’s folder is another’s',
    begin: (world) => world.github.push('main', theirs(), 'Theirs'),
    taken: `${folder} on main holds the record of another incident, production/ops/checkout`,
    finally: (world, found) => untouched(world, found, 'main'),
  },
  {
    name: 'the record’s folder is another’s, and the process dies once it has pushed elsewhere',
    env: { ALLCLEAR_TEST_CRASH: 'accepted:record:1' },
    begin: (world) => world.github.push('main', theirs(), 'Theirs'),
    taken: `${folder} on main holds the record of another incident, production/ops/checkout`,
    finally: (world, found) => untouched(world, found, 'main'),
  },
  {
    name: 'the record’s folder holds files without a record',
    begin: (world) => world.github.push('main', { [`${folder}/postmortem.md`]: words }, 'Theirs'),
    taken: `${folder} on main holds files without a record.json`,
    finally: (world, found) => keeps(world, found, 'main', `${folder}/postmortem.md`),
  },
  {
    name: 'the record’s branch is another’s',
    begin: (world) => world.github.push(branch, theirs(), 'Theirs'),
    taken: `the branch ${branch} holds the record of another incident, production/ops/checkout`,
    finally: (world, found) => untouched(world, found, branch),
  },
  {
    name: 'the push is refused by a hook, then taken',
    begin: ({ github }) => github.repository.protect(branch),
    says: 'PushRefused',
    needsPerson: true,
    end: ({ github }) => github.repository.unprotect(),
  },
  {
    name: 'the server is away for a while',
    async begin(world) {
      world.faults.rule({ act: 'dropBefore', path: '.git/' });
    },
    says: 'Unreachable',
    async end(world) {
      world.faults.clear();
    },
  },
  {
    name: 'the answer to the push is lost, and the server is away then',
    async begin(world) {
      const lost = world.faults.rule({ act: 'dropAfter', path: pushed, nth: 1 });
      void lost.hit().then(() => {
        const away = world.faults.rule({ act: 'dropBefore', path: '.git/' });
        setTimeout(() => away.remove(), 4_000);
      });
    },
  },
  {
    name: 'stale locks stand in our clone',
    begin: (world) =>
      damage(world, async (clone) => {
        const locks = ['config.lock', 'packed-refs.lock', 'shallow.lock', 'HEAD.lock', 'index.lock'];
        await mkdir(join(clone, 'refs/allclear/heads/postmortem'), { recursive: true });
        const refs = ['refs/allclear/made.lock', `refs/allclear/heads/${branch}.lock`, 'refs/allclear/heads/main.lock'];
        for (const name of [...locks, ...refs]) await writeFile(join(clone, name), '');
      }),
  },
  {
    name: 'our clone has lost its objects',
    begin: (world) => damage(world, (clone) => emptied(join(clone, 'objects'))),
  },
  {
    name: 'our clone is gone',
    begin: (world) => damage(world, (clone) => rm(clone, { recursive: true, force: true })),
  },
  {
    name: 'the disk takes nothing for a while',
    env: { TMPDIR: join(tmpdir(), `allclear-chaos-disk-${process.pid}`) },
    async begin(world) {
      await damage(world, (clone) => rm(join(clone, '..'), { recursive: true, force: true }));
      // A file where the folder should be: nothing can be made in it, not even by root.
      await rm(diskOf(this), { recursive: true, force: true });
      await writeFile(diskOf(this), '');
    },
    says: 'GitFailed',
    async end() {
      await rm(diskOf(this), { force: true });
      await mkdir(diskOf(this), { recursive: true });
    },
    finally: async () => rm(diskOf(troubles.at(-1)), { recursive: true, force: true }),
  },
];

const diskOf = (trouble: Pick<Trouble, 'env'> | undefined): string => trouble?.env?.['TMPDIR'] ?? '';

/** Pushes while our own push is on its way. */
async function rival(world: World, to: string, path: string): Promise<void> {
  const held = world.faults.rule({ act: 'hold', path: pushed, nth: 1 });
  void held.hit().then(async () => {
    await world.github.push(to, { [path]: words }, `Write ${path}`);
    held.release();
  });
}

async function keeps(world: World, { check }: Finding, on: string, path: string): Promise<void> {
  const text = await world.github.repository.read(on, path);
  check('I4', text === words, `${path} on ${on} is not as a colleague left it`);
}

/** Another install's record, byte for byte, and nothing beside it. */
async function untouched(world: World, { check }: Finding, on: string): Promise<void> {
  const { repository } = world.github;
  for (const [path, text] of Object.entries(theirs()))
    check('I4', (await repository.read(on, path)) === text, `${path} on ${on} is not as the other install left it`);
  const files = await repository.files(on, folder);
  check('I4', files.length === 2, `another’s folder holds ${files.join(', ')}`);
}

/** Named so by condition, Event and receipts. */
async function saidElsewhere(world: World, { taken: why = '', env }: Trouble, { check }: Finding): Promise<void> {
  const { status, metadata } = await world.incident();
  const own = metadata.uid.slice(0, 8);
  const { reason, message = '' } = conditionOf({ status }, 'RecordCommitted') ?? {};
  check('I10', reason === 'ChangedOutside' && message.includes(why), `the condition says ${reason}: ${message}`);
  check('I10', status?.record?.branch === `${branch}-${own}`, `the record’s branch is ${status?.record?.branch}`);
  check('I10', status?.record?.folder === `${folder}-${own}`, `the record’s folder is ${status?.record?.folder}`);
  const events = [...(await eventsOf(world, 'FolderTaken')), ...(await eventsOf(world, 'BranchTaken'))];
  // A process that dies before it has written the refusal down leaves its Event, and its successor meets it again.
  const right = events.length > 0 && events.length <= (env ? 2 : 1) && events.every((event) => event.includes(why));
  check('I10', right, `Events: ${events.join(' | ') || 'none'}`);
  await until('the receipt', async () =>
    (await lookOutside(world)).thread.some(({ text }) => text.includes(`pushed; ${why}`)),
  ).catch(() => check('I10', false, 'the receipts do not say why the record stands elsewhere'));
}

/** The controller's own clone, as it stands in its temporary folder. */
async function damage(world: World, act: (clone: string) => Promise<unknown>): Promise<void> {
  const { pid } = world.controller;
  const parents = [tmpdir(), ...troubles.map(diskOf).filter(Boolean)];
  const clone = await until('our clone', async () => {
    for (const parent of parents) {
      const names = await readdir(parent).catch(() => []);
      const name = names.find((one) => one.startsWith(`allclear-git-${pid}-`));
      if (name !== undefined) return join(parent, name, 'repository');
    }
    return undefined;
  });
  await act(clone);
}

async function emptied(place: string): Promise<void> {
  await rm(place, { recursive: true, force: true });
  await mkdir(place);
}

export const gitCases = (): readonly Case[] => [
  ...troubles.map((trouble) => ({
    name: `git: ${trouble.name}`,
    perturbation: 'P14',
    ...(trouble.env ? { env: trouble.env } : {}),
    play: (world: World) => play(world, trouble),
  })),
  mergedWhileOpen(false),
  mergedWhileOpen(true),
  // The first push, the look that finds another ending in the base branch, the push for the second request.
  mergedWhileOpen(true, 'accepted:record:2'),
  mergedWhileOpen(true, 'accepted:record:3'),
  mergedWhileOpen(false, 'accepted:review/2:1'),
];

async function play(world: World, trouble: Trouble): Promise<Finding['all']> {
  const found = finding();
  if (diskOf(trouble)) await mkdir(diskOf(trouble), { recursive: true });
  await begin(world, found);
  await trouble.begin(world);
  const story = goOn(world);
  story.catch(() => {});
  if (trouble.says !== undefined) {
    const word = await world.sees(
      'the word on it',
      (i) => i.spec.state === 'Resolved' && conditionOf(i, 'RecordCommitted')?.reason === trouble.says,
    );
    found.check('I3', conditionOf(word, 'Ready')?.status === 'True', 'an incident without its record is not Ready');
    found.check('I3', (await lookOutside(world)).issues[0]?.state === 'closed', 'the record held up the issue');
    found.check(
      'I3',
      conditionOf(word, 'Stalled')?.status === (trouble.needsPerson ? 'True' : 'False'),
      `Stalled is ${conditionOf(word, 'Stalled')?.status}`,
    );
    await trouble.end?.(world);
  }
  await until('the pull request', async () => (await world.github.pulls()).length > 0, 90_000);
  await story.catch(() => undefined);
  await settled(world);
  if (trouble.taken !== undefined) await saidElsewhere(world, trouble, found);
  const { record } = (await world.incident()).status ?? {};
  const commits = await commitsOf(world.github.repository, record?.branch ?? branch);
  const ours = commits.filter(({ author }) => author.includes('allclear@example.com'));
  found.check(
    'I2',
    ours.length === 2,
    `${ours.length} commits of ours: ${ours.map(({ message }) => message).join('; ')}`,
  );
  await acceptRecord(world);
  // What was refused, or only a person can mend, has a line of its own, which stays.
  const receipts = wholeStory.receipts + (trouble.taken !== undefined || trouble.needsPerson ? 1 : 0);
  await expectCounts(world, { ...wholeStory, receipts }, found);
  await trouble.finally?.(world, found);
  await expectPeace(world, found);
  return found.all;
}

/** What was merged tells of the first ending: a second request brings the last one, and only that accepts. */
const mergedWhileOpen = (deleteBranch: boolean, crash?: string): Case => ({
  name: `git: merged while it was open again${deleteBranch ? ', and its branch deleted' : ''}${crash ? `, crash ${crash}` : ''}`,
  perturbation: 'P14',
  ...(crash ? { env: { ALLCLEAR_TEST_CRASH: crash } } : {}),
  async play(world) {
    const found = finding();
    const { check } = found;
    const { github } = world;
    const change = { id: 'reopen', source: 'Kubectl', by: 'ana@example.com', reason: 'It is back.' } as const;
    await begin(world, found);
    await goOn(world);
    await settled(world);
    await world.edit({ state: 'Investigating', resolution: null, change });
    await world.sees('the reopening', ({ status }) => status?.applied?.state === 'Investigating');
    const [pull] = await github.pulls();
    await github.mergePull(pull?.number ?? 0, { deleteBranch });
    const tip = await github.repository.resolve(`refs/heads/${branch}`);
    await world.edit({ state: 'Resolved', resolution: { summary: 'It was the database.' } });
    await world.sees('the second request', ({ status }) => status?.effects?.['review/2']?.state === 'Done');
    await settled(world);
    const { status } = await world.incident();
    check('I10', status?.record?.mergedAt === undefined, 'accepted without the last ending');
    check('I10', (await github.repository.resolve(`refs/heads/${branch}`)) === tip, 'the merged branch was written to');
    const record = (): Promise<string | undefined> => github.repository.read('main', `${folder}/record.json`);
    check('I3', !(await record())?.includes('It was the database.'), 'the last ending is in the base branch by itself');
    const [, second] = await github.pulls();
    const ours = (await commitsOf(github.repository, second?.head ?? branch)).map(({ message }) => message);
    check('I2', ours.length === 2, `${ours.length} commits for the second request: ${ours.join('; ')}`);
    await github.mergePull(second?.number ?? 0, { deleteBranch });
    await world.sees('the acceptance', (i) => i.status?.record?.mergedAt !== undefined);
    check(
      'I3',
      (await record())?.includes('It was the database.') === true,
      'the last ending is not in the base branch',
    );
    // The reopening and the second all clear are told, too: a notice and a receipt each.
    const more = { notices: 6, receipts: 8, pulls: 2 };
    await expectCounts(world, { ...wholeStory, ...more }, found);
    await expectPeace(world, found);
    return found.all;
  },
});
