import { seconds, type Instant } from '../../runtime/clock.ts';
import { phrase, Rejected } from '../../runtime/outcome.ts';
import type { Secrets } from '../kit/vendor.ts';
import type { Address } from './address.ts';
import { diagnose } from './remote.ts';
import { type Change, type Tree, taken } from './tree.ts';
import { Workspace } from './workspace.ts';

export interface Author {
  readonly name: string;
  readonly email: string;
}

/** A push of which nobody knows whether it landed. */
export class Unsure extends Error {
  override readonly name = 'Unsure';
}

/** Branch name → commit; a branch that is not there is absent. */
export type Tips = ReadonlyMap<string, string>;

/** A repository elsewhere, spoken to through a bare, shallow clone without file contents: it costs little, however big it is. */
export class Repository {
  readonly address: Address;
  readonly workspace: Workspace;
  private readonly secrets: Secrets;
  /** Commits that the clone has. */
  private readonly fetched = new Set<string>();

  constructor(address: Address, secrets: Secrets, parent?: string) {
    this.address = address;
    this.secrets = secrets;
    this.workspace = new Workspace(address, secrets, parent);
  }

  /** The remote's branches of these names. One round trip. Throws Rejected. */
  async tips(names: readonly string[], signal: AbortSignal): Promise<Tips> {
    const refs = names.map((name) => `refs/heads/${name}`);
    const out = await this.network(['ls-remote', '--heads', '--', 'origin', ...refs], 'git-upload-pack', signal);
    const found = out
      .split('\n')
      .map((line) => line.split('\t'))
      .filter(([sha, ref]) => sha !== undefined && ref !== undefined && refs.includes(ref))
      .map(([sha = '', ref = '']) => [ref.slice('refs/heads/'.length), sha] as const);
    return new Map(found);
  }

  /** Brings these commits here, by the names of their branches. Nothing to do when they are here. */
  async fetch(tips: Tips, signal: AbortSignal): Promise<void> {
    const missing = [...tips].filter(([, sha]) => !this.fetched.has(sha));
    if (missing.length === 0) return;
    const refs = missing.map(([name]) => `+refs/heads/${name}:refs/allclear/heads/${name}`);
    const options = ['--quiet', '--no-tags', '--no-write-fetch-head', '--depth=1', '--filter=blob:none'];
    await this.network(['fetch', ...options, '--', 'origin', ...refs], 'git-upload-pack', signal);
    for (const [name, sha] of missing) {
      const here = (await this.workspace.run(['rev-parse', `refs/allclear/heads/${name}`], { signal })).trim();
      // It moved between the two looks: the caller looks again.
      if (here !== sha) throw new Error(`${name} moved while it was fetched`);
      this.fetched.add(sha);
    }
  }

  /** All files under `folder`. Throws Rejected PathTaken when a file is where the folder, or one above it, should be. */
  async tree(commit: string, folder: string, signal: AbortSignal): Promise<Tree> {
    const files = await this.list(['ls-tree', '-r', '-z', commit, '--', `${folder}/`], signal);
    if (files.size > 0) return files;
    const parts = folder.split('/');
    for (let depth = 1; depth <= parts.length; depth += 1) {
      const path = parts.slice(0, depth).join('/');
      const [entry] = (await this.list(['ls-tree', '-z', commit, '--', path], signal)).values();
      if (!entry) break;
      if (entry.mode !== '040000') throw taken(path);
    }
    return files;
  }

  /** A file's content. The clone has none: the remote is asked. */
  blob(sha: string, signal: AbortSignal): Promise<string> {
    return this.network(['cat-file', 'blob', sha], 'git-upload-pack', signal);
  }

  /** Folders of a commit, at every depth. */
  async folders(commit: string, signal: AbortSignal): Promise<readonly string[]> {
    const out = await this.workspace.run(['ls-tree', '-r', '-d', '-z', '--name-only', commit], { signal });
    return out.split('\0').filter(Boolean);
  }

  /** Names of the remote's branches that begin so. One round trip. Throws Rejected. */
  async branches(prefix: string, signal: AbortSignal): Promise<readonly string[]> {
    const pattern = `refs/heads/${prefix}*`;
    const out = await this.network(['ls-remote', '--heads', '--', 'origin', pattern], 'git-upload-pack', signal);
    return out.split('\n').flatMap((line) => line.split('\trefs/heads/')[1] ?? []);
  }

  /**
   * Makes commits on top of `onto`, in the clone alone. The date is given, so the same commits on the same place
   * are the same objects, and a repeat is nothing new.
   */
  async commit(
    onto: string,
    changes: readonly Change[],
    author: Author,
    at: Instant,
    signal: AbortSignal,
  ): Promise<string> {
    const who = `${plain(author.name)} <${plain(author.email)}> ${Math.floor(at / 1_000)} +0000`;
    const stream = changes.flatMap(({ message, files }, index) => [
      'commit refs/allclear/made',
      `mark :${index + 1}`,
      `author ${who}`,
      `committer ${who}`,
      data(`${message.replaceAll('\0', '').trimEnd()}\n`),
      `from ${index === 0 ? onto : `:${index}`}`,
      ...files.flatMap(([path, content]) => [`M 100644 inline ${path}`, data(content)]),
      '',
    ]);
    const input = `${stream.join('\n')}\ndone\n`;
    // `--force` is about refs/allclear/made alone, which is ours and here.
    await this.workspace.run(['fast-import', '--quiet', '--force', '--done', '--date-format=raw'], { signal, input });
    const made = (await this.workspace.run(['rev-parse', 'refs/allclear/made'], { signal })).trim();
    return made;
  }

  /**
   * A plain push, which the remote refuses unless `commit` stands on what the branch is now.
   * Resolves to `true` when it landed, `false` when the branch has moved meanwhile. Throws Rejected PushRefused when
   * the remote does not want it (a protected branch, a hook), Unsure when nobody knows.
   */
  async push(commit: string, branch: string, before: string | undefined, signal: AbortSignal): Promise<boolean> {
    let failure: unknown;
    try {
      await this.workspace.run(['push', '--porcelain', '--', 'origin', `${commit}:refs/heads/${branch}`], { signal });
    } catch (error) {
      failure = error;
    }
    if (failure === undefined) {
      this.fetched.add(commit);
      return true;
    }
    const unsure = new Unsure(`the push to ${branch} failed: ${phrase(failure)}`);
    let now: string | undefined;
    try {
      const why = await diagnose(this.address, this.secrets['token'], 'git-receive-pack', signal);
      if (why?.reason === 'InvalidToken' || why?.reason === 'Forbidden') throw why;
      now = (await this.tips([branch], signal)).get(branch);
    } catch (error) {
      // Only a word on the credentials proves anything: what is unreachable now may have been reached before.
      throw error instanceof Rejected && error.terminal ? error : unsure;
    }
    if (now === commit) {
      this.fetched.add(commit);
      return true;
    }
    if (now !== before) return false;
    // `!` in the porcelain output: the remote's own word on this ref.
    if (!/^!\t/m.test(phraseLines(failure))) throw unsure;
    const message = `${this.address.page} refused the push to ${branch}: ${wordsOf(phraseLines(failure))}`;
    throw new Rejected('PushRefused', message, { terminal: true, retryAfter: seconds(60) });
  }

  /** Throws the clone away: whatever was wrong with it is gone. */
  async wipe(): Promise<void> {
    this.fetched.clear();
    await this.workspace.wipe();
  }

  private async list(args: readonly string[], signal: AbortSignal): Promise<Tree> {
    const out = await this.workspace.run(args, { signal });
    const entries = out
      .split('\0')
      .filter(Boolean)
      .map((line): [string, { mode: string; sha: string }] => {
        const at = line.indexOf('\t');
        const [mode = '', , sha = ''] = line.slice(0, at).split(' ');
        return [line.slice(at + 1), { mode, sha }];
      });
    return new Map(entries);
  }

  /** A command that reads from the remote. What the remote itself explains is Rejected; the rest may be our clone. */
  private async network(
    args: readonly string[],
    service: 'git-upload-pack' | 'git-receive-pack',
    signal: AbortSignal,
  ): Promise<string> {
    try {
      return await this.workspace.run(args, { signal });
    } catch (error) {
      signal.throwIfAborted();
      throw (await diagnose(this.address, this.secrets['token'], service, signal)) ?? error;
    }
  }
}

const phraseLines = (failure: unknown): string => (failure instanceof Error ? failure.message : '');

/** What the remote itself says of a refused push, as `protected branch (hook declined)`; git's own lines are left out. */
function wordsOf(output: string): string {
  const remote = [...output.matchAll(/^remote: (?!error: )(.*\S)/gm)].map(([, line]) => line);
  const why = /^!\t.*\(([^()]+)\)$/m.exec(output)?.[1];
  const said = [...new Set(remote)].join(' ');
  return phrase([said, why && (said ? `(${why})` : why)].filter(Boolean).join(' ') || output);
}

const plain = (text: string): string => text.replaceAll(/[<>\n\0]/g, '').trim() || 'AllClear';
const data = (text: string): string => `data ${Buffer.byteLength(text)}\n${text}`;
