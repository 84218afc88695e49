import { afterAll, beforeAll, describe, expect, it, onTestFinished, vi } from 'vitest';
import { startCluster, type Cluster } from '../../test/cluster/cluster.ts';
import { sharedCluster } from '../../test/cluster/shared.ts';
import { startTcpProxy, type TcpProxy } from '../../test/cluster/tcp-proxy.ts';
import { systemClock } from './clock.ts';
import type { Endpoint } from './kube-endpoint.ts';
import { KubeError } from './kube-errors.ts';
import type { KubeObject, Resource } from './kube-object.ts';
import type { Requested } from './kube-transport.ts';
import { KubeClient } from './kube.ts';
import { Reflector, type ReflectorOptions } from './reflector.ts';
import { Store } from './store.ts';

const configMaps: Resource = { group: '', version: 'v1', plural: 'configmaps' };
interface ConfigMap extends KubeObject {
  readonly data?: Readonly<Record<string, string>>;
}

const endpointOf = ({ server, ca, token }: Pick<Cluster, 'server' | 'ca' | 'token'>): Endpoint => ({
  server,
  namespace: undefined,
  credentials: async () => ({ headers: { authorization: `Bearer ${token}` }, tls: { ca } }),
});

const aConfigMap = (name: string, namespace: string, data: Record<string, string> = {}) => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name, namespace },
  data,
});

/** A reflector of ConfigMaps that notes what it asks and what changes. */
function aReflector(
  endpoint: Endpoint,
  { timeout = 30_000, ...options }: Partial<ReflectorOptions<ConfigMap>> & { timeout?: number } = {},
) {
  const requests: Requested[] = [];
  const problems: unknown[] = [];
  const changes: string[] = [];
  const store = new Store<ConfigMap>();
  store.onChange((key, object, old) => changes.push(`${object ? (old ? '~' : '+') : '-'}${key.split('/')[1]}`));
  const client = new KubeClient({ endpoint, timeout, onRequest: (request) => requests.push(request) });
  const reflector = new Reflector<ConfigMap>({
    client,
    resource: configMaps,
    store,
    clock: systemClock,
    onProblem: (error) => problems.push(error),
    ...options,
  });
  onTestFinished(async () => {
    await reflector.stop();
    await client.close();
  });
  return {
    reflector,
    store,
    requests,
    problems,
    changes,
    names: () =>
      store
        .list()
        .map((o) => o.metadata.name ?? '')
        .toSorted(),
    watches: () => requests.filter(({ verb, code }) => verb === 'watch' && code === 200).length,
    data: (namespace: string, name: string) => store.get(`${namespace}/${name}`)?.data,
  };
}

const until = (assertion: () => void) => vi.waitFor(assertion, { timeout: 60_000, interval: 20 });

async function aProxy(server: string): Promise<TcpProxy> {
  const { hostname: host, port } = new URL(server);
  const proxy = await startTcpProxy({ host, port: Number(port) });
  onTestFinished(() => proxy.stop());
  return proxy;
}

describe('on a server that stays', () => {
  const cluster = sharedCluster();
  const endpoint = endpointOf(cluster);
  const client = new KubeClient({ endpoint });
  afterAll(() => client.close());

  const create = (namespace: string, names: readonly string[]) =>
    Promise.all(names.map((name) => client.create(configMaps, aConfigMap(name, namespace))));

  it('streams 300 objects in one request, without managedFields, then follows every change', async () => {
    const namespace = await cluster.newNamespace();
    const names = Array.from({ length: 300 }, (_, n) => `c${String(n).padStart(3, '0')}`);
    for (let at = 0; at < names.length; at += 20) await create(namespace, names.slice(at, at + 20));
    const r = aReflector(endpoint, { namespace });
    r.reflector.start();
    await r.reflector.synced();
    expect(r.names()).toEqual(names);
    expect(r.requests.map(({ verb }) => verb)).toEqual(['watch']);
    expect(r.store.get(`${namespace}/c007`)).not.toHaveProperty('metadata.managedFields');
    expect(r.store.get(`${namespace}/c007`)).toMatchObject({ apiVersion: 'v1', kind: 'ConfigMap' });
    r.changes.length = 0;
    await client.patch(configMaps, 'c007', { data: { a: '1' } }, { namespace, type: 'merge' });
    await client.delete(configMaps, 'c008', { namespace });
    await client.create(configMaps, aConfigMap('new', namespace));
    await until(() => expect(r.changes).toEqual(['~c007', '-c008', '+new']));
    expect(r.data(namespace, 'c007')).toEqual({ a: '1' });
    expect(r.requests).toHaveLength(1);
    expect(r.problems).toEqual([]);
  });

  it('shows our own write at once, and tells of it once', async () => {
    const namespace = await cluster.newNamespace();
    const r = aReflector(endpoint, { namespace });
    r.reflector.start();
    await r.reflector.synced();
    const name = 'own';
    r.store.observe(await client.create<ConfigMap>(configMaps, aConfigMap(name, namespace)));
    for (let n = 1; n <= 20; n++) {
      const written = await client.patch<ConfigMap>(
        configMaps,
        name,
        { data: { n: `${n}` } },
        { namespace, type: 'merge' },
      );
      r.store.observe(written);
      expect(r.data(namespace, name)).toEqual({ n: `${n}` });
    }
    const last = r.store.get(`${namespace}/${name}`);
    await client.delete(configMaps, name, { namespace });
    if (last) r.store.observeDeleted(last);
    expect(r.names()).toEqual([]);
    await client.create(configMaps, aConfigMap('end', namespace));
    await until(() => expect(r.names()).toEqual(['end']));
    expect(r.changes).toEqual(['+own', ...Array.from({ length: 20 }, () => '~own'), '-own', '+end']);
  });

  it('resumes after its connection was cut, with nothing lost and nothing told twice', async () => {
    const namespace = await cluster.newNamespace();
    const proxy = await aProxy(cluster.server);
    const r = aReflector({ ...endpoint, server: `https://127.0.0.1:${proxy.port}` }, { namespace });
    r.reflector.start();
    await r.reflector.synced();
    for (const name of ['a', 'b', 'c']) {
      await client.create(configMaps, aConfigMap(name, namespace));
      proxy.cut();
      await client.create(configMaps, aConfigMap(`${name}2`, namespace));
      await until(() => expect(r.names()).toContain(`${name}2`));
    }
    await client.delete(configMaps, 'a', { namespace });
    await until(() => expect(r.names()).toEqual(['a2', 'b', 'b2', 'c', 'c2']));
    expect(r.changes).toEqual(['+a', '+a2', '+b', '+b2', '+c', '+c2', '-a']);
    // All on from a version; only the first was a list.
    expect(r.requests.every(({ verb }) => verb === 'watch')).toBe(true);
    expect(r.problems.length).toBeGreaterThanOrEqual(3);
  });

  it('finds out that the other end is gone though nobody said so', async () => {
    const namespace = await cluster.newNamespace();
    const proxy = await aProxy(cluster.server);
    const r = aReflector({ ...endpoint, server: `https://127.0.0.1:${proxy.port}` }, { namespace, idle: 1_500 });
    r.reflector.start();
    await r.reflector.synced();
    proxy.lose();
    await client.create(configMaps, aConfigMap('unseen', namespace));
    await until(() => expect(r.names()).toEqual(['unseen']));
    // One at least: the next connection may be silent for as long.
    expect(r.problems).not.toEqual([]);
    for (const problem of r.problems) expect(problem).toMatchObject({ code: 'TIMEOUT' });
  });

  it('goes on when the server ends a watch in time', async () => {
    const namespace = await cluster.newNamespace();
    const short = new KubeClient({ endpoint });
    const r = aReflector(endpoint, {
      namespace,
      client: {
        list: (resource, options) => short.list(resource, options),
        watch: (resource, options) => short.watch(resource, { ...options, timeoutSeconds: 1 }),
      },
    });
    onTestFinished(() => short.close());
    r.reflector.start();
    await r.reflector.synced();
    for (let n = 0; n < 6; n++) {
      await client.create(configMaps, aConfigMap(`n${n}`, namespace));
      await new Promise((resolve) => setTimeout(resolve, 500));
    }
    await until(() => expect(r.names()).toEqual(['n0', 'n1', 'n2', 'n3', 'n4', 'n5']));
    expect(r.changes).toHaveLength(6);
    expect(r.problems).toEqual([]);
  });

  it('reports that it may not, and asks less and less often', async () => {
    const anonymous: Endpoint = { ...endpoint, credentials: async () => ({ headers: {}, tls: { ca: cluster.ca } }) };
    const at: number[] = [];
    const problems: unknown[] = [];
    const r = aReflector(anonymous, {
      namespace: 'default',
      onProblem(error) {
        at.push(performance.now());
        problems.push(error);
      },
    });
    r.reflector.start();
    await until(() => expect(at.length).toBeGreaterThanOrEqual(4));
    expect(problems[0]).toBeInstanceOf(KubeError);
    expect(problems[0]).toMatchObject({ status: 403 });
    // At least half of 200, 400 and 800 ms: no three equal waits of the first kind are that long.
    expect((at[3] ?? 0) - (at[0] ?? 0)).toBeGreaterThanOrEqual(690);
    expect(r.reflector.connected).toBe(false);
  });
});

describe('on a server that goes away', () => {
  let cluster: Cluster;
  let client: KubeClient;
  beforeAll(async () => {
    cluster = await startCluster();
    client = new KubeClient({ endpoint: endpointOf(cluster) });
    for (const name of ['keep', 'change', 'remove']) await client.create(configMaps, aConfigMap(name, 'default'));
  });
  afterAll(async () => {
    await client.close();
    await cluster.stop();
  });

  it('resumes when it is back', async () => {
    const r = aReflector(endpointOf(cluster), { namespace: 'default' });
    r.reflector.start();
    await r.reflector.synced();
    await cluster.killApiServer();
    await until(() => expect(r.reflector.connected).toBe(false));
    await cluster.restartApiServer();
    await client.create(configMaps, aConfigMap('after', 'default'));
    await until(() => expect(r.names()).toContain('after'));
    await until(() => expect(r.reflector.connected).toBe(true));
    expect(r.changes.filter((change) => change === '+keep')).toHaveLength(1);
    expect(r.requests.length).toBeLessThan(40);
    await client.delete(configMaps, 'after', { namespace: 'default' });
  });

  it('after a break that the server has forgotten (410) finds what was deleted, changed and created', async () => {
    const proxy = await aProxy(cluster.server);
    const r = aReflector(
      { ...endpointOf(cluster), server: `https://127.0.0.1:${proxy.port}` },
      { namespace: 'default', shortestWait: 50, longestWait: 500, timeout: 2_000 },
    );
    r.reflector.start();
    await r.reflector.synced();
    expect(r.names()).toEqual(['change', 'keep', 'remove']);
    r.changes.length = 0;
    proxy.block();
    proxy.cut();
    const namespace = 'default';
    await client.delete(configMaps, 'remove', { namespace });
    await client.patch(configMaps, 'change', { data: { a: '1' } }, { namespace, type: 'merge' });
    await client.create(configMaps, aConfigMap('new', namespace));
    // A server that starts knows no history: all versions before its start are too old for it.
    await cluster.restartApiServer();
    proxy.heal();
    // What was taken meanwhile says nothing.
    proxy.cut();
    await until(() => expect(r.names()).toEqual(['change', 'keep', 'new']));
    expect(r.data(namespace, 'change')).toEqual({ a: '1' });
    expect(r.changes.toSorted()).toEqual(['+new', '-remove', '~change']);
    expect(r.problems.some((problem) => problem instanceof KubeError && problem.status === 410)).toBe(true);
    await client.delete(configMaps, 'new', { namespace });
    await until(() => expect(r.names()).toEqual(['change', 'keep']));
  });
});

describe('on a server without streaming lists', () => {
  it('reads pages, then watches', async () => {
    const cluster = await startCluster({ apiServerArgs: ['--feature-gates=WatchList=false'] });
    onTestFinished(() => cluster.stop());
    const client = new KubeClient({ endpoint: endpointOf(cluster) });
    onTestFinished(() => client.close());
    await client.create(configMaps, aConfigMap('a', 'default'));
    const r = aReflector(endpointOf(cluster), { namespace: 'default' });
    r.reflector.start();
    await r.reflector.synced();
    expect(r.names()).toEqual(['a']);
    await client.create(configMaps, aConfigMap('b', 'default'));
    await until(() => expect(r.names()).toEqual(['a', 'b']));
    expect(r.requests.map(({ verb, code }) => `${verb} ${code}`)).toEqual(['watch 422', 'list 200', 'watch 200']);
  });
});
