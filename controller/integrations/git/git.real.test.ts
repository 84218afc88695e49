import { mkdtemp, mkdir, readdir, readFile, rm, rmdir, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { deadAddress } from '../../../test/emulators/listen.ts';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { recordConformance } from '../../../test/conformance/record.ts';
import { aCall } from '../../../test/conformance/calls.ts';
import type { BareRepository } from '../../../test/emulators/git-repository.ts';
import { type GitServer, startGitServer } from '../../../test/emulators/git-server.ts';
import { systemClock } from '../../runtime/clock.ts';
import type { Connection, VendorContext } from '../kit/vendor.ts';
import { gitIn } from './git.ts';
import { parseAddress } from './address.ts';
import { configText } from './workspace.ts';

const context: VendorContext = { clock: systemClock, install: 'test', log: () => {} };
const bot = { authorName: 'AllClear', authorEmail: 'allclear@example.com' };

recordConformance('git', async () => {
  const server = await startGitServer();
  const repository = await server.create('acme', 'incidents');
  const parent = await mkdtemp(join(tmpdir(), 'allclear-record-'));
  const connections: Connection[] = [];
  const nobody = deadAddress;
  const connect = (url: string, token: string) => {
    const connection = gitIn(parent).connect({ url, branch: 'main', ...bot }, { token }, context);
    connections.push(connection);
    const { record } = connection.capabilities;
    if (!record) throw new Error('no record');
    return record;
  };
  const url = `${server.url}/acme/incidents.git`;
  const clone = async () => {
    const [folder] = (await readdir(parent)).filter((name) => name.startsWith('allclear-git-'));
    return join(parent, folder ?? 'none', 'repository');
  };
  return {
    port: connect(url, server.token),
    base: 'main',
    read: (branch, path) => repository.read(branch, path),
    commits: async (branch) => (await repository.log(`main..${branch}`)).map((one) => one.message).toReversed(),
    tip: async (branch) => (await repository.resolve(`refs/heads/${branch}`)) || undefined,
    commit: async (branch, files, message) => void (await repository.commit(branch, files, message)),
    async merge(branch, { deleteBranch }) {
      await repository.merge(branch, 'main', `Merge ${branch}`);
      if (deleteBranch) await repository.deleteBranch(branch);
    },
    rival: (branch, step, times) => server.beforePush(step, times, (n) => rivalPush(repository, branch, n)),
    mergedMeanwhile: (branch) =>
      server.beforePush('sends', 1, async () => void (await repository.merge(branch, 'main', `Merge ${branch}`))),
    loseAnswer: () => server.loseAnswer(),
    protect: (branch) => repository.protect(branch),
    async killedInTheMiddle() {
      const place = await clone();
      await Promise.all(
        ['shallow.lock', 'config.lock', 'HEAD.lock', 'refs/allclear/made.lock'].map((name) =>
          writeFile(join(place, name), ''),
        ),
      );
      await repository.commit('main', { 'other.md': 'so that there is something to fetch\n' }, 'Other');
    },
    async corrupt() {
      await rm(join(await clone(), 'objects'), { recursive: true });
    },
    denied: () => connect(url, 'wrong'),
    unreachable: () => connect(`${nobody}/acme/incidents.git`, server.token),
    async close() {
      for (const connection of connections) connection.close();
      // Not recursive: it fails when a clone was left behind.
      await rmdir(parent);
      await server.close();
    },
  };
});

const rivalPush = async (repository: BareRepository, branch: string, n: number): Promise<void> => {
  await repository.commit(branch, { [`rival-${n}.md`]: `${n}\n` }, `Rival ${n}`);
};

describe('git', () => {
  let server: GitServer;
  let parent: string;
  beforeEach(async () => {
    server = await startGitServer();
    parent = await mkdtemp(join(tmpdir(), 'allclear-git-test-'));
  });
  afterEach(async () => {
    await server.close();
    await rm(parent, { recursive: true });
  });
  const connect = (options: { url?: string; branch?: string; token?: string } = {}): Connection =>
    gitIn(parent).connect(
      { url: options.url ?? `${server.url}/acme/incidents.git`, branch: options.branch ?? 'main', ...bot },
      { token: options.token ?? server.token },
      context,
    );

  it('names the repository as its account', async () => {
    await server.create('acme', 'incidents');
    const connection = connect();
    expect(await connection.check(AbortSignal.timeout(30_000))).toEqual({
      id: `${server.url}/acme/incidents`,
      name: 'acme/incidents',
    });
    connection.close();
  });

  it.each([
    ['a wrong token', { token: 'wrong' }, 'InvalidToken'],
    ['an unknown repository', { url: '/acme/other.git' }, 'RepositoryNotFound'],
    ['a branch that is not there', { branch: 'trunk' }, 'BranchNotFound'],
    ['a url with credentials', { url: 'https://me:secret@example.com/acme/incidents.git' }, 'GitUrlRefused'],
  ])(
    'says what is wrong with %s',
    async (_what, options: { url?: string; branch?: string; token?: string }, reason) => {
      await server.create('acme', 'incidents');
      const url = options.url?.startsWith('/') ? { url: `${server.url}${options.url}` } : {};
      const connection = connect({ ...options, ...url });
      const failure = await connection.check(AbortSignal.timeout(30_000)).catch((error: unknown) => error);
      expect(failure).toMatchObject({ name: 'Rejected', reason, terminal: true });
      expect(String(failure)).not.toContain('secret');
      connection.close();
    },
  );

  it('commits as its own author, at the time of the cause', async () => {
    const repository = await server.create('acme', 'incidents');
    const connection = connect();
    const record = { branch: 'b', folder: 'f', ending: 'e', commits: [{ message: 'M', files: { 'f/a': 'x' } }] };
    await connection.capabilities.record?.create(aCall(record, { since: Date.UTC(2026, 0, 2) }));
    const [commit] = await repository.log('main..b');
    expect(commit?.author).toBe('AllClear <allclear@example.com>');
    connection.close();
  });

  it('knows the highest number of which it holds a record, merged or not', async () => {
    const repository = await server.create('acme', 'incidents');
    const connection = connect();
    const highest = () => connection.highestNumber?.(AbortSignal.timeout(30_000));
    expect(await highest()).toBe(0);
    await repository.commit('main', { 'postmortems/2025/INC-00012-6f1c7c54/postmortem.md': 'x' }, 'Merged');
    await repository.commit('main', { 'incidents/2026/INC-00007/postmortem.md': 'x', 'INC-00099.md': 'x' }, 'Merged');
    expect(await highest()).toBe(12);
    await repository.commit('postmortem/inc-00040-2', { 'x.md': 'x' }, 'In review');
    await repository.commit('fix/inc-00050', { 'x.md': 'x' }, 'No record');
    expect(await highest()).toBe(40);
    await repository.commit('postmortem/inc-00041-6f1c7c54-12', { 'x.md': 'x' }, 'In review again and again');
    await repository.commit('main', { 'incidents/2027/INC-100000/postmortem.md': 'x' }, 'More than five digits');
    expect(await highest()).toBe(100_000);
    connection.close();
  });

  it('counts no folder or branch that only looks like a record', async () => {
    const repository = await server.create('acme', 'incidents');
    const connection = connect();
    const folders = [
      'postmortems/inc-20250114',
      'postmortems/2025/inc-20250114',
      'docs/INC-20250115',
      '2025/INC-0116',
      '2025/INC-00000117',
      '2025/INC-00118-draft',
      '2025/INC-00119/2025-notes',
      'drafts/INC-00120-2',
    ];
    const files = Object.fromEntries(folders.map((folder) => [`${folder}/notes.md`, 'x']));
    await repository.commit('main', files, 'Notes of people');
    for (const name of ['inc-20250114-notes', 'inc-123', 'inc-00000121', 'inc-00122/draft'])
      await repository.commit(`postmortem/${name}`, { 'x.md': 'x' }, 'A branch of theirs');
    expect(await connection.highestNumber?.(AbortSignal.timeout(30_000))).toBe(119);
    connection.close();
  });

  it('links to the folder on its branch', () => {
    const connection = connect({ url: 'git@github.com:acme/incidents.git' });
    const ref = { branch: 'postmortem/inc-1', folder: 'incidents/2026/INC-1', commit: '0', base: 'main' };
    expect(connection.capabilities.record?.link?.(ref)).toBe(
      'https://github.com/acme/incidents/tree/postmortem/inc-1/incidents/2026/INC-1',
    );
    connection.close();
  });

  it('sweeps away the clones of processes that are no more, and no others', async () => {
    await server.create('acme', 'incidents');
    await mkdir(join(parent, 'allclear-git-999999999-old'));
    await mkdir(join(parent, 'allclear-git-1-init'));
    const connection = connect();
    await connection.check(AbortSignal.timeout(30_000));
    const names = await readdir(parent);
    expect(names).not.toContain('allclear-git-999999999-old');
    expect(names).toContain('allclear-git-1-init');
    connection.close();
  });
});

describe('addresses', () => {
  it.each([
    [
      'https://github.com/acme/incidents.git',
      'https://github.com/acme/incidents.git',
      'https://github.com/acme/incidents',
    ],
    [
      'git@github.com:acme/incidents.git',
      'ssh://git@github.com/acme/incidents.git',
      'https://github.com/acme/incidents',
    ],
    ['ssh://git@git.example.com:2222/a/b', 'ssh://git@git.example.com:2222/a/b', 'https://git.example.com/a/b'],
    ['http://127.0.0.1:3000/a/b.git', 'http://127.0.0.1:3000/a/b.git', 'http://127.0.0.1:3000/a/b'],
  ])('takes %s', (given, url, page) => {
    expect(parseAddress(given)).toMatchObject({ url, page });
  });

  it.each([
    ['http://example.com/a/b.git'],
    ['file:///etc'],
    ['/etc/repository'],
    ['ext::sh -c touch% /tmp/x'],
    ['git://example.com/a/b'],
    ['ssh://-oProxyCommand=x/a/b'],
    ['git@-oProxyCommand=x:a/b'],
    ['git@example.com:-x/b'],
    ['--upload-pack=x'],
    ['https://example.com/a/b?x=y'],
    ['https://example.com/../-x'],
  ])('refuses %s', (given) => {
    expect(() => parseAddress(given)).toThrow(expect.objectContaining({ reason: 'GitUrlRefused' }));
  });
});

describe('the settings of the clone', () => {
  it('allow one transport, no hooks, no links, no redirects, and hold the token for that repository alone', () => {
    const text = configText(parseAddress('https://github.com/acme/incidents.git'), { token: 's' }, '/tmp/x');
    expect(text).toContain('[protocol]\n\tallow = never\n[protocol "https"]\n\tallow = always');
    expect(text).toContain('hooksPath = /dev/null');
    expect(text).toContain('followRedirects = false');
    expect(text).toContain('[http "https://github.com/acme/incidents.git"]\n\textraHeader = "Authorization: Basic ');
  });

  it('give ssh the key, and the known hosts when there are some', () => {
    const address = parseAddress('git@github.com:acme/incidents.git');
    const strict = configText(address, { sshKey: 'k', knownHosts: 'h' }, '/tmp/x');
    expect(strict).toContain(`ssh -F none -i '/tmp/x/key'`);
    expect(strict).toContain('StrictHostKeyChecking=yes');
    expect(configText(address, { sshKey: 'k' }, '/tmp/x')).toContain('StrictHostKeyChecking=accept-new');
    expect(strict).not.toContain('extraHeader');
  });

  it('keep the key to ourselves', async () => {
    const parent = await mkdtemp(join(tmpdir(), 'allclear-git-test-'));
    const connection = gitIn(parent).connect(
      { url: 'ssh://git@127.0.0.1:9/a/b', branch: 'main', ...bot },
      { sshKey: 'not a key' },
      context,
    );
    await expect(connection.check(AbortSignal.timeout(20_000))).rejects.toThrow('ssh');
    const [folder = ''] = await readdir(parent);
    expect(await readFile(join(parent, folder, 'key'), 'utf8')).toBe('not a key\n');
    connection.close();
    expect(await readdir(parent)).toEqual([]);
    await rm(parent, { recursive: true });
  });
});
