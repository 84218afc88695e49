import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { git } from './git-run.ts';
import { type GitServer, type Push, startGitServer } from './git-server.ts';

const commit = async (copy: string, file: string, content: string): Promise<void> => {
  await writeFile(join(copy, file), content);
  await git(copy, ['add', '--', file]);
  await git(copy, ['commit', '--quiet', '-m', `Add ${file}`]);
};

describe('the git server', () => {
  let server: GitServer;
  let folder: string;
  let pushes: Push[];
  beforeEach(async () => {
    pushes = [];
    server = await startGitServer({ onPush: async (push) => void pushes.push(push) });
    folder = await mkdtemp(join(tmpdir(), 'allclear-git-client-'));
  });
  afterEach(async () => {
    await server.close();
    await rm(folder, { recursive: true });
  });
  const clone = async (name: string, token = server.token): Promise<string> => {
    const header = `Authorization: Basic ${Buffer.from(`x:${token}`).toString('base64')}`;
    const url = `${server.url}/acme/incidents.git`;
    await git(folder, ['-c', `http.extraHeader=${header}`, 'clone', '--quiet', url, name]);
    const copy = join(folder, name);
    await git(copy, ['config', 'http.extraHeader', header]);
    await git(copy, ['config', 'user.name', 'Casey']);
    await git(copy, ['config', 'user.email', 'casey@example.com']);
    return copy;
  };
  it('takes a push, and refuses one that is behind', async () => {
    const repository = await server.create('acme', 'incidents');
    const [one, two] = [await clone('one'), await clone('two')];
    await commit(one, 'a.md', 'a\n');
    await git(one, ['push', '--quiet', 'origin', 'main']);
    expect(pushes).toEqual([{ repository: 'acme/incidents.git' }]);
    expect(await repository.read('main', 'a.md')).toBe('a\n');
    await commit(two, 'b.md', 'b\n');
    await expect(git(two, ['push', '--quiet', 'origin', 'main'])).rejects.toThrow('rejected');
    await git(two, ['pull', '--quiet', '--rebase', 'origin', 'main']);
    await git(two, ['push', '--quiet', 'origin', 'main']);
    expect(await repository.files('main')).toEqual(['README.md', 'a.md', 'b.md']);
  });

  it('takes much at once, and gives it back', async () => {
    await server.create('acme', 'incidents');
    const one = await clone('one');
    // More than git's http.postBuffer of 1 MiB, so that it is sent in chunks; hex of a counter does not compress away.
    const big = Array.from({ length: 400_000 }, (_, n) => Math.imul(n, 2_654_435_761).toString(36)).join('\n');
    await commit(one, 'big.txt', big);
    await git(one, ['push', '--quiet', 'origin', 'main']);
    const two = await clone('two');
    expect(await git(two, ['rev-parse', 'HEAD:big.txt'])).toBe(await git(one, ['rev-parse', 'HEAD:big.txt']));
  });

  it('understands what git zips: the many commits of a fetch', async () => {
    const repository = await server.create('acme', 'incidents');
    const one = await clone('one');
    for (let n = 0; n < 60; n += 1) await git(one, ['commit', '--quiet', '--allow-empty', '-m', `Mine ${n}`]);
    await repository.commit('main', { 'theirs.md': 'x\n' }, 'Theirs');
    await git(one, ['fetch', '--quiet', 'origin']);
    expect(await git(one, ['rev-parse', 'origin/main'])).toBe(await repository.resolve('main'));
  });

  it('refuses who has no token', async () => {
    await server.create('acme', 'incidents');
    await expect(clone('one', 'wrong')).rejects.toThrow('could not read Username');
  });
});
