import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { chmod, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import { getClusterTools } from './cluster-tools.ts';
import { chooseRelease } from './envtest.ts';
import { pinnedVersion } from './go.ts';

const run = promisify(execFile);
const names = ['etcd', 'kube-apiserver', 'kubectl'];
const platform = `${process.platform}-${process.arch === 'x64' ? 'amd64' : process.arch}`;
const kubernetesModule = fileURLToPath(new URL('kubernetes', import.meta.url));
const [major, minor] = pinnedVersion(kubernetesModule, 'k8s.io/kubernetes').slice(1).split('.');

afterEach(() => vi.unstubAllEnvs());

async function aFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'allclear-test-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  return folder;
}

async function writePrograms(folder: string, programs: readonly string[]): Promise<void> {
  await mkdir(folder, { recursive: true });
  for (const name of programs) {
    await writeFile(join(folder, name), '#!/bin/sh\n');
    await chmod(join(folder, name), 0o755);
  }
}

/** Serves an index and an archive as controller-tools does; `hash` replaces the right one. Returns the index's URL. */
async function anEnvtestSite({ hash }: { hash?: string } = {}): Promise<string> {
  const folder = await aFolder();
  await writePrograms(join(folder, 'controller-tools', 'envtest'), names);
  const file = join(folder, 'archive.tar.gz');
  await run('tar', ['-czf', file, '-C', folder, 'controller-tools']);
  const archive = await readFile(file);

  const server = createServer((request, response) => {
    if (request.url === '/archive.tar.gz') return void response.end(archive);
    const selfLink = `http://${request.headers.host}/archive.tar.gz`;
    const version = `v${major}.${minor}.0`;
    const entry = { hash: hash ?? createHash('sha512').update(archive).digest('hex'), selfLink };
    response.end(JSON.stringify({ releases: { [version]: { [`envtest-${version}-${platform}.tar.gz`]: entry } } }));
  });
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void server.close());
  const address = server.address();
  if (typeof address !== 'object' || !address) throw new Error('the server does not listen');
  return `http://127.0.0.1:${address.port}/index.yaml`;
}

describe('getClusterTools', () => {
  it('takes them from KUBEBUILDER_ASSETS', async () => {
    const assets = await aFolder();
    await writePrograms(assets, names);
    const tools = await getClusterTools({ env: { KUBEBUILDER_ASSETS: assets } });
    expect(tools).toEqual({
      etcd: `${assets}/etcd`,
      kubeApiserver: `${assets}/kube-apiserver`,
      kubectl: `${assets}/kubectl`,
    });
  });

  it('says what is missing there', async () => {
    const assets = await aFolder();
    await writePrograms(assets, ['etcd', 'kube-apiserver']);
    const tools = getClusterTools({ env: { KUBEBUILDER_ASSETS: assets } });
    await expect(tools).rejects.toThrow(`KUBEBUILDER_ASSETS is ${assets}, but kubectl is not in it`);
  });

  it('downloads the official archive once', async () => {
    const env = { ALLCLEAR_CACHE: await aFolder(), ALLCLEAR_ENVTEST_INDEX: await anEnvtestSite() };
    const said: string[] = [];
    const { kubectl } = await getClusterTools({ env, say: (line) => said.push(line) });
    expect(said.join('\n')).toMatch(/downloading envtest v[\d.]+: done/);
    expect((await readdir(dirname(kubectl))).toSorted()).toEqual(names);
    expect((await run(kubectl)).stderr).toBe('');

    said.length = 0;
    expect(await getClusterTools({ env, say: (line) => said.push(line) })).toHaveProperty('kubectl', kubectl);
    expect(said).toEqual([]);
  });

  it('does not use an archive that is not what the index says', async () => {
    const env = {
      ALLCLEAR_CACHE: await aFolder(),
      ALLCLEAR_ENVTEST_INDEX: await anEnvtestSite({ hash: 'ab'.repeat(64) }),
    };
    // Without Go there is nothing to fall back on.
    vi.stubEnv('PATH', '/nowhere');
    const said: string[] = [];
    const tools = getClusterTools({ env, say: (line) => said.push(line) });
    await expect(tools).rejects.toThrow(/Go is not installed.*Do one of these/s);
    expect(said.join('\n')).toMatch(/SHA-512/);
    expect(await readdir(join(env.ALLCLEAR_CACHE, 'tools'))).toEqual([]);
  });

  it('says what to do when there is neither a download nor Go', async () => {
    vi.stubEnv('PATH', '/nowhere');
    const env = { ALLCLEAR_CACHE: await aFolder(), ALLCLEAR_ENVTEST_INDEX: 'off' };
    const tools = getClusterTools({ env, say: () => undefined });
    await expect(tools).rejects.toThrow(/install Go.*KUBEBUILDER_ASSETS/s);
  });
});

describe('chooseRelease', () => {
  const archive = { hash: 'aa', selfLink: 'https://127.0.0.1/a' };
  const release = (version: string) => ({ [version]: { [`envtest-${version}-linux-amd64.tar.gz`]: archive } });

  it('takes the newest patch of the minor version', () => {
    const releases = {
      ...release('v1.36.2'),
      ...release('v1.36.10'),
      ...release('v1.37.0'),
      ...release('v1.36.11-rc.0'),
    };
    expect(chooseRelease({ releases }, '1.36', 'linux-amd64')).toEqual({ version: 'v1.36.10', archive });
  });

  it('finds nothing for another platform, or in an empty index', () => {
    expect(chooseRelease({ releases: release('v1.36.2') }, '1.36', 'plan9-386')).toBeUndefined();
    expect(chooseRelease(null, '1.36', 'linux-amd64')).toBeUndefined();
  });
});

describe('pinnedVersion', () => {
  it('reads go.mod', () => {
    expect(`v${major}.${minor}`).toMatch(/^v1\.\d+$/);
    expect(() => pinnedVersion(kubernetesModule, 'example.com/absent')).toThrow('does not require example.com/absent');
  });
});
