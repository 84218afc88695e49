import { rmSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { devNull, tmpdir } from 'node:os';
import { join } from 'node:path';
import { simpleGit } from 'simple-git';
import { type Duration, seconds } from '../../runtime/clock.ts';
import type { Secrets } from '../kit/vendor.ts';
import type { Address } from './address.ts';

/** A git that says nothing for so long is ended. */
const silence: Duration = seconds(30);

export interface Run {
  readonly signal: AbortSignal;
  readonly input?: string;
}

/**
 * A bare repository of our own in a temporary folder, for one connection: a cache that may be thrown away at any
 * moment. All settings stand in its config file, so no token is ever an argument that others could list, and no
 * setting of the machine or of its user counts.
 */
export class Workspace {
  private readonly address: Address;
  private readonly secrets: Secrets;
  private readonly parent: string;
  private folder: Promise<string> | undefined;
  private made: string | undefined;
  private queue: Promise<unknown> = Promise.resolve();

  constructor(address: Address, secrets: Secrets, parent = tmpdir()) {
    this.address = address;
    this.secrets = secrets;
    this.parent = parent;
  }

  /** One task at a time: they share the clone. */
  exclusive<T>(task: () => Promise<T>): Promise<T> {
    const next = this.queue.then(task, task);
    this.queue = next.catch(() => {});
    return next;
  }

  /** Runs one git command with fixed arguments and gives its output. Throws with git's own words. */
  async run(args: readonly string[], { signal, input }: Run): Promise<string> {
    signal.throwIfAborted();
    const root = await this.root();
    const git = simpleGit({
      baseDir: join(root, 'repository'),
      maxConcurrentProcesses: 1,
      timeout: { block: silence },
      abort: signal,
      allowEnvironment: ['GIT_CONFIG_NOSYSTEM', 'GIT_TERMINAL_PROMPT'],
      ...(input === undefined ? {} : { input: () => input }),
    });
    return git.env(environment(root)).raw([...args]);
  }

  /** Forgets the clone: the next command starts from nothing. */
  async wipe(): Promise<void> {
    const folder = this.folder;
    this.folder = undefined;
    const root = await folder?.catch(() => undefined);
    if (root === undefined) return;
    await rm(root, { recursive: true, force: true, maxRetries: 3 });
    ours.delete(root);
  }

  /** The folder as it is now, for tests that damage it. */
  async place(): Promise<string> {
    return join(await this.root(), 'repository');
  }

  /** For good, and at once: a process that ends waits for nothing. */
  discard(): void {
    if (this.made !== undefined) rmSync(this.made, { recursive: true, force: true });
  }

  private root(): Promise<string> {
    this.folder ??= this.prepare().catch((error: unknown) => {
      this.folder = undefined;
      throw error;
    });
    return this.folder;
  }

  private async prepare(): Promise<string> {
    await sweep(this.parent);
    const root = await mkdtemp(join(this.parent, `allclear-git-${process.pid}-`));
    ours.add(root);
    this.made = root;
    const repository = join(root, 'repository');
    // What `git init --bare` makes, without the templates of the machine.
    await Promise.all(['objects', 'refs'].map((name) => mkdir(join(repository, name), { recursive: true })));
    await writeFile(join(repository, 'HEAD'), 'ref: refs/heads/none\n');
    const { sshKey, knownHosts } = this.secrets;
    if (sshKey !== undefined) await writeFile(join(root, 'key'), `${sshKey.trimEnd()}\n`, { mode: 0o600 });
    if (knownHosts !== undefined) await writeFile(join(root, 'known_hosts'), `${knownHosts.trimEnd()}\n`);
    await writeFile(join(repository, 'config'), configText(this.address, this.secrets, root), { mode: 0o600 });
    return root;
  }
}

/** The config file of the clone: the only one that git reads. */
export function configText(address: Address, secrets: Secrets, root: string): string {
  const allowed = address.transport;
  const lines = [
    '[core]',
    '\trepositoryformatversion = 0',
    '\tbare = true',
    `\thooksPath = ${devNull}`,
    '\tsymlinks = false',
    ...(secrets['sshKey'] === undefined ? [] : [`\tsshCommand = ${quote(sshCommand(root, 'knownHosts' in secrets))}`]),
    // No housekeeping in the background: the folder may be removed meanwhile.
    '[gc]',
    '\tauto = 0',
    '[maintenance]',
    '\tauto = false',
    '[protocol]',
    '\tallow = never',
    `[protocol "${allowed}"]`,
    '\tallow = always',
    // A redirect would carry the credentials to another host.
    '[http]',
    '\tfollowRedirects = false',
    ...(secrets['token'] === undefined || allowed === 'ssh'
      ? []
      : [`[http ${quote(address.url)}]`, `\textraHeader = ${quote(`Authorization: ${basic(secrets['token'])}`)}`]),
    '[remote "origin"]',
    `\turl = ${quote(address.url)}`,
  ];
  return `${lines.join('\n')}\n`;
}

/** GitHub and GitLab take a token as the password of any user. */
export const basic = (token: string): string => `Basic ${Buffer.from(`x-access-token:${token}`).toString('base64')}`;

function sshCommand(root: string, known: boolean): string {
  // Without known hosts in the Secret, the first key that a host shows is taken, and only that one from then on.
  const trust = known ? 'yes' : 'accept-new';
  const options = [`StrictHostKeyChecking=${trust}`, `UserKnownHostsFile="${join(root, 'known_hosts')}"`];
  const fixed = ['IdentitiesOnly=yes', 'BatchMode=yes', 'ConnectTimeout=10', 'ForwardAgent=no', ...options];
  return `ssh -F none -i '${join(root, 'key')}' ${fixed.map((option) => `-o '${option}'`).join(' ')}`;
}

function quote(text: string): string {
  if (/[\n\0]/.test(text)) throw new Error('a line break in a setting for git');
  return `"${text.replaceAll('\\', '\\\\').replaceAll('"', '\\"')}"`;
}

function environment(root: string): Record<string, string> {
  const clean: Record<string, string> = {
    HOME: root,
    XDG_CONFIG_HOME: root,
    LC_ALL: 'C',
    GIT_CONFIG_NOSYSTEM: '1',
    GIT_TERMINAL_PROMPT: '0',
  };
  for (const name of ['PATH', 'https_proxy', 'HTTPS_PROXY', 'no_proxy', 'NO_PROXY', 'SSL_CERT_FILE', 'SSL_CERT_DIR']) {
    const value = process.env[name];
    if (value !== undefined) clean[name] = value;
  }
  return clean;
}

const ours = new Set<string>();

/** Removes what processes that are no more have left behind: their clones hold a token. */
async function sweep(parent: string): Promise<void> {
  for (const name of await readdir(parent)) {
    const pid = Number(/^allclear-git-(\d+)-/.exec(name)?.[1] ?? Number.NaN);
    const folder = join(parent, name);
    if (Number.isNaN(pid) || ours.has(folder) || (pid !== process.pid && isAlive(pid))) continue;
    await rm(folder, { recursive: true, force: true }).catch(() => {});
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}
