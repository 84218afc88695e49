import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { KubeConfig } from '@kubernetes/client-node';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { sharedCluster } from '../../test/cluster/shared.ts';
import { startTcpProxy } from '../../test/cluster/tcp-proxy.ts';
import { endpointOf } from './kube-config.ts';
import type { Endpoint } from './kube-endpoint.ts';
import { KubeError } from './kube-errors.ts';
import type { KubeObject, Resource } from './kube-object.ts';
import { KubeClient } from './kube.ts';

const configMaps: Resource = { group: '', version: 'v1', plural: 'configmaps' };
interface ConfigMap extends KubeObject {
  readonly metadata: KubeObject['metadata'] & {
    readonly name: string;
    readonly uid: string;
    readonly resourceVersion: string;
  };
  readonly data?: Readonly<Record<string, string>>;
}

const cluster = sharedCluster();
const endpoint: Endpoint = {
  server: cluster.server,
  namespace: undefined,
  credentials: async () => ({ headers: { authorization: `Bearer ${cluster.token}` }, tls: { ca: cluster.ca } }),
};
const client = new KubeClient({ endpoint, fieldManager: 'kube-test' });
let namespace: string;
let folder: string;
beforeAll(async () => {
  namespace = await cluster.newNamespace();
  folder = await mkdtemp(join(tmpdir(), 'kube-'));
});
afterAll(async () => {
  await client.close();
  await rm(folder, { recursive: true });
});

const aConfigMap = (name: string, data: Record<string, string> = {}) => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name, namespace },
  data,
});

describe('an object', () => {
  it('is created, read, patched in three ways and deleted', async () => {
    const created = await client.create<ConfigMap>(configMaps, aConfigMap('one', { a: '1' }));
    expect(created.metadata.uid).toBeTruthy();
    await expect(client.create(configMaps, aConfigMap('one'))).rejects.toMatchObject({
      status: 409,
      reason: 'AlreadyExists',
    });
    const merged = await client.patch<ConfigMap>(configMaps, 'one', { data: { b: '2' } }, { namespace, type: 'merge' });
    expect(merged.data).toEqual({ a: '1', b: '2' });
    const json = [
      { op: 'test', path: '/data/b', value: '2' },
      { op: 'replace', path: '/data/b', value: '3' },
    ];
    const replaced = await client.patch<ConfigMap>(configMaps, 'one', json, { namespace, type: 'json' });
    expect(replaced.data).toEqual({ a: '1', b: '3' });
    await expect(client.patch(configMaps, 'one', json, { namespace, type: 'json' })).rejects.toMatchObject({
      status: 422,
    });
    const applied = await client.patch<ConfigMap>(configMaps, 'one', aConfigMap('one', { c: '4' }), {
      namespace,
      type: 'apply',
    });
    expect(applied.data).toEqual({ a: '1', b: '3', c: '4' });
    expect(await client.get<ConfigMap>(configMaps, 'one', { namespace })).toEqual(applied);
    expect(await client.delete(configMaps, 'one', { namespace })).toBeUndefined();
    expect(await client.find(configMaps, 'one', { namespace })).toBeUndefined();
    await expect(client.delete(configMaps, 'one', { namespace })).rejects.toMatchObject({
      status: 404,
      reason: 'NotFound',
    });
  });

  it('is not patched at a stale version, and a patch that changes nothing is no write', async () => {
    const { metadata } = await client.create<ConfigMap>(configMaps, aConfigMap('stale', { a: '1' }));
    const fenced = (data: Record<string, string>) => ({
      metadata: { resourceVersion: metadata.resourceVersion },
      data,
    });
    const same = await client.patch<ConfigMap>(configMaps, 'stale', fenced({ a: '1' }), { namespace, type: 'merge' });
    expect(same.metadata.resourceVersion).toBe(metadata.resourceVersion);
    await client.patch(configMaps, 'stale', fenced({ a: '2' }), { namespace, type: 'merge' });
    const again = client.patch(configMaps, 'stale', fenced({ a: '3' }), { namespace, type: 'merge' });
    await expect(again).rejects.toMatchObject({ status: 409, reason: 'Conflict', ambiguous: false });
  });

  it('is not deleted when it is another one by now', async () => {
    const first = await client.create<ConfigMap>(configMaps, aConfigMap('twice'));
    await client.delete(configMaps, 'twice', { namespace, uid: first.metadata.uid });
    await client.create(configMaps, aConfigMap('twice'));
    const late = client.delete(configMaps, 'twice', { namespace, uid: first.metadata.uid });
    await expect(late).rejects.toMatchObject({ status: 409 });
    expect(await client.find(configMaps, 'twice', { namespace })).toBeDefined();
  });

  it('that a finalizer holds is returned by delete', async () => {
    const object = aConfigMap('held');
    await client.create(configMaps, {
      ...object,
      metadata: { ...object.metadata, finalizers: ['example.dev/held'] },
    } as KubeObject);
    const held = await client.delete<ConfigMap>(configMaps, 'held', { namespace });
    expect(held?.metadata.deletionTimestamp).toBeTruthy();
    await client.patch(configMaps, 'held', { metadata: { finalizers: null } }, { namespace, type: 'merge' });
    expect(await client.find(configMaps, 'held', { namespace })).toBeUndefined();
  });

  it('with a field that the schema does not know, or a wrong one, is refused by name', async () => {
    const unknown = { ...aConfigMap('strict'), colour: 'red' };
    await expect(client.create(configMaps, unknown)).rejects.toMatchObject({
      status: 400,
      message: /unknown field "colour"/,
    });
    const wrong: unknown = await client.create(configMaps, aConfigMap('Not_A_Name')).catch((e: unknown) => e);
    expect(wrong).toBeInstanceOf(KubeError);
    expect(wrong).toMatchObject({ status: 422, reason: 'Invalid', causes: [{ field: 'metadata.name' }] });
  });

  it('is only looked at in a dry run', async () => {
    await client.create(configMaps, aConfigMap('dry'), { dryRun: true });
    expect(await client.find(configMaps, 'dry', { namespace })).toBeUndefined();
  });
});

it('lists page by page, by selector too, each object with its kind', async () => {
  const own = await cluster.newNamespace();
  for (let n = 0; n < 7; n++)
    await client.create(configMaps, {
      ...aConfigMap(`n${n}`),
      metadata: { name: `n${n}`, namespace: own, labels: { odd: String(n % 2) } },
    });
  const all = await client.list<ConfigMap>(configMaps, { namespace: own, limit: 3 });
  expect(all.items.map((item) => item.metadata.name)).toEqual(['n0', 'n1', 'n2', 'n3', 'n4', 'n5', 'n6']);
  expect(all.items[0]).toMatchObject({ kind: 'ConfigMap', apiVersion: 'v1' });
  expect(Number(all.resourceVersion)).toBeGreaterThanOrEqual(Number(all.items[6]?.metadata.resourceVersion));
  const odd = await client.list<ConfigMap>(configMaps, { namespace: own, labelSelector: 'odd=1' });
  expect(odd.items).toHaveLength(3);
  const one = await client.list<ConfigMap>(configMaps, { namespace: own, fieldSelector: 'metadata.name=n3' });
  expect(one.items).toHaveLength(1);
});

it('watches, from a version on, with changes and deletions', async () => {
  const own = await cluster.newNamespace();
  const { resourceVersion } = await client.list(configMaps, { namespace: own });
  const object = { ...aConfigMap('w'), metadata: { name: 'w', namespace: own } };
  await client.create(configMaps, object);
  await client.patch(configMaps, 'w', { data: { a: '1' } }, { namespace: own, type: 'merge' });
  await client.delete(configMaps, 'w', { namespace: own });
  const seen: string[] = [];
  for await (const { type } of client.watch<ConfigMap>(configMaps, {
    namespace: own,
    resourceVersion,
    timeoutSeconds: 20,
  })) {
    seen.push(type);
    if (type === 'DELETED') break;
  }
  expect(seen).toEqual(['ADDED', 'MODIFIED', 'DELETED']);
});

it('answers raw requests', async () => {
  expect(await client.raw<{ major: string }>('GET', '/version')).toMatchObject({ major: '1' });
});

it('does not wait for a server that fell silent, and works again at once afterwards', async () => {
  const { hostname: host, port } = new URL(cluster.server);
  const proxy = await startTcpProxy({ host, port: Number(port) });
  const own = new KubeClient({ endpoint: { ...endpoint, server: `https://127.0.0.1:${proxy.port}` } });
  await own.find(configMaps, 'x', { namespace });
  proxy.block();
  const began = performance.now();
  const silent = own.create(configMaps, aConfigMap('silent'), { timeout: 700 });
  await expect(silent).rejects.toMatchObject({ code: 'TIMEOUT', neverSent: false });
  // Not after the 10 s that a call may take unless it says otherwise.
  expect(performance.now() - began).toBeLessThan(9_500);
  proxy.heal();
  expect(await own.find(configMaps, 'silent', { namespace })).toBeUndefined();
  await proxy.stop();
  await expect(own.find(configMaps, 'x', { namespace })).rejects.toMatchObject({ refused: true });
  await own.close();
});

const load = (path: string): KubeConfig => {
  const config = new KubeConfig();
  config.loadFromFile(path);
  return config;
};
const withUser = async (name: string, user: unknown): Promise<string> => {
  const config = new KubeConfig();
  config.loadFromFile(cluster.kubeconfig);
  const { currentContext: context, contexts, clusters } = config;
  const path = join(folder, name);
  const of = contexts.find((c) => c.name === context);
  await writeFile(
    path,
    JSON.stringify({
      apiVersion: 'v1',
      kind: 'Config',
      'current-context': 'test',
      contexts: [{ name: 'test', context: { cluster: 'test', user: 'test', namespace: 'from-context' } }],
      clusters: clusters
        .filter((c) => c.name === of?.cluster)
        .map((c) => ({
          name: 'test',
          cluster: { server: c.server, 'certificate-authority-data': Buffer.from(cluster.ca).toString('base64') },
        })),
      users: [{ name: 'test', user }],
    }),
  );
  return path;
};

describe('a kubeconfig', () => {
  const whoami: Resource = {
    group: 'authentication.k8s.io',
    version: 'v1',
    plural: 'selfsubjectreviews',
    namespaced: false,
  };
  const nameBy = async (config: Endpoint): Promise<string> => {
    const own = new KubeClient({ endpoint: config });
    const review = { apiVersion: 'authentication.k8s.io/v1', kind: 'SelfSubjectReview', metadata: {} };
    const { status } = await own.create<KubeObject & { status: { userInfo: { username: string } } }>(whoami, review);
    await own.close();
    return status.userInfo.username;
  };

  it('as the harness writes it works', async () => {
    expect(await nameBy(endpointOf(() => load(cluster.kubeconfig)))).toBe('admin');
  });

  it('with an exec plugin asks it once for many requests, and again when its token is refused', async () => {
    const count = join(folder, 'count');
    const token = join(folder, 'plugin-token');
    await writeFile(token, cluster.token);
    const script = `echo x >> ${count}; printf '{"apiVersion":"client.authentication.k8s.io/v1","kind":"ExecCredential","status":{"token":"%s"}}' "$(cat ${token})"`;
    const path = await withUser('exec', {
      exec: {
        apiVersion: 'client.authentication.k8s.io/v1',
        command: 'sh',
        args: ['-c', script],
        interactiveMode: 'Never',
      },
    });
    const calls = async () => (await readFile(count, 'utf8')).trim().split('\n').length;
    const plugin = endpointOf(() => load(path));
    expect(plugin.namespace).toBe('from-context');
    expect(await Promise.all([nameBy(plugin), nameBy(plugin), nameBy(plugin)])).toEqual(['admin', 'admin', 'admin']);
    expect(await calls()).toBe(1);
    const revoked = endpointOf(() => load(path));
    await writeFile(token, 'revoked');
    await revoked.credentials(false);
    await writeFile(token, cluster.token);
    expect(await nameBy(revoked)).toBe('admin');
    expect(await calls()).toBe(3);
  });

  it('whose token is replaced in the file is read again after a refusal', async () => {
    const path = await withUser('rotated', { token: 'revoked' });
    const rotating = endpointOf(() => load(path));
    await withUser('rotated', { token: cluster.token });
    expect(await nameBy(rotating)).toBe('admin');
  });

  it('with a token file, as in a pod, bears its last newline', async () => {
    const tokenFile = join(folder, 'token');
    await writeFile(tokenFile, `${cluster.token}\n`);
    const caFile = join(folder, 'ca.crt');
    await writeFile(caFile, cluster.ca);
    const inPod = endpointOf(() => {
      const config = new KubeConfig();
      config.loadFromClusterAndUser(
        { name: 'inCluster', server: cluster.server, caFile, skipTLSVerify: false },
        { name: 'pod', authProvider: { name: 'tokenFile', config: { tokenFile } } },
      );
      return config;
    });
    expect(await nameBy(inPod)).toBe('admin');
  });

  it('with a client certificate presents it', async () => {
    const path = await withUser('certificate', {
      'client-certificate-data': Buffer.from('certificate').toString('base64'),
      'client-key-data': Buffer.from('key').toString('base64'),
    });
    const { tls, headers } = await endpointOf(() => load(path)).credentials(false);
    expect([String(tls.ca), String(tls.cert), String(tls.key)]).toEqual([cluster.ca, 'certificate', 'key']);
    expect(headers).toEqual({});
  });

  it('that is of no use says so', () => {
    const empty = new KubeConfig();
    empty.loadFromClusterAndUser(
      { name: 'cluster', server: 'http://localhost:8080', skipTLSVerify: false },
      { name: 'user' },
    );
    expect(() => endpointOf(() => empty)).toThrow(/KUBECONFIG/);
    const context = new KubeConfig();
    context.loadFromFile(cluster.kubeconfig);
    context.setCurrentContext('elsewhere');
    expect(() => endpointOf(() => context)).toThrow(/"elsewhere"/);
  });
});
