import { Rejected } from '../../runtime/outcome.ts';
import { blobSha, type RecordFiles } from '../../capabilities/record.ts';

/** Path → object, of the files under a folder of one commit. */
export type Tree = ReadonlyMap<string, { readonly mode: string; readonly sha: string }>;

export interface Change {
  readonly message: string;
  readonly files: readonly (readonly [path: string, content: string])[];
}

/**
 * The commits that are missing on a tree, in order; none if it is as wanted. A file that a later commit rewrites
 * is left alone by the earlier one once it is in its last state, so that a second run has nothing to do.
 * @param draft the object of a file written once that nobody has edited since
 */
export function missing(commits: RecordFiles['commits'], tree: Tree, draft?: string): readonly Change[] {
  const last = new Map<string, string>();
  for (const commit of commits) {
    if (commit.once) continue;
    for (const [path, content] of Object.entries(commit.files)) last.set(path, blobSha(content));
  }
  const now = new Map([...tree].map(([path, file]) => [path, file.mode.startsWith('100') ? file.sha : 'no file']));
  const changes: Change[] = [];
  for (const { message, files, once } of commits) {
    const changed = Object.entries(files).filter(([path, content]) => {
      const is = now.get(path);
      if (once) return is === undefined || (is === draft && is !== blobSha(content));
      return is !== blobSha(content) && (is === undefined || is !== last.get(path));
    });
    for (const [path, content] of changed) now.set(path, blobSha(content));
    if (changed.length > 0) changes.push({ message, files: changed });
  }
  return changes;
}

const segment = /^[A-Za-z0-9_][\w.-]*$/;
const reserved = /(\.lock|\.)$|\.\./;

/**
 * Only plain paths under the record's folder, and a branch of its own. What git, a shell or a file system could read
 * as more (`..`, `.git`, a leading dash or dot, links) has no place in a name made of a number. Throws Rejected.
 */
export function checkNames(record: RecordFiles, base: string): void {
  if (!isPlain(record.branch) || record.branch === base) {
    throw new Rejected('BranchRefused', `the record cannot be written to a branch ${quoted(record.branch)}`, terminal);
  }
  if (!isPlain(record.folder)) throw pathRefused(record.folder);
  for (const { files } of record.commits) {
    for (const path of Object.keys(files)) {
      if (!isPlain(path) || !path.startsWith(`${record.folder}/`)) throw pathRefused(path);
    }
  }
}

/** A file where a folder is wanted, or a folder where a file is. Throws Rejected PathTaken. */
export function checkRoom(record: RecordFiles, tree: Tree): void {
  const wanted = new Set(record.commits.flatMap(({ files }) => Object.keys(files)));
  for (const path of wanted) {
    const parts = path.split('/');
    for (let depth = 1; depth < parts.length; depth += 1) {
      const above = parts.slice(0, depth).join('/');
      if (tree.has(above) || wanted.has(above)) throw taken(above);
    }
  }
  for (const path of tree.keys()) {
    const parts = path.split('/');
    for (let depth = 1; depth < parts.length; depth += 1) {
      const above = parts.slice(0, depth).join('/');
      if (wanted.has(above)) throw taken(above);
    }
  }
}

const terminal = { terminal: true } as const;
const isPlain = (path: string): boolean =>
  path.length <= 1_000 && path.split('/').every((part) => segment.test(part) && !reserved.test(part));
const quoted = (text: string): string => JSON.stringify(text.slice(0, 100));
const pathRefused = (path: string): Rejected =>
  new Rejected('PathRefused', `${quoted(path)} is no path for a record`, terminal);

export function taken(path: string): Rejected {
  return new Rejected('PathTaken', `${quoted(path)} is in the way of the record: remove or rename it`, terminal);
}
