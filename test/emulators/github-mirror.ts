import type { BareRepository } from './git-repository.ts';
import { git, gitOutput } from './git-run.ts';
import { json, text } from './json.ts';

/** A call to emulate's own REST interface as the repository's owner; answers parsed JSON, throws on a refusal. */
export type Api = (method: string, path: string, body?: unknown) => Promise<unknown>;

/**
 * Copies the branches of a bare repository into emulate's GitHub, which has no git transport:
 * same trees, same commits, same names. `run` is serialised and cheap when nothing changed.
 */
export class Mirror {
  private readonly repository: BareRepository;
  private readonly api: Api;
  private readonly base: string;
  private readonly copied = new Set<string>();
  private readonly heads = new Map<string, string>();
  private queue: Promise<void> = Promise.resolve();

  constructor(repository: BareRepository, api: Api, owner: string, repo: string) {
    this.repository = repository;
    this.api = api;
    this.base = `/repos/${owner}/${repo}`;
  }

  /** Brings every branch up to date. Throws if a copied commit is not the very same commit. */
  run(): Promise<void> {
    const next = this.queue.then(() => this.copy());
    this.queue = next.catch(() => {});
    return next;
  }

  private async copy(): Promise<void> {
    const branches = await this.repository.branches();
    for (const [name, sha] of branches) {
      const known = this.heads.get(name);
      if (known === sha) continue;
      await this.commits(sha);
      if (known === undefined) await this.api('POST', `${this.base}/git/refs`, { ref: `refs/heads/${name}`, sha });
      else await this.api('PATCH', `${this.base}/git/refs/heads/${name}`, { sha, force: true });
      this.heads.set(name, sha);
    }
    for (const name of this.heads.keys()) {
      if (branches.has(name)) continue;
      await this.api('DELETE', `${this.base}/git/refs/heads/${name}`);
      this.heads.delete(name);
    }
  }

  private async commits(tip: string): Promise<void> {
    const known = [...this.copied].map((sha) => `^${sha}`);
    const list = await git(this.repository.path, ['rev-list', '--reverse', '--topo-order', '--stdin'], {
      input: [tip, ...known, ''].join('\n'),
    });
    for (const sha of list.split('\n').filter(Boolean)) {
      await this.commit(sha);
      this.copied.add(sha);
    }
  }

  private async commit(sha: string): Promise<void> {
    const path = this.repository.path;
    const format = '%P%x00%an%x00%ae%x00%aI%x00%cn%x00%ce%x00%cI%x00%B';
    const parts = (await gitOutput(path, ['show', '-s', `--format=${format}`, sha])).split('\0');
    const [parents = '', an, ae, aI, cn, ce, cI, message = ''] = parts;
    const tree = json(await this.api('POST', `${this.base}/git/trees`, { tree: await this.entries(sha) }));
    const made = json(
      await this.api('POST', `${this.base}/git/commits`, {
        message: message.replace(/\n+$/, '\n'),
        tree: tree['sha'],
        parents: parents.split(' ').filter(Boolean),
        author: { name: an, email: ae, date: aI },
        committer: { name: cn, email: ce, date: cI },
      }),
    );
    if (made['sha'] !== sha) throw new Error(`the mirror made ${text(made['sha'])} of commit ${sha}`);
  }

  private async entries(sha: string): Promise<readonly unknown[]> {
    const listed = await git(this.repository.path, ['ls-tree', '-r', '-z', sha]);
    const entries = [];
    for (const line of listed.split('\0').filter(Boolean)) {
      const [meta = '', file = ''] = line.split('\t');
      const [mode, type, object = ''] = meta.split(' ');
      if (type === 'commit') entries.push({ path: file, mode, type, sha: object });
      else
        entries.push({
          path: file,
          mode,
          type,
          content: await gitOutput(this.repository.path, ['cat-file', 'blob', object]),
        });
    }
    return entries;
  }
}
