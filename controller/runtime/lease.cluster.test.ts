import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { expect, it, onTestFinished, vi } from 'vitest';
import type { LeaseProcessEvent, LeaseProcessOptions } from '../../test/cluster/lease-process.ts';
import { sharedCluster } from '../../test/cluster/shared.ts';
import { systemClock } from './clock.ts';
import type { KubeObject, Resource } from './kube-object.ts';
import { KubeClient } from './kube.ts';
import { leaseIn } from './lease-record.ts';
import { Leader } from './lease.ts';

const cluster = sharedCluster();
const { server, ca, token } = cluster;
const leases: Resource = { group: 'coordination.k8s.io', version: 'v1', plural: 'leases' };
interface Lease extends KubeObject {
  readonly spec: Readonly<Record<string, unknown>>;
}

const credentials = async () => ({ headers: { authorization: `Bearer ${token}` }, tls: { ca } });
const short = { leaseDuration: 2_000, renewDeadline: 1_300, retryPeriod: 200 };

function aClient(): KubeClient {
  const client = new KubeClient({ endpoint: { server, namespace: undefined, credentials } });
  onTestFinished(() => client.close());
  return client;
}

/** A process that campaigns and, while it leads, "writes" every 5 ms. */
function aProcess(namespace: string, identity: string) {
  const options: LeaseProcessOptions = { server, ca, token, namespace, name: 'leader', identity, ...short };
  const script = fileURLToPath(new URL('../../test/cluster/lease-process.ts', import.meta.url));
  const child: ChildProcess = spawn(process.execPath, [script, JSON.stringify(options)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const events: LeaseProcessEvent[] = [];
  if (child.stdout) createInterface(child.stdout).on('line', (line) => events.push(JSON.parse(line)));
  onTestFinished(async () => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    child.kill('SIGKILL');
    await once(child, 'exit');
  });
  return {
    child,
    times: (what: LeaseProcessEvent['what']) => events.filter((e) => e.what === what).map((e) => e.at),
    count: (what: LeaseProcessEvent['what']) => events.filter((e) => e.what === what).length,
  };
}

const until = (assertion: () => void) => vi.waitFor(assertion, { timeout: 15_000, interval: 20 });
const sleep = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

it('keeps a Lease that client-go would understand', async () => {
  const namespace = await cluster.newNamespace();
  const client = aClient();
  const leader = new Leader({
    store: leaseIn(client, namespace, 'leader'),
    clock: systemClock,
    identity: 'pod-a',
    ...short,
  });
  leader.start();
  await until(() => expect(leader.leading()).toBe(true));
  const first = await client.get<Lease>(leases, 'leader', { namespace });
  const micro = expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z$/);
  expect(first.spec).toEqual({
    holderIdentity: `pod-a_${leader.session}`,
    leaseDurationSeconds: 2,
    leaseTransitions: 0,
    acquireTime: micro,
    renewTime: micro,
  });
  await sleep(600);
  const later = await client.get<Lease>(leases, 'leader', { namespace });
  expect(String(later.spec['renewTime']) > String(first.spec['renewTime'])).toBe(true);
  expect(later.spec['acquireTime']).toBe(first.spec['acquireTime']);
  await leader.stop({ release: true });
  const released = await client.get<Lease>(leases, 'leader', { namespace });
  expect(released.spec['holderIdentity'] ?? '').toBe('');
  expect(leader.leading()).toBe(false);
});

it('passes at once from one that releases to one that waits', async () => {
  const namespace = await cluster.newNamespace();
  const a = aProcess(namespace, 'a');
  await until(() => expect(a.count('write')).toBeGreaterThan(5));
  const b = aProcess(namespace, 'b');
  await sleep(700);
  expect(b.count('started')).toBe(0);
  const told = Date.now();
  a.child.kill('SIGTERM');
  await until(() => expect(b.count('write')).toBeGreaterThan(5));
  expect(Math.max(...a.times('write'))).toBeLessThan(Math.min(...b.times('write')));
  expect(Math.min(...b.times('write')) - told).toBeLessThan(short.leaseDuration);
});

it('is lost by a process that was stopped (SIGSTOP): not one write after it goes on', async () => {
  const namespace = await cluster.newNamespace();
  const a = aProcess(namespace, 'a');
  await until(() => expect(a.count('write')).toBeGreaterThan(5));
  const b = aProcess(namespace, 'b');
  await sleep(500);
  a.child.kill('SIGSTOP');
  await until(() => expect(b.count('write')).toBeGreaterThan(5));
  const resumed = Date.now();
  a.child.kill('SIGCONT');
  await until(() => expect(a.count('lost')).toBe(1));
  await sleep(1_000);
  expect(a.times('write').filter((at) => at >= resumed)).toEqual([]);
  expect(Math.max(...a.times('write'))).toBeLessThan(Math.min(...b.times('write')));
  const writes = b.count('write');
  await sleep(300);
  expect(b.count('write')).toBeGreaterThan(writes);
  expect(b.count('lost')).toBe(0);
});

it('is not taken up again after a stop past the deadline, though nobody else wanted it', async () => {
  const namespace = await cluster.newNamespace();
  const a = aProcess(namespace, 'a');
  await until(() => expect(a.count('write')).toBeGreaterThan(5));
  a.child.kill('SIGSTOP');
  await sleep(short.renewDeadline + 300);
  const resumed = Date.now();
  a.child.kill('SIGCONT');
  await until(() => expect(a.count('lost')).toBe(1));
  await sleep(500);
  expect(a.times('write').filter((at) => at >= resumed)).toEqual([]);
});

it('outlives a short stop', async () => {
  const namespace = await cluster.newNamespace();
  const a = aProcess(namespace, 'a');
  await until(() => expect(a.count('write')).toBeGreaterThan(5));
  a.child.kill('SIGSTOP');
  await sleep(400);
  a.child.kill('SIGCONT');
  const resumed = Date.now();
  await until(() => expect(a.times('write').filter((at) => at > resumed + 2_000).length).toBeGreaterThan(0));
  expect(a.count('lost')).toBe(0);
});

it('passes from a process that was killed, no sooner than it could know', async () => {
  const namespace = await cluster.newNamespace();
  const a = aProcess(namespace, 'a');
  await until(() => expect(a.count('write')).toBeGreaterThan(5));
  const b = aProcess(namespace, 'b');
  await sleep(500);
  a.child.kill('SIGKILL');
  const killed = Date.now();
  await until(() => expect(b.count('started')).toBe(1));
  const after = (b.times('started')[0] ?? 0) - killed;
  expect(after).toBeGreaterThan(short.leaseDuration - 2 * short.retryPeriod);
  expect(after).toBeLessThan(short.leaseDuration + 10 * short.retryPeriod);
});
