import { seconds } from '../../runtime/clock.ts';
import type { Call, Landed, Look, Port, Seen } from '../../runtime/effect.ts';
import { phrase, Rejected } from '../../runtime/outcome.ts';
import type { RecordFiles } from '../capabilities.ts';
import type { VendorContext } from '../vendor.ts';
import { type Author, type Repository, Unsure } from './repository.ts';
import { checkNames, checkRoom, complete, missing, type Tree } from './tree.ts';

/** How often the record is put on top of what others pushed meanwhile. */
const tries = 5;

interface State {
  readonly base: string;
  readonly baseTree: Tree;
  /** Undefined: the branch is not there. */
  readonly branch: string | undefined;
  readonly branchTree: Tree | undefined;
}

/**
 * One branch and one folder of an incident. Pushed on top of what is there, never by force: people's commits stay.
 * A repeat changes nothing, since what is there is compared first; so no intent is needed.
 */
export function recordPort(
  repository: Repository,
  options: { readonly base: string; readonly author: Author; readonly log: VendorContext['log'] },
): Port<RecordFiles> {
  const { base } = options;

  const look = async (record: RecordFiles, signal: AbortSignal): Promise<State> => {
    const tips = await repository.tips([base, record.branch], signal);
    const onto = tips.get(base);
    if (onto === undefined) {
      const message = `${repository.address.page} has no branch ${base}: give it a first commit, or name another`;
      throw new Rejected('BranchNotFound', message, { terminal: true });
    }
    await repository.fetch(tips, signal);
    const branch = tips.get(record.branch);
    return {
      base: onto,
      baseTree: await repository.tree(onto, record.folder, signal),
      branch,
      branchTree: branch === undefined ? undefined : await repository.tree(branch, record.folder, signal),
    };
  };

  const landed = (record: RecordFiles, commit: string, merged = false): Landed => ({
    ref: { branch: record.branch, commit, base, folder: record.folder },
    ...(merged ? { facts: { merged: 'true' } } : {}),
  });

  const write = async (call: Call<RecordFiles>): Promise<Landed> => {
    const record = call.desired;
    for (let attempt = 1; attempt <= tries; attempt += 1) {
      const state = await look(record, call.signal);
      if (isMerged(record, state)) return landed(record, state.branch ?? state.base, true);
      const tree = state.branchTree ?? state.baseTree;
      const onto = state.branch ?? state.base;
      const changes = missing(record.commits, tree);
      if (changes.length === 0 && state.branch !== undefined) return landed(record, state.branch);
      checkRoom(record, tree);
      const commit = await repository.commit(onto, changes, options.author, call.since, call.signal);
      call.go();
      if (await repository.push(commit, record.branch, state.branch, call.signal)) return landed(record, commit);
      options.log('git.rebase', { branch: record.branch, attempt });
    }
    const message = `others kept pushing to ${record.branch}: ${tries} tries were overtaken`;
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

  const put = (call: Call<RecordFiles>): Promise<Landed> => {
    checkNames(call.desired, base);
    return mending(call.signal, () => write(call));
  };

  return {
    recover: 'resend',
    create: async (call) => put(call),
    update: async (call) => put(call),

    async observe(looking: Look<RecordFiles>): Promise<readonly Seen[]> {
      const record = looking.desired;
      if (!record) {
        const branch = looking.ref?.['branch'] ?? looking.within['branch'];
        if (branch === undefined) return [];
        const tips = await mending(looking.signal, () => repository.tips([branch], looking.signal));
        const commit = tips.get(branch);
        return commit === undefined ? [] : [{ ref: { ...looking.ref, branch, commit, base }, same: false }];
      }
      checkNames(record, base);
      const state = await mending(looking.signal, () => look(record, looking.signal));
      if (isMerged(record, state)) return [{ ...landed(record, state.branch ?? state.base, true), same: true }];
      if (state.branch === undefined || !state.branchTree) return [];
      return [{ ...landed(record, state.branch), same: missing(record.commits, state.branchTree).length === 0 }];
    },

    link: (ref) => `${repository.address.page}/tree/${ref['branch']}/${ref['folder']}`,
  };
}

/**
 * The base branch holds the record. Once the branch is gone, what people changed in review before they merged
 * is part of it: only then does "every file is there" count as the same.
 */
function isMerged(record: RecordFiles, state: State): boolean {
  if (missing(record.commits, state.baseTree).length === 0) return true;
  return state.branch === undefined && complete(record.commits, state.baseTree);
}
