import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { git, gitAsks, gitOutput } from './git-run.ts';

/** Who commits by hand in a test. */
export interface Committer {
  readonly name: string;
  readonly email: string;
}

export const casey: Committer = { name: 'Casey', email: 'casey@example.com' };

export interface Commit {
  readonly sha: string;
  readonly author: string;
  readonly message: string;
}

/** A bare repository on disk, as the truth that tests read, and as what a colleague pushes to. */
export class BareRepository {
  readonly path: string;
  readonly defaultBranch: string;

  private constructor(path: string, defaultBranch: string) {
    this.path = path;
    this.defaultBranch = defaultBranch;
  }

  /** Creates it with one commit on the default branch. */
  static async create(path: string, defaultBranch = 'main'): Promise<BareRepository> {
    await mkdir(path, { recursive: true });
    const repository = new BareRepository(path, defaultBranch);
    await git(path, ['init', '--quiet', '--bare', `--initial-branch=${defaultBranch}`]);
    await git(path, ['config', 'http.receivepack', 'true']);
    await git(path, ['config', 'uploadpack.allowFilter', 'true']);
    // What a hosted repository does: objects of any reachable commit may be asked for.
    await git(path, ['config', 'uploadpack.allowReachableSHA1InWant', 'true']);
    await git(path, ['config', 'gc.auto', '0']);
    await repository.commit(defaultBranch, { 'README.md': '# Incidents\n' }, 'Initial commit');
    return repository;
  }

  /** Branch name → commit. */
  async branches(): Promise<ReadonlyMap<string, string>> {
    const lines = await git(this.path, ['for-each-ref', '--format=%(refname:short) %(objectname)', 'refs/heads']);
    return new Map(
      lines
        .split('\n')
        .filter(Boolean)

        .map((line) => line.split(' '))
        .map(([name = '', sha = '']) => [name, sha] as const),
    );
  }

  /** The commit that a branch or name stands for; false if there is none. */
  resolve(name: string): Promise<string | false> {
    return gitAsks(this.path, ['rev-parse', '--quiet', '--verify', `${name}^{commit}`]);
  }

  /** A file's content, whole; undefined if the branch does not have it. */
  async read(branch: string, path: string): Promise<string | undefined> {
    const type = await gitAsks(this.path, ['cat-file', '-t', `${branch}:${path}`]);
    if (type !== 'blob') return undefined;
    return gitOutput(this.path, ['cat-file', 'blob', `${branch}:${path}`]);
  }

  /** Paths of all files, sorted. */
  async files(branch: string, folder = '.'): Promise<readonly string[]> {
    const out = await gitAsks(this.path, ['ls-tree', '-r', '--name-only', branch, '--', folder]);
    return out === false ? [] : out.split('\n').filter(Boolean);
  }

  /** Newest first; `range` as git takes it, such as `main..postmortem/inc-00001`. */
  async log(range: string): Promise<readonly Commit[]> {
    const out = await git(this.path, ['log', '--format=%H%x00%an <%ae>%x00%B%x01', range, '--']);
    return out
      .split('\u0001')
      .map((entry) => entry.trim().split('\0'))
      .filter((parts) => parts.length === 3)
      .map(([sha, author, message]) => ({ sha: sha ?? '', author: author ?? '', message: message?.trim() ?? '' }));
  }

  /** Commits files (null removes one) on a branch, which is made from the default branch if it is not there. */
  async commit(
    branch: string,
    files: Readonly<Record<string, string | null>>,
    message: string,
    who: Committer = casey,
  ): Promise<string> {
    const tip =
      (await this.resolve(`refs/heads/${branch}`)) || (await this.resolve(`refs/heads/${this.defaultBranch}`));
    const when = `${Math.floor(Date.now() / 1000)} +0000`;
    const stream = [
      `commit refs/heads/${branch}`,
      `author ${who.name} <${who.email}> ${when}`,
      `committer ${who.name} <${who.email}> ${when}`,
      `data ${Buffer.byteLength(message) + 1}\n${message}\n`,
      ...(tip ? [`from ${tip}`] : []),
      ...Object.entries(files).map(([path, text]) =>
        text === null ? `D ${path}` : `M 100644 inline ${path}\ndata ${Buffer.byteLength(text)}\n${text}`,
      ),
      'done\n',
    ].join('\n');
    await git(this.path, ['fast-import', '--quiet', '--done', '--date-format=raw'], { input: stream });
    return (await this.resolve(`refs/heads/${branch}`)) || '';
  }

  /** A real merge commit of `head` into `base`. Throws on a conflict, which leaves everything as it was. */
  async merge(head: string, base: string, message: string, who: Committer = casey): Promise<string> {
    const ours = await this.resolve(`refs/heads/${base}`);
    const theirs = await this.resolve(head);
    if (!ours || !theirs) throw new Error(`no branch ${ours ? head : base}`);
    const tree = await git(this.path, ['merge-tree', '--write-tree', ours, theirs]);
    const env = {
      GIT_AUTHOR_NAME: who.name,
      GIT_AUTHOR_EMAIL: who.email,
      GIT_COMMITTER_NAME: who.name,
      GIT_COMMITTER_EMAIL: who.email,
    };
    const merged = await git(this.path, ['commit-tree', tree, '-p', ours, '-p', theirs, '-m', message], { env });
    await git(this.path, ['update-ref', `refs/heads/${base}`, merged, ours]);
    return merged;
  }

  /** Refuses pushes to a branch, by a hook of the server. */
  async protect(branch: string): Promise<void> {
    await mkdir(join(this.path, 'hooks'), { recursive: true });
    const script = `#!/bin/sh\n[ "$1" = 'refs/heads/${branch}' ] && { echo 'protected branch' >&2; exit 1; }\nexit 0\n`;
    await writeFile(join(this.path, 'hooks', 'update'), script, { mode: 0o755 });
  }

  /** Takes pushes again. */
  async unprotect(): Promise<void> {
    await rm(join(this.path, 'hooks', 'update'), { force: true });
  }

  async deleteBranch(branch: string): Promise<void> {
    await git(this.path, ['update-ref', '-d', `refs/heads/${branch}`]);
  }
}
