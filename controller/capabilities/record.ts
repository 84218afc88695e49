import { createHash } from 'node:crypto';
import { withName, type Capability } from './capability.ts';

export interface RecordFiles {
  readonly branch: string;
  /** The folder that the record owns; every path in `commits` lies under it. Its record.json says whose it is. */
  readonly folder: string;
  /** Names the ending that these files tell of; stands in record.json, too. Once the base branch holds it, nothing is written. */
  readonly ending: string;
  /** The ending that the base branch holds, as far as is known. While it holds another one, nothing is written, and the facts say so. */
  readonly merged?: string;
  /** Why it is not where it would be by its number, in words. */
  readonly taken?: string;
  /** In order; a commit whose files are all as they should be already is not made. */
  readonly commits: readonly {
    readonly message: string;
    /** Path from the repository's root → content, UTF-8. */
    readonly files: Readonly<Record<string, string>>;
    /** Written if absent, and again while nobody has edited it: afterwards it is people's. */
    readonly once?: boolean;
  }[];
}

/**
 * One branch and one folder of an incident. `taken` is as desired. Facts: {ending: what the branch holds, merged: the ending
 * that the base branch holds}.
 */
export const record: Capability<RecordFiles, 'branch' | 'commit' | 'base' | 'folder' | 'taken'> = {
  plural: 'records in Git',
  ref: ['branch', 'commit', 'base', 'folder', 'taken'],
  told: 'last',
  words: ({ ref }) => ({
    thing: withName('Record', ref?.['branch']),
    done: 'pushed',
    ...(ref?.['taken'] === undefined ? {} : { aside: ref['taken'] }),
  }),
  brief: ({ folder, branch }) => `${folder} on branch ${branch}`,
  pretend: ({ branch, folder }, _, unknown) => ({ ref: { branch, folder, commit: unknown, base: unknown } }),
};

/** The name that git gives to a file's content. */
export function blobSha(content: string): string {
  const bytes = Buffer.from(content, 'utf8');
  return createHash('sha1').update(`blob ${bytes.length}\0`).update(bytes).digest('hex');
}
