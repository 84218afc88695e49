import { mkdir, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { lookOutside } from '../../world/outside.ts';
import { until } from '../../world/until.ts';
import { conditionOf, type World } from '../../world/world.ts';
import type { Case } from '../cases.ts';
import { begin, expectCounts, expectPeace, finding, settled, wholeStory, type Finding } from '../expect.ts';
import { acceptRecord, goOn } from '../story.ts';

const branch = 'postmortem/inc-00001';
const pushed = /git-receive-pack$/;

/** Something of Git is in the way of the record; once it is not, the record stands there once. */
interface Trouble {
  readonly name: string;
  readonly env?: Readonly<Record<string, string>>;
  /** Before the incident is resolved. */
  begin(world: World): Promise<unknown>;
  /** The condition of the record while it lasts; absent: it is overcome at once. */
  readonly says?: string;
  /** The receipts say so in a line of its own. */
  readonly needsPerson?: true;
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
    finally: (world, found) => keeps(world, found, branch, 'notes.md'),
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
    await world.github.push(to, { [path]: 'Somebody else’s words.\n' }, `Write ${path}`);
    held.release();
  });
}

async function keeps(world: World, { check }: Finding, on: string, path: string): Promise<void> {
  const text = await world.github.repository.read(on, path);
  check('I4', text === 'Somebody else’s words.\n', `${path} on ${on} is not as a colleague left it`);
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

async function emptied(folder: string): Promise<void> {
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder);
}

export const gitCases: readonly Case[] = troubles.map((trouble) => ({
  name: `git: ${trouble.name}`,
  perturbation: 'P14',
  ...(trouble.env ? { env: trouble.env } : {}),
  play: (world) => play(world, trouble),
}));

async function play(world: World, trouble: Trouble): Promise<Finding['all']> {
  const found = finding();
  if (trouble.env) await mkdir(diskOf(trouble), { recursive: true });
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
    await trouble.end?.(world);
  }
  // A refused push is tried again after a minute.
  await until('the pull request', async () => (await world.github.pulls()).length > 0, 90_000);
  await story.catch(() => undefined);
  await settled(world);
  const { commits } = await lookOutside(world);
  const ours = commits.filter(({ author }) => author.includes('allclear@example.com'));
  found.check(
    'I2',
    ours.length === 2,
    `${ours.length} commits of ours: ${ours.map(({ message }) => message).join('; ')}`,
  );
  await acceptRecord(world);
  // What only a person can mend has a line of its own, which stays.
  const receipts = wholeStory.receipts + (trouble.needsPerson ? 1 : 0);
  await expectCounts(world, { ...wholeStory, receipts }, found);
  await trouble.finally?.(world, found);
  await expectPeace(world, found);
  return found.all;
}
