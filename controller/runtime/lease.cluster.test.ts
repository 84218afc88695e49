import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { describe, expect, it, vi } from 'vitest';
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
/** Longer than a machine stands still, and short enough to wait for: the tests wait side by side. */
const periods = { leaseDuration: 10_000, renewDeadline: 7_000, retryPeriod: 200 };

/** Tests side by side each have their own. */
type Finished = (end: () => Promise<void>) => void;

function aClient(finished: Finished): KubeClient {
  const client = new KubeClient({ endpoint: { server, namespace: undefined, credentials } });
  finished(() => client.close());
  return client;
}

/** A process that campaigns and, while it leads, "writes" every 5 ms. */
function aProcess(finished: Finished, namespace: string, identity: string) {
  const options: LeaseProcessOptions = { server, ca, token, namespace, name: 'leader', identity, ...periods };
  const script = fileURLToPath(new URL('../../test/cluster/lease-process.ts', import.meta.url));
  const child: ChildProcess = spawn(process.execPath, [script, JSON.stringify(options)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const events: LeaseProcessEvent[] = [];
  if (child.stdout) createInterface(child.stdout).on('line', (line) => events.push(JSON.parse(line)));
  finished(async () => {
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

const patience = { timeout: 60_000, interval: 20 };
const until = (assertion: () => void) => vi.waitFor(assertion, patience);
const sleep = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));
type Process = ReturnType<typeof aProcess>;
const writes = (one: Process): Promise<void> => until(() => expect(one.count('write')).toBeGreaterThan(5));

/** One that leads and one that has seen it, and waits. */
async function aPair(finished: Finished): Promise<{ a: Process; b: Process; namespace: string }> {
  const namespace = await cluster.newNamespace();
  const a = aProcess(finished, namespace, 'a');
  await writes(a);
  const b = aProcess(finished, namespace, 'b');
  await until(() => expect(b.count('waiting')).toBe(1));
  expect(b.count('started')).toBe(0);
  return { a, b, namespace };
}

describe.concurrent('a Lease', () => {
  it('is kept as client-go would understand it', async ({ onTestFinished: finished }) => {
    const namespace = await cluster.newNamespace();
    const client = aClient(finished);
    const leader = new Leader({
      store: leaseIn(client, namespace, 'leader'),
      clock: systemClock,
      identity: 'pod-a',
      ...periods,
    });
    leader.start();
    await until(() => expect(leader.leading()).toBe(true));
    const read = (): Promise<Lease> => client.get<Lease>(leases, 'leader', { namespace });
    const first = await read();
    const micro = expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z$/);
    expect(first.spec).toEqual({
      holderIdentity: `pod-a_${leader.session}`,
      leaseDurationSeconds: periods.leaseDuration / 1_000,
      leaseTransitions: 0,
      acquireTime: micro,
      renewTime: micro,
    });
    const later = await vi.waitFor(async () => {
      const now = await read();
      expect(String(now.spec['renewTime']) > String(first.spec['renewTime'])).toBe(true);
      return now;
    }, patience);
    expect(later.spec['acquireTime']).toBe(first.spec['acquireTime']);
    await leader.stop({ release: true });
    const released = await read();
    expect(released.spec['holderIdentity'] ?? '').toBe('');
    expect(leader.leading()).toBe(false);
  });

  it('passes at once from one that releases to one that waits', async ({ onTestFinished: finished }) => {
    const { a, b } = await aPair(finished);
    const told = Date.now();
    a.child.kill('SIGTERM');
    await writes(b);
    expect(Math.max(...a.times('write'))).toBeLessThan(Math.min(...b.times('write')));
    // Sooner than without the release.
    expect(Math.min(...b.times('write')) - told).toBeLessThan(periods.leaseDuration - 2 * periods.retryPeriod);
  });

  it('is lost by a process that was stopped (SIGSTOP): not one write after it goes on', async ({
    onTestFinished: finished,
  }) => {
    const { a, b } = await aPair(finished);
    a.child.kill('SIGSTOP');
    await writes(b);
    const resumed = Date.now();
    a.child.kill('SIGCONT');
    await until(() => expect(a.count('lost')).toBe(1));
    await sleep(1_000);
    expect(a.times('write').filter((at) => at >= resumed)).toEqual([]);
    expect(Math.max(...a.times('write'))).toBeLessThan(Math.min(...b.times('write')));
    const before = b.count('write');
    await until(() => expect(b.count('write')).toBeGreaterThan(before));
    expect(b.count('lost')).toBe(0);
  });

  it('is not taken up again after a stop past the deadline, though nobody else wanted it', async ({
    onTestFinished: finished,
  }) => {
    const namespace = await cluster.newNamespace();
    const a = aProcess(finished, namespace, 'a');
    await writes(a);
    a.child.kill('SIGSTOP');
    await sleep(periods.renewDeadline + 300);
    const resumed = Date.now();
    a.child.kill('SIGCONT');
    await until(() => expect(a.count('lost')).toBe(1));
    await sleep(500);
    expect(a.times('write').filter((at) => at >= resumed)).toEqual([]);
  });

  it('outlives a short stop', async ({ onTestFinished: finished }) => {
    const namespace = await cluster.newNamespace();
    const a = aProcess(finished, namespace, 'a');
    await writes(a);
    a.child.kill('SIGSTOP');
    await sleep(400);
    a.child.kill('SIGCONT');
    const past = Date.now() + periods.renewDeadline + 500;
    await until(() => expect(a.times('write').filter((at) => at > past).length).toBeGreaterThan(0));
    expect(a.count('lost')).toBe(0);
  });

  it('passes from a process that was killed, no sooner than it could know', async ({ onTestFinished: finished }) => {
    const { a, b, namespace } = await aPair(finished);
    a.child.kill('SIGKILL');
    const killed = Date.now();
    if (a.child.signalCode === null) await once(a.child, 'exit');
    const left = await aClient(finished).get<Lease>(leases, 'leader', { namespace });
    await until(() => expect(b.count('started')).toBe(1));
    const started = b.times('started')[0] ?? 0;
    // Whoever waits cannot have seen the last renewal before it began.
    expect(started - Date.parse(String(left.spec['renewTime']))).toBeGreaterThanOrEqual(periods.leaseDuration);
    expect(started - killed).toBeLessThan(2 * periods.leaseDuration);
  });
});
