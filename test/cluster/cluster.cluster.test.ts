import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import { startCluster, type Cluster, type ClusterOptions } from './cluster.ts';

const clusters: Cluster[] = [];
/** Of each wait, in milliseconds: a cluster starts within seconds on a machine that has nothing else to do. */
const timeout = 60_000;

async function aCluster(options: ClusterOptions = {}): Promise<Cluster> {
  const cluster = await startCluster(options);
  clusters.push(cluster);
  return cluster;
}

/** Gone when the test is over. */
async function aFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'allclear-test-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  return folder;
}

afterEach(async () => {
  vi.unstubAllEnvs();
  await Promise.all(clusters.splice(0).map((cluster) => cluster.stop()));
});

/** Command lines of processes that have `text` in them. */
async function processesWith(text: string): Promise<string[]> {
  const lines = existsSync('/proc/self/cmdline') ? await fromProc() : await fromPs();
  return lines.filter((line) => line.includes(text));
}

async function fromProc(): Promise<string[]> {
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name));
  // A process may end between the two reads.
  return Promise.all(pids.map((pid) => readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '')));
}

async function fromPs(): Promise<string[]> {
  const { stdout } = await promisify(execFile)('ps', ['-A', '-ww', '-o', 'args']);
  return stdout.split('\n');
}

describe('startCluster', () => {
  it('keeps its data and port over a restart, and leaves nothing when stopped', async () => {
    const cluster = await aCluster();
    await cluster.kubectl('create', 'namespace', 'kept');
    expect(await processesWith(cluster.folder)).toHaveLength(2);

    await cluster.restartApiServer();
    expect(await cluster.kubectl('get', 'namespace', 'kept', '-o', 'name')).toBe('namespace/kept\n');

    await cluster.stop();
    expect(await processesWith(cluster.folder)).toEqual([]);
    expect(existsSync(cluster.folder)).toBe(false);
  });

  it('is away after a kill until it is started again', async () => {
    const cluster = await aCluster();
    await cluster.killApiServer();
    await expect(cluster.kubectl('get', 'namespaces', '--request-timeout=2s')).rejects.toThrow(/refused/);

    await cluster.restartApiServer();
    expect(await cluster.kubectl('get', 'namespaces', '-o', 'name')).toContain('namespace/default');
  });

  it('gives a named user only the rights that a binding gives', async () => {
    const { kubectl, kubeconfigOf, tokenOf } = await aCluster({ users: [{ name: 'rosa', groups: ['responders'] }] });
    expect(tokenOf('rosa')).toMatch(/^[0-9a-f]{32}$/);
    const asRosa = `--kubeconfig=${await kubeconfigOf('rosa')}`;
    await expect(kubectl('get', 'configmaps', asRosa)).rejects.toThrow(/User "rosa" cannot list resource "configmaps"/);

    // Not "view": without a controller manager the aggregated roles are empty.
    await kubectl('create', 'clusterrole', 'lister', '--verb=list', '--resource=configmaps');
    await kubectl('create', 'clusterrolebinding', 'responders', '--clusterrole=lister', '--group=responders');
    // The authorizer sees the binding a moment later.
    const asked = async () => kubectl('get', 'configmaps', asRosa, '-o', 'name').catch(String);
    await expect.poll(asked, { timeout }).toBe('');
    expect(() => tokenOf('nobody')).toThrow('nobody was not named');
  });

  it('installs CRDs that can be used at once', async () => {
    const folder = await aFolder();
    await writeFile(join(folder, 'bells.yaml'), JSON.stringify(bellCrd));
    await mkdir(join(folder, 'empty'));

    const { kubectl } = await aCluster({ crds: [folder, join(folder, 'empty'), join(folder, 'absent')] });
    await kubectl.apply({ apiVersion: 'test.allclear.dev/v1', kind: 'Bell', metadata: { name: 'one' } });
    expect(await kubectl('get', 'bells', '-o', 'name')).toBe('bell.test.allclear.dev/one\n');
  });

  it('says why when it does not come up, and leaves nothing', async () => {
    const folder = await aFolder();
    vi.stubEnv('TMPDIR', folder);
    await expect(startCluster({ apiServerArgs: ['--no-such-flag'] })).rejects.toThrow(/unknown flag: --no-such-flag/);
    expect(await processesWith(folder)).toEqual([]);
    expect(await readdir(folder)).toEqual([]);
  });

  it('ends when whoever started it is killed', async () => {
    const answer = join(await aFolder(), 'answer');
    const program = [
      `import { renameSync, writeFileSync } from 'node:fs';`,
      `import { startCluster } from ${JSON.stringify(new URL('cluster.ts', import.meta.url))};`,
      `const { folder } = await startCluster();`,
      // There at once with all that it says.
      `writeFileSync(${JSON.stringify(`${answer}.new`)}, folder);`,
      `renameSync(${JSON.stringify(`${answer}.new`)}, ${JSON.stringify(answer)});`,
    ].join('\n');
    const starter = spawn(process.execPath, ['--input-type=module', '-e', program], { stdio: 'inherit' });
    await expect.poll(() => existsSync(answer), { timeout }).toBe(true);
    const clusterFolder = await readFile(answer, 'utf8');
    expect(await processesWith(clusterFolder)).toHaveLength(2);

    starter.kill('SIGKILL');
    await once(starter, 'exit');
    await expect.poll(async () => processesWith(clusterFolder), { timeout }).toEqual([]);
    await expect.poll(() => existsSync(clusterFolder), { timeout }).toBe(false);
  });
});

const bellCrd = {
  apiVersion: 'apiextensions.k8s.io/v1',
  kind: 'CustomResourceDefinition',
  metadata: { name: 'bells.test.allclear.dev' },
  spec: {
    group: 'test.allclear.dev',
    scope: 'Namespaced',
    names: { kind: 'Bell', plural: 'bells', singular: 'bell' },
    versions: [{ name: 'v1', served: true, storage: true, schema: { openAPIV3Schema: { type: 'object' } } }],
  },
};
