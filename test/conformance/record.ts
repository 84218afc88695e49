import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { blobSha } from '../../controller/capabilities/record.ts';
import { type Desired } from '../../controller/capabilities/capabilities.ts';
import type { Identity, Port } from '../../controller/runtime/effect.ts';
import { Rejected } from '../../controller/runtime/outcome.ts';
import { aCall, aLook, failureOf, mayNotGo, owner } from './calls.ts';

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
  /** A person merges the branch while our next push is on its way. */
  mergedMeanwhile(branch: string): void;
  /** The next push is carried out and its answer lost. */
  loseAnswer(): void;
  /** Pushes to this branch are refused, as a protected branch does. */
  protect(branch: string): Promise<void>;
  /** Leaves the working copy as a process that was killed in the middle would. */
  killedInTheMiddle(): Promise<void>;
  /** Breaks the working copy. */
  corrupt(): Promise<void>;
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

interface Written {
  readonly owner?: Identity;
  readonly ending?: string;
  /** Absent: as versions wrote it that named no ending, no draft and no install. */
  readonly draft?: string | undefined;
  /** The update that told of the all clear. */
  readonly closing?: string;
}

/** As much of record.json as says whose it is, and what of. */
function recordJson({ owner: { uid, namespace, name, install } = owner, ending = 'one', draft, closing }: Written) {
  const own = {
    'allclear.dev/identity': JSON.stringify({ install, namespace, name, uid }),
    'allclear.dev/ending': ending,
    'allclear.dev/draft': blobSha(draft ?? ''),
  };
  const annotations = { 'allclear.dev/record': 'true', ...(draft === undefined ? {} : own) };
  const incident = { kind: 'Incident', metadata: { name, namespace, uid, annotations } };
  const spec = { type: 'State', to: 'Resolved' };
  const update = { kind: 'IncidentUpdate', metadata: { name: closing ?? `closed-${ending}` }, spec };
  return `${JSON.stringify({ kind: 'List', items: [incident, update] }, undefined, 2)}\n`;
}

function aRecord(files: Files = {}, draft = '# Post-mortem\n', { ending = 'one' }: Written = {}): Desired['record'] {
  return {
    branch,
    folder,
    ending,
    commits: [
      {
        message: 'Record INC-00447',
        files: { [json]: recordJson({ ending, draft }), [timeline]: '# Timeline\n', ...files },
      },
      { message: 'Draft the post-mortem\n\nDrafted-by: template', files: { [postmortem]: draft }, once: true },
    ],
  };
}

/** The same incident, reopened and closed again; the base branch is known to hold the first ending. */
const secondEnding = (merged?: string): Desired['record'] => ({
  ...aRecord({}, '# Second draft\n', { ending: 'two' }),
  ...(merged === undefined ? {} : { merged, branch: `${branch}-2` }),
});

const numbered = (n: number): Desired['record'] => ({
  branch: `postmortem/inc-${n}`,
  folder: `incidents/2026/INC-${n}`,
  ending: 'one',
  commits: [{ message: `Record ${n}`, files: { [`incidents/2026/INC-${n}/record.json`]: recordJson({}) } }],
});

/** What a person merged of a version that named no ending. */
const older = (closing: string): Files => ({ [json]: recordJson({ closing }), [postmortem]: '# By hand\n' });
const stranger: Identity = { install: 'production', namespace: 'ops', name: 'checkout', uid: 'a-uid-of-another' };
const facts = { ending: 'one' };

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
      expect(landed.facts).toEqual(facts);
      expect(await world.port.observe?.(aLook(aRecord()))).toEqual([{ ref: landed.ref, same: true, facts }]);
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
        ending: 'one',
        commits: [
          { message: 'One', files: { [json]: recordJson({}), [timeline]: 'one\n' } },
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
      expect(await world.port.create(aCall(aRecord()))).toMatchObject({ facts: { merged: 'one' } });
      await world.merge(branch, { deleteBranch: true });
      expect(await world.port.create(aCall(aRecord()))).toMatchObject({ ref: { branch }, facts: { merged: 'one' } });
      expect(await world.port.observe?.(aLook(aRecord()))).toMatchObject([{ same: true, facts: { merged: 'one' } }]);
      expect(await world.tip(branch)).toBeUndefined();
    });

    it('does not bring a merged branch back to undo what people changed in review', async () => {
      await world.port.create(aCall(aRecord()));
      await world.commit(branch, { [timeline]: '# Timeline, corrected\n' }, 'Correct');
      await world.merge(branch, { deleteBranch: true });
      expect(await world.port.create(aCall(aRecord()))).toMatchObject({ facts: { merged: 'one' } });
      expect(await world.tip(branch)).toBeUndefined();
      expect(await world.read(world.base, timeline)).toBe('# Timeline, corrected\n');
    });

    it('rewrites a draft that nobody has edited, whatever was pushed and not known to be', async () => {
      const { ref } = await world.port.create(aCall(aRecord()));
      await world.port.update?.(aCall(aRecord({}, '# Second draft\n')), ref);
      expect(await world.read(branch, postmortem)).toBe('# Second draft\n');
      // The answer to that never came, and what is recorded is the first.
      await world.port.update?.(aCall(aRecord({}, '# Third draft\n')), ref);
      expect(await world.read(branch, postmortem)).toBe('# Third draft\n');
      await world.commit(branch, { [postmortem]: '# Third draft\n\n' }, 'Add a line');
      await world.port.update?.(aCall(aRecord({}, '# Fourth draft\n')), ref);
      expect(await world.read(branch, postmortem)).toBe('# Third draft\n\n');
    });

    it('leaves the draft of a version that did not say what it had written', async () => {
      await world.commit(branch, { [json]: recordJson({}), [postmortem]: '# Post-mortem\n' }, 'An older version');
      await world.port.create(aCall(aRecord({}, '# Second draft\n')));
      expect(await world.read(branch, postmortem)).toBe('# Post-mortem\n');
      expect(await world.read(branch, timeline)).toBe('# Timeline\n');
    });

    it.each([false, true])(
      'says that another ending is merged before it writes, then brings the last one (branch deleted: %s)',
      async (deleteBranch) => {
        const { ref } = await world.port.create(aCall(aRecord()));
        await world.merge(branch, { deleteBranch });
        const before = await world.tip(branch);
        const told = await world.port.update?.(aCall(secondEnding(), { go: mayNotGo }), ref);
        expect(told).toEqual({ ref, facts: { merged: 'one' } });
        expect(await world.port.observe?.(aLook(secondEnding(), { ref }))).toMatchObject([{ ref, same: false }]);
        const landed = await world.port.update?.(aCall(secondEnding('one')), ref);
        expect(landed).toMatchObject({ ref: { branch: `${branch}-2` }, facts: { ending: 'two', merged: 'one' } });
        expect(await world.tip(branch)).toBe(before);
        expect(await world.read(`${branch}-2`, postmortem)).toBe('# Second draft\n');
        await world.merge(`${branch}-2`, { deleteBranch });
        expect(await world.port.update?.(aCall(secondEnding('one'), { go: mayNotGo }), ref)).toMatchObject({
          facts: { ending: 'two', merged: 'two' },
        });
      },
    );

    it('does not claim an ending that was pushed a moment after the merge', async () => {
      const { ref } = await world.port.create(aCall(aRecord()));
      world.mergedMeanwhile(branch);
      expect((await world.port.update?.(aCall(secondEnding()), ref))?.facts).toEqual({ merged: 'one' });
    });

    it('keeps what people made of a merged post-mortem when another ending follows', async () => {
      const { ref } = await world.port.create(aCall(aRecord()));
      await world.commit(branch, { [postmortem]: '# By hand\n' }, 'Say why');
      await world.merge(branch, { deleteBranch: true });
      await world.port.update?.(aCall(secondEnding('one')), ref);
      expect(await world.read(`${branch}-2`, postmortem)).toBe('# By hand\n');
    });

    it('knows what an older version merged by the act that closed the incident', async () => {
      await world.commit(world.base, older('closed-one'), 'Merge by hand');
      expect(await world.port.create(aCall(aRecord()))).toMatchObject({ facts: { ending: 'one', merged: 'one' } });
      await world.commit(world.base, older('closed-before'), 'Merge by hand');
      const { facts: found } = await world.port.create(aCall(aRecord(), { go: mayNotGo }));
      expect(found).toEqual({ merged: expect.stringContaining('closed-before') });
    });

    it.each([
      [
        'the record of another incident',
        { [json]: recordJson({ owner: stranger, draft: '' }) },
        'production/ops/check',
      ],
      ['the record of an older version', { [json]: recordJson({ owner: stranger }) }, 'ops/checkout'],
      ['somebody’s post-mortem alone', { [postmortem]: '# Of 2019\n' }, 'without a record.json'],
      ['a record.json of somebody else', { [json]: '{"id": 447}\n' }, 'without a record.json'],
    ])('writes nothing where %s stands, and says whose it is', async (_what, files, whose) => {
      await world.commit(world.base, files, 'Before us');
      const failure = await failureOf(world.port.create(aCall(aRecord(), { go: mayNotGo })));
      expect(failure).toMatchObject({ name: 'Rejected', reason: 'FolderTaken', terminal: true });
      expect(String(failure)).toContain(whose);
      expect(await world.port.observe?.(aLook(aRecord()))).toEqual([]);
      expect(await world.tip(branch)).toBeUndefined();
    });

    it.each([
      ['another incident’s record', { [json]: recordJson({ owner: stranger, draft: '' }) }, 'production/ops/checkout'],
      ['files without a record', { [postmortem]: '# Mine\n' }, 'without a record.json'],
      ['nothing of a record', { 'notes.md': 'mine\n' }, 'without a record'],
    ])('pushes nothing to a branch that holds %s', async (_what, files, whose) => {
      await world.commit(branch, files, 'Before us');
      const before = await world.tip(branch);
      const failure = await failureOf(world.port.create(aCall(aRecord(), { go: mayNotGo })));
      expect(failure).toMatchObject({ name: 'Rejected', reason: 'BranchTaken', terminal: true });
      expect(String(failure)).toContain(whose);
      expect(await world.port.observe?.(aLook(aRecord()))).toEqual([]);
      expect(await world.tip(branch)).toBe(before);
    });

    it('says of a record that stands there that its place was taken', async () => {
      const { ref } = await world.port.create(aCall(aRecord()));
      await world.commit(world.base, { [json]: recordJson({ owner: stranger, draft: '' }) }, 'Another’s');
      const drift = { reason: 'FolderTaken', message: expect.stringContaining('production/ops/checkout') };
      const changed = aRecord({ [timeline]: 'new\n' });
      expect(await world.port.update?.(aCall(changed, { go: mayNotGo }), ref)).toEqual({ ref, drift });
      expect(await world.port.observe?.(aLook(changed, { ref }))).toEqual([{ ref, same: false, drift }]);
    });

    it('says why it stands elsewhere', async () => {
      const elsewhere = { ...aRecord(), taken: 'that folder is theirs' };
      const ref = { taken: 'that folder is theirs' };
      const drift = { reason: 'ChangedOutside', message: expect.stringMatching(/^that folder is theirs; .*INC-00447/) };
      expect(await world.port.create(aCall(elsewhere))).toMatchObject({ ref, drift });
      expect(await world.port.observe?.(aLook(elsewhere))).toMatchObject([{ ref, same: true, drift }]);
    });

    it('takes what the same incident has written for its own, whoever wrote it', async () => {
      const restored: Identity = { ...owner, install: 'of-the-backup', namespace: 'elsewhere' };
      await world.port.create(aCall(aRecord(), { owner: restored }));
      const changed = aRecord({ [timeline]: 'new\n' });
      expect(await world.port.create(aCall(changed))).toMatchObject({ ref: { branch } });
      expect(await world.read(branch, timeline)).toBe('new\n');
    });

    it('goes on where a killed process left off', async () => {
      await world.port.create(aCall(aRecord()));
      await world.killedInTheMiddle();
      await world.port.create(aCall(aRecord({ [timeline]: 'new\n' })));
      expect(await world.read(branch, timeline)).toBe('new\n');
    });

    it('goes on when its working copy is broken', async () => {
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
      await world.port.create(aCall(aRecord()));
      await world.commit(branch, { [timeline]: null, [path]: 'by hand\n' }, 'In the way');
      const record = aRecord({ [`${folder}/evidence/a.txt`]: 'a' });
      expect(await failureOf(world.port.create(aCall(record)))).toMatchObject({ reason: 'PathTaken', terminal: true });
      expect(await world.read(branch, path)).toBe('by hand\n');
    });

    it('says when a branch may not be pushed to', async () => {
      await world.protect(branch);
      const failure = await failureOf(world.port.create(aCall(aRecord())));
      expect(failure).toMatchObject({
        name: 'Rejected',
        reason: 'PushRefused',
        message: expect.stringMatching(/refused the push to \S+: (?!.*error:)\S/),
      });
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
