import { seconds } from '../../runtime/clock.ts';
import { changedOutside, type Call, type Drift, type Identity, type Landed, type Look } from '../../runtime/effect.ts';
import type { Port, Ref, Seen } from '../../runtime/effect.ts';
import { phrase, Rejected } from '../../runtime/outcome.ts';
import { blobSha, type RecordFiles } from '../../capabilities/record.ts';
import type { VendorContext } from '../kit/vendor.ts';
import { foreign, type Label, labelOf } from './label.ts';
import { type Author, type Repository, Unsure } from './repository.ts';
import { checkNames, checkRoom, missing, type Tree } from './tree.ts';

/** How often the record is put on top of what others pushed meanwhile. */
const tries = 5;
/** Record.json files whose label is remembered. */
const mostLabels = 1_000;

/** One commit's folder of the record. */
interface Place {
  readonly commit: string;
  readonly tree: Tree;
  /** Of its record.json; undefined: it has none, or none that can be read. */
  readonly label: Label | undefined;
}

interface State {
  readonly base: Place;
  /** Undefined: the branch is not there. */
  readonly branch: Place | undefined;
  /** The ending that the base branch holds. */
  readonly merged: string | undefined;
  /** The branch or the folder is somebody else's: nothing of it is written or counted as ours. */
  readonly taken: Drift | undefined;
}

type Task = Pick<Call<RecordFiles>, 'desired' | 'owner' | 'signal'>;

/**
 * One branch and one folder of an incident. Whose they are is asked of the identity in record.json, never of their
 * names. Pushed on top of what is there, never by force: people's commits stay. A repeat changes nothing, since what
 * is there is compared first; so no intent is needed.
 */
export function recordPort(
  repository: Repository,
  options: { readonly base: string; readonly author: Author; readonly log: VendorContext['log'] },
): Port<RecordFiles> {
  const { base } = options;
  /** By git's hash of the file. */
  const labels = new Map<string, Label | undefined>();

  const label = async ({ desired, signal }: Task, tree: Tree): Promise<Label | undefined> => {
    const file = tree.get(recordFile(desired));
    if (!file?.mode.startsWith('100')) return undefined;
    if (!labels.has(file.sha)) {
      if (labels.size >= mostLabels) labels.clear();
      const own = recordText(desired);
      // What we would write need not be read.
      labels.set(file.sha, labelOf(blobSha(own) === file.sha ? own : await repository.blob(file.sha, signal)));
    }
    return labels.get(file.sha);
  };

  const place = async (task: Task, commit: string): Promise<Place> => {
    const tree = await repository.tree(commit, task.desired.folder, task.signal);
    return { commit, tree, label: await label(task, tree) };
  };

  const look = async (task: Task): Promise<State> => {
    const { desired: record, signal } = task;
    const tips = await repository.tips([base, record.branch], signal);
    const onto = tips.get(base);
    if (onto === undefined) {
      const message = `${repository.address.page} has no branch ${base}: give it a first commit, or name another`;
      throw new Rejected('BranchNotFound', message, { terminal: true });
    }
    await repository.fetch(tips, signal);
    const tip = tips.get(record.branch);
    const at = await place(task, onto);
    const branch = tip === undefined ? undefined : await place(task, tip);
    return { base: at, branch, merged: mergedEnding(record, at), taken: takenBy(record, at, branch, task.owner) };
  };

  const takenBy = (
    { folder, branch: name }: RecordFiles,
    at: Place,
    branch: Place | undefined,
    owner: Identity,
  ): Drift | undefined => {
    const inBase = at.tree.size === 0 ? undefined : foreign(at.label, owner);
    if (inBase !== undefined) return { reason: 'FolderTaken', message: `${folder} on ${base} ${inBase}` };
    if (!branch) return undefined;
    const onBranch = branch.tree.size === 0 ? 'is there already, without a record' : foreign(branch.label, owner);
    return onBranch === undefined ? undefined : { reason: 'BranchTaken', message: `the branch ${name} ${onBranch}` };
  };

  const refAt = ({ branch, folder, taken }: RecordFiles, commit: string): Ref => ({
    branch,
    commit,
    base,
    folder,
    ...(taken === undefined ? {} : { taken }),
  });

  const write = async (call: Call<RecordFiles>, ref: Ref | undefined): Promise<Landed> => {
    const { desired: record, signal } = call;
    for (let attempt = 1; attempt <= tries; attempt += 1) {
      const state = await look(call);
      const { branch, taken } = state;
      if (taken && !ref) throw new Rejected(taken.reason, taken.message, { terminal: true });
      if (taken && ref) return { ref, drift: taken };
      const from = branch ?? state.base;
      if (isOver(record, state))
        return landed(record, ref ?? refAt(record, from.commit), state, state.merged === record.ending);
      const changes = missing(record.commits, from.tree, from.label?.draft);
      if (changes.length === 0 && branch) return landed(record, refAt(record, branch.commit), state, true);
      checkRoom(record, from.tree);
      const commit = await repository.commit(from.commit, changes, options.author, call.since, signal);
      call.go();
      if (await repository.push(commit, record.branch, branch?.commit, signal)) {
        // Merged between the look and the push: what was merged does not hold what was pushed.
        const after = await repository.tips([base], signal);
        if (after.get(base) === state.base.commit) return landed(record, refAt(record, commit), state, true);
      } else options.log('git.rebase', { branch: record.branch, attempt });
    }
    const message = `others kept pushing to ${record.branch} or ${base}: ${tries} tries were overtaken`;
    throw new Rejected('BranchBusy', message, { retryAfter: seconds(30) });
  };

  /** Whatever is wrong with the clone (a stale lock, a broken object, a killed git) is mended by a new one. */
  const mending = async <T>(signal: AbortSignal, task: () => Promise<T>): Promise<T> =>
    repository.workspace.exclusive(async () => {
      try {
        return await task();
      } catch (error) {
        if (error instanceof Rejected || signal.aborted) throw error;
        options.log('git.reclone', { error: phrase(error) });
        await repository.wipe();
        try {
          return await task();
        } catch (again) {
          if (error instanceof Unsure) throw error;
          if (again instanceof Rejected || again instanceof Unsure || signal.aborted) throw again;
          // No push was tried: it is here that nothing works, as on a full disk.
          throw new Rejected('GitFailed', `git failed in a new clone, too: ${phrase(again)}`, { cause: again });
        }
      }
    });

  const put = (call: Call<RecordFiles>, ref?: Ref): Promise<Landed> => {
    checkNames(call.desired, base);
    return mending(call.signal, () => write(call, ref));
  };

  return {
    recover: 'resend',
    create: async (call) => put(call),
    update: async (call, ref) => put(call, ref),

    async observe(looking: Look<RecordFiles>): Promise<readonly Seen[]> {
      const { desired: record, ref } = looking;
      if (!record) {
        const branch = ref?.['branch'];
        if (branch === undefined) return [];
        const tips = await mending(looking.signal, () => repository.tips([branch], looking.signal));
        const commit = tips.get(branch);
        return commit === undefined ? [] : [{ ref: { ...ref, branch, commit, base }, same: false }];
      }
      checkNames(record, base);
      const task = { ...looking, desired: record };
      const state = await mending(looking.signal, () => look(task));
      const { branch, taken } = state;
      if (taken) return ref ? [{ ref, same: false, drift: taken }] : [];
      if (isOver(record, state)) {
        const holds = state.merged === record.ending;
        const commit = (branch ?? state.base).commit;
        return [{ ...landed(record, ref ?? refAt(record, commit), state, holds), same: holds }];
      }
      // What is recorded stands on another branch, and this one is to be made.
      if (ref && ref['branch'] !== record.branch) return [{ ref, same: false }];
      if (!branch) return [];
      const same = missing(record.commits, branch.tree, branch.label?.draft).length === 0;
      return [{ ...landed(record, refAt(record, branch.commit), state, same), same }];
    },

    link: (ref) => `${repository.address.page}/tree/${ref['branch']}/${ref['folder']}`,
  };
}

/** With the word on why it stands elsewhere, for as long as it does. */
function landed({ ending, taken }: RecordFiles, ref: Ref, { merged }: State, holds: boolean): Landed {
  const facts = { ...(holds ? { ending } : {}), ...(merged === undefined ? {} : { merged }) };
  if (taken === undefined) return { ref, facts };
  const message = `${taken}; so this record stands in ${ref['folder']} on ${ref['branch']}.`;
  return { ref, facts, drift: { reason: changedOutside, message } };
}

/** The base branch holds this ending, whatever people made of it in review; or another one than was known: decide anew. */
const isOver = (record: RecordFiles, { merged }: State): boolean =>
  merged !== undefined && (merged === record.ending || merged !== record.merged);

/** Which ending the record in the base branch tells of. */
function mergedEnding(record: RecordFiles, { tree, label }: Place): string | undefined {
  if (tree.size === 0 || !label) return undefined;
  if (label.ending !== undefined) return label.ending;
  // Written by an older version: it holds this ending if it was closed by the same act.
  return label.closing === labelOf(recordText(record))?.closing
    ? record.ending
    : `closed by ${label.closing ?? 'nobody known'}`;
}

const recordFile = ({ folder }: RecordFiles): string => `${folder}/record.json`;
const recordText = (record: RecordFiles): string =>
  record.commits.map(({ files }) => files[recordFile(record)]).find((text) => text !== undefined) ?? '';
