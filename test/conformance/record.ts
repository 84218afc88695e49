import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Desired } from '../../controller/integrations/capabilities.ts';
import type { Port } from '../../controller/runtime/effect.ts';
import { Rejected } from '../../controller/runtime/outcome.ts';
import { aCall, aLook, failureOf, mayNotGo } from './calls.ts';

type Files = Readonly<Record<string, string>>;
type Edits = Readonly<Record<string, string | null>>;

/** A port that keeps records, and the repository behind it. */
export interface RecordWorld {
  readonly port: Port<Desired['record']>;
  readonly base: string;
  /** A file on a branch, whole. */
  read(branch: string, path: string): Promise<string | undefined>;
  /** Commits of `branch` that the base branch does not have: messages, oldest first. */
  commits(branch: string): Promise<readonly string[]>;
  tip(branch: string): Promise<string | undefined>;
  /** Someone else commits; a null removes. */
  commit(branch: string, files: Edits, message: string): Promise<void>;
  /** The branch is merged by a person. */
  merge(branch: string, options: { readonly deleteBranch: boolean }): Promise<void>;
  /** Someone else pushes before each of our next `times` pushes looks at the branch, or while it is on its way. */
  rival(branch: string, step: 'asks' | 'sends', times: number): void;
  /** The next push is carried out and its answer lost. */
  loseAnswer(): void;
  /** Pushes to this branch are refused, as a protected branch does. */
  protect(branch: string): Promise<void>;
  /** Leaves the working copy as a process that was killed in the middle would. Undefined: there is none. */
  killedInTheMiddle?(): Promise<void>;
  /** Breaks the working copy. */
  corrupt?(): Promise<void>;
  /** The same port with credentials that are not good. */
  denied(): Port<Desired['record']>;
  /** The same port at an address where nobody listens. */
  unreachable(): Port<Desired['record']>;
  close(): Promise<void>;
}

const branch = 'postmortem/inc-00447';
const folder = 'incidents/2026/INC-00447';
const timeline = `${folder}/timeline.md`;
const json = `${folder}/record.json`;
const postmortem = `${folder}/postmortem.md`;

function aRecord(files: Files = {}, draft = '# Post-mortem\n'): Desired['record'] {
  return {
    branch,
    folder,
    commits: [
      { message: 'Record INC-00447', files: { [json]: '{"id": "INC-00447"}\n', [timeline]: '# Timeline\n', ...files } },
      { message: 'Draft the post-mortem\n\nDrafted-by: template', files: { [postmortem]: draft }, once: true },
    ],
  };
}

const numbered = (n: number): Desired['record'] => ({
  branch: `postmortem/inc-${n}`,
  folder: `incidents/2026/INC-${n}`,
  commits: [{ message: `Record ${n}`, files: { [`incidents/2026/INC-${n}/record.json`]: `${n}\n` } }],
});

/** What every port of the kind `record` does. */
export function recordConformance(name: string, setup: () => Promise<RecordWorld>): void {
  describe(`record: ${name}`, () => {
    let world: RecordWorld;
    beforeEach(async () => {
      world = await setup();
    });
    afterEach(() => world.close());

    it('makes the branch from the base, one commit each, in order', async () => {
      expect(await world.port.observe?.(aLook(aRecord()))).toEqual([]);
      let went = 0;
      const landed = await world.port.create(aCall(aRecord(), { go: () => void (went += 1) }));
      expect(went).toBe(1);
      expect(landed.ref).toEqual({ branch, base: world.base, folder, commit: await world.tip(branch) });
      expect(await world.commits(branch)).toEqual([
        'Record INC-00447',
        'Draft the post-mortem\n\nDrafted-by: template',
      ]);
      expect(await world.read(branch, timeline)).toBe('# Timeline\n');
      expect(await world.port.observe?.(aLook(aRecord()))).toEqual([{ ref: landed.ref, same: true }]);
    });

    it('keeps text as it is: no newline at the end, other alphabets, nothing at all', async () => {
      const odd = { [`${folder}/evidence/a.txt`]: 'ß → 日本\r\nno newline', [`${folder}/evidence/empty`]: '' };
      await world.port.create(aCall(aRecord(odd)));
      for (const [path, text] of Object.entries(odd)) expect(await world.read(branch, path)).toBe(text);
    });

    it('pushes nothing when run again', async () => {
      const first = await world.port.create(aCall(aRecord()));
      let went = 0;
      const second = await world.port.create(aCall(aRecord(), { go: () => void (went += 1) }));
      expect(second).toEqual(first);
      expect(went).toBe(0);
      expect(await world.commits(branch)).toHaveLength(2);
    });

    it('adds one commit for what changed, and only that', async () => {
      await world.port.create(aCall(aRecord()));
      const changed = aRecord({ [timeline]: '# Timeline\n\n- 10:02 one more\n' });
      expect(await world.port.observe?.(aLook(changed))).toMatchObject([{ same: false }]);
      const { ref } = await world.port.create(aCall(changed));
      expect(await world.commits(branch)).toHaveLength(3);
      expect(await world.read(branch, timeline)).toBe('# Timeline\n\n- 10:02 one more\n');
      expect(ref['commit']).toBe(await world.tip(branch));
      expect(await world.port.observe?.(aLook(changed))).toMatchObject([{ same: true }]);
    });

    it('has nothing to do again when a later commit rewrites what an earlier one wrote', async () => {
      const twice: Desired['record'] = {
        branch,
        folder,
        commits: [
          { message: 'One', files: { [timeline]: 'one\n' } },
          { message: 'Two', files: { [timeline]: 'two\n' } },
        ],
      };
      await world.port.create(aCall(twice));
      await world.port.create(aCall(twice));
      expect(await world.commits(branch)).toEqual(['One', 'Two']);
    });

    it('keeps what people wrote: files written once, files of their own, their commits', async () => {
      await world.port.create(aCall(aRecord()));
      await world.commit(branch, { [postmortem]: '# By hand\n', 'notes.md': 'mine\n' }, 'Say why');
      await world.port.create(aCall(aRecord({ [timeline]: 'new\n' }, '# Another draft\n')));
      expect(await world.read(branch, postmortem)).toBe('# By hand\n');
      expect(await world.read(branch, 'notes.md')).toBe('mine\n');
      expect(await world.commits(branch)).toContain('Say why');
    });

    it.each(['asks', 'sends'] as const)('comes on top of those who push in between (as it %s)', async (step) => {
      await world.port.create(aCall(aRecord()));
      world.rival(branch, step, 2);
      await world.port.create(aCall(aRecord({ [timeline]: 'new\n' })));
      const commits = await world.commits(branch);
      expect(commits.filter((message) => message.startsWith('Rival'))).toHaveLength(2);
      expect(commits.at(-1)).toBe('Record INC-00447');
      expect(await world.read(branch, timeline)).toBe('new\n');
    });

    it('gives up for a while when it is always overtaken, and destroys nothing', async () => {
      await world.port.create(aCall(aRecord()));
      world.rival(branch, 'sends', 50);
      const failure = await failureOf(world.port.create(aCall(aRecord({ [timeline]: 'new\n' }))));
      expect(failure).toMatchObject({ name: 'Rejected', reason: 'BranchBusy', terminal: false });
      expect(failure).toHaveProperty('retryAfter', expect.any(Number));
      expect(await world.read(branch, timeline)).toBe('# Timeline\n');
    });

    it('takes a push whose answer was lost for what it is', async () => {
      world.loseAnswer();
      const { ref } = await world.port.create(aCall(aRecord()));
      expect(ref['commit']).toBe(await world.tip(branch));
      expect(await world.commits(branch)).toHaveLength(2);
    });

    it('makes the same commits when it is sent twice for the same cause', async () => {
      const since = Date.UTC(2026, 2, 4, 10);
      const first = await world.port.create(aCall(aRecord(), { since }));
      expect(await world.port.create(aCall(aRecord(), { since }))).toEqual(first);
    });

    it('leaves a merged record alone, with or without its branch', async () => {
      await world.port.create(aCall(aRecord()));
      await world.merge(branch, { deleteBranch: false });
      expect(await world.port.create(aCall(aRecord()))).toMatchObject({ facts: { merged: 'true' } });
      await world.merge(branch, { deleteBranch: true });
      expect(await world.port.create(aCall(aRecord()))).toMatchObject({ ref: { branch }, facts: { merged: 'true' } });
      expect(await world.port.observe?.(aLook(aRecord()))).toMatchObject([{ same: true, facts: { merged: 'true' } }]);
      expect(await world.tip(branch)).toBeUndefined();
    });

    it('does not bring a merged branch back to undo what people changed in review', async () => {
      await world.port.create(aCall(aRecord()));
      await world.commit(branch, { [timeline]: '# Timeline, corrected\n' }, 'Correct');
      await world.merge(branch, { deleteBranch: true });
      expect(await world.port.create(aCall(aRecord()))).toMatchObject({ facts: { merged: 'true' } });
      expect(await world.tip(branch)).toBeUndefined();
      expect(await world.read(world.base, timeline)).toBe('# Timeline, corrected\n');
    });

    it('goes on where a killed process left off', async (test) => {
      if (!world.killedInTheMiddle) return test.skip('it keeps no working copy');
      await world.port.create(aCall(aRecord()));
      await world.killedInTheMiddle();
      await world.port.create(aCall(aRecord({ [timeline]: 'new\n' })));
      expect(await world.read(branch, timeline)).toBe('new\n');
    });

    it('goes on when its working copy is broken', async (test) => {
      if (!world.corrupt) return test.skip('it keeps no working copy');
      await world.port.create(aCall(aRecord()));
      await world.corrupt();
      await world.port.create(aCall(aRecord({ [timeline]: 'new\n' })));
      expect(await world.read(branch, timeline)).toBe('new\n');
    });

    it('writes several records at once', async () => {
      await Promise.all([1, 2, 3].map((n) => world.port.create(aCall(numbered(n), { key: `record-${n}` }))));
      for (const n of [1, 2, 3]) expect(await world.commits(`postmortem/inc-${n}`)).toEqual([`Record ${n}`]);
    });

    it.each([
      ['outside of its folder', `incidents/2026/INC-00448/a.md`],
      ['upwards', `${folder}/../../../a.md`],
      ['into git', `${folder}/.git/config`],
      ['into GIT', `${folder}/.GIT/config`],
      ['from the root', `/${folder}/a.md`],
      ['an option', `${folder}/-x`],
      ['a line break', `${folder}/a\nM 100644 inline b`],
      ['a quote', `${folder}/"a`],
    ])('refuses a path %s', async (_what, path) => {
      const failure = await failureOf(world.port.create(aCall(aRecord({ [path]: 'x' }))));
      expect(failure).toMatchObject({ name: 'Rejected', reason: 'PathRefused', terminal: true });
      expect(await world.tip(branch)).toBeUndefined();
    });

    it.each([['--upload-pack=x'], ['a..b'], ['refs@{0}'], ['a b'], ['x.lock'], ['/x'], ['']])(
      'refuses the branch name %j',
      async (bad) => {
        const failure = await failureOf(world.port.create(aCall({ ...aRecord(), branch: bad })));
        expect(failure).toMatchObject({ name: 'Rejected', reason: 'BranchRefused', terminal: true });
      },
    );

    it('never writes to the base branch itself', async () => {
      const before = await world.tip(world.base);
      await expect(world.port.create(aCall({ ...aRecord(), branch: world.base }))).rejects.toThrow(Rejected);
      expect(await world.tip(world.base)).toBe(before);
    });

    it('says what is in the way: a file where its folder should be', async () => {
      await world.commit(world.base, { incidents: 'a file\n' }, 'In the way');
      const failure = await failureOf(world.port.create(aCall(aRecord())));
      expect(failure).toMatchObject({ name: 'Rejected', reason: 'PathTaken', terminal: true });
    });

    it.each([
      ['a folder where a file should be', `${timeline}/x.md`],
      ['a file where a folder should be', `${folder}/evidence`],
    ])('says what is in the way on its branch: %s', async (_what, path) => {
      await world.commit(branch, { [path]: 'by hand\n' }, 'In the way');
      const record = aRecord({ [`${folder}/evidence/a.txt`]: 'a' });
      expect(await failureOf(world.port.create(aCall(record)))).toMatchObject({ reason: 'PathTaken', terminal: true });
      expect(await world.read(branch, path)).toBe('by hand\n');
    });

    it('says when a branch may not be pushed to', async () => {
      await world.protect(branch);
      const failure = await failureOf(world.port.create(aCall(aRecord())));
      expect(failure).toMatchObject({ name: 'Rejected', reason: 'PushRefused' });
    });

    it('says when its credentials are refused', async () => {
      const failure = await failureOf(world.denied().create(aCall(aRecord())));
      expect(failure).toMatchObject({ name: 'Rejected', reason: 'InvalidToken', terminal: true });
    });

    it('says when nobody is there', async () => {
      const failure = await failureOf(world.unreachable().create(aCall(aRecord())));
      expect(failure).toMatchObject({ name: 'Rejected', reason: 'Unreachable', terminal: false });
    });

    it('sends nothing when it may not go', async () => {
      await expect(world.port.create(aCall(aRecord(), { go: mayNotGo }))).rejects.toMatchObject({
        reason: 'NotLeading',
      });
      expect(await world.tip(branch)).toBeUndefined();
    });
  });
}
