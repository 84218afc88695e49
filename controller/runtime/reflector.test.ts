import { describe, expect, it } from 'vitest';
import { FakeClock } from '../../test/builders/fake-clock.ts';
import { KubeError, KubeUnreachable } from './kube-errors.ts';
import type { KubeObject, Resource } from './kube-object.ts';
import type { WatchEvent } from './kube-watch.ts';
import type { List, ListOptions, WatchOptions } from './kube.ts';
import { Reflector, type Source } from './reflector.ts';
import { Store } from './store.ts';

const resource: Resource = { group: 'example.dev', version: 'v1', plural: 'things' };

const thing = (name: string, version: number): KubeObject => ({
  metadata: { name, namespace: 'ns', uid: `uid-${name}`, resourceVersion: String(version) },
});
const added = (name: string, version: number) => ({ type: 'ADDED', object: thing(name, version) }) as const;
const bookmark = (version: number, end = false) =>
  ({
    type: 'BOOKMARK',
    object: {
      metadata: {
        resourceVersion: String(version),
        ...(end && { annotations: { 'k8s.io/initial-events-end': 'true' } }),
      },
    },
  }) as const;

type Step = WatchEvent<KubeObject> | Error | 'end' | 'stay' | { readonly wait: number };

/** An API server that plays one script a watch, and notes what it is asked. */
class ScriptedServer implements Source<KubeObject> {
  readonly watches: WatchOptions[] = [];
  readonly lists: ListOptions[] = [];
  readonly #scripts: (readonly Step[])[];
  readonly #pages: List<KubeObject>[];
  readonly #clock: FakeClock;

  constructor(clock: FakeClock, scripts: readonly (readonly Step[])[], pages: List<KubeObject>[] = []) {
    this.#clock = clock;
    this.#scripts = [...scripts];
    this.#pages = pages;
  }

  async list(_: Resource, options: ListOptions = {}) {
    this.lists.push(options);
    const page = this.#pages.shift();
    if (!page) throw new KubeError(503, 'ServiceUnavailable', 'no page left');
    return page;
  }

  async *watch(_: Resource, options: WatchOptions = {}) {
    this.watches.push(options);
    const script = this.#scripts.shift() ?? [new KubeUnreachable('ECONNREFUSED', 'no script left')];
    if (!(script[0] instanceof Error)) options.opened?.();
    for (const step of script) {
      if (options.signal?.aborted || step === 'end') return;
      if (step === 'stay')
        await new Promise<void>((resolve) => options.signal?.addEventListener('abort', () => resolve()));
      else if ('wait' in step) await new Promise<void>((resolve) => this.#clock.after(step.wait, resolve));
      else if (step instanceof Error) throw step;
      else yield step;
    }
  }
}

function aReflector(scripts: readonly (readonly Step[])[], pages?: List<KubeObject>[]) {
  const clock = new FakeClock();
  const server = new ScriptedServer(clock, scripts, pages);
  const store = new Store();
  const problems: unknown[] = [];
  const reflector = new Reflector({
    client: server,
    resource,
    store,
    clock,
    random: () => 1,
    onProblem: (error) => problems.push(error),
  });
  let synced = false;
  void reflector.synced().then(() => (synced = true));
  reflector.start();
  return {
    clock,
    server,
    store,
    reflector,
    problems,
    isSynced: () => synced,
    names: () => store.list().map((o) => o.metadata.name),
    from: () => server.watches.map((w) => (w.sendInitialEvents ? 'list' : w.resourceVersion)),
  };
}

const expired = new KubeError(410, 'Expired', 'too old resource version');

describe('a streaming list', () => {
  it('fills the store at its last bookmark, and goes on as a watch', async () => {
    const r = aReflector([
      [added('b', 5), added('a', 3), bookmark(9, true), added('c', 10), { wait: 60_000 }, 'end'],
      ['stay'],
    ]);
    await r.clock.advance(0);
    expect(r.isSynced()).toBe(true);
    expect(r.names()).toEqual(['b', 'a', 'c']);
    expect(r.reflector.connected).toBe(true);
    await r.clock.advance(61_000);
    expect(r.from()).toEqual(['list', '10']);
    await r.reflector.stop();
  });

  it('that breaks before it is complete shows nothing and is not resumed', async () => {
    const r = aReflector([
      [added('b', 50), bookmark(50), new KubeUnreachable('CUT', 'cut')],
      [added('a', 3), bookmark(60, true), 'stay'],
    ]);
    await r.clock.advance(0);
    expect(r.isSynced()).toBe(false);
    expect(r.names()).toEqual([]);
    expect(r.reflector.connected).toBe(false);
    await r.clock.advance(1_000);
    expect(r.from()).toEqual(['list', 'list']);
    expect(r.names()).toEqual(['a']);
    await r.reflector.stop();
  });

  it('that the server does not know is replaced by pages, from then on', async () => {
    const invalid = new KubeError(
      422,
      'Invalid',
      'sendInitialEvents is forbidden for watch unless the WatchList feature gate is enabled',
    );
    const r = aReflector(
      [[invalid], [added('b', 8), { wait: 60_000 }, expired], ['stay']],
      [
        { items: [thing('a', 2)], resourceVersion: '7' },
        { items: [thing('b', 8)], resourceVersion: '20' },
      ],
    );
    await r.clock.advance(1_000);
    expect(r.isSynced()).toBe(true);
    expect(r.names()).toEqual(['a', 'b']);
    await r.clock.advance(61_000);
    expect(r.names()).toEqual(['b']);
    expect(r.from()).toEqual(['list', '7', '20']);
    await r.reflector.stop();
  });
});

describe('after a break', () => {
  it('resumes from the last event or bookmark', async () => {
    const cut = new KubeUnreachable('ECONNRESET', 'reset');
    const r = aReflector([[bookmark(9, true), cut], [added('a', 12), cut], [bookmark(30), cut], ['stay']]);
    await r.clock.advance(10_000);
    expect(r.from()).toEqual(['list', '9', '12', '30']);
    expect(r.problems).toEqual([cut, cut, cut]);
    expect(r.reflector.connected).toBe(true);
    await r.reflector.stop();
  });

  it('that lasted too long, lists anew and finds what was deleted', async () => {
    const r = aReflector([
      [added('a', 1), added('b', 2), bookmark(9, true), 'end'],
      [expired],
      [added('b', 2), bookmark(99, true), 'stay'],
    ]);
    await r.clock.advance(10_000);
    expect(r.from()).toEqual(['list', '9', 'list']);
    expect(r.names()).toEqual(['b']);
    await r.reflector.stop();
  });

  it('to a cluster restored from a backup, lists anew', async () => {
    const r = aReflector([
      [added('a', 80), bookmark(90, true), 'end'],
      [bookmark(40), 'stay'],
      [added('b', 30), bookmark(41, true), 'stay'],
    ]);
    await r.clock.advance(10_000);
    expect(r.from()).toEqual(['list', '90', 'list']);
    expect(r.names()).toEqual(['b']);
    await r.reflector.stop();
  });
});

describe('a server that is away', () => {
  it('is asked ever less often, up to every five seconds', async () => {
    const r = aReflector([]);
    await r.clock.advance(60_000);
    // 0.2, 0.4 … 3.2, then 5 s each.
    expect(r.server.watches).toHaveLength(16);
    await r.clock.advance(60_000);
    expect(r.server.watches).toHaveLength(28);
    expect(r.isSynced()).toBe(false);
    await r.reflector.stop();
    expect(r.clock.pending).toBe(0);
  });

  it('is known to be away', async () => {
    const r = aReflector([[bookmark(1, true), { wait: 60_000 }, 'end']]);
    await r.clock.advance(59_000);
    expect(r.reflector.connected).toBe(true);
    await r.clock.advance(60_000);
    expect(r.reflector.connected).toBe(false);
    await r.reflector.stop();
  });

  it('that ends each watch at once without error is not asked without end', async () => {
    const r = aReflector([[bookmark(1, true), 'end'], ...Array.from({ length: 100 }, () => ['end'] as const)]);
    await r.clock.advance(60_000);
    expect(r.server.watches.length).toBeLessThan(18);
    expect(r.problems).toEqual([]);
    await r.reflector.stop();
  });

  it('that says "too old" to everything is not asked without end', async () => {
    const r = aReflector(Array.from({ length: 100 }, () => [bookmark(1, true), expired] as const));
    await r.clock.advance(60_000);
    expect(r.server.watches.length).toBeLessThan(18);
    await r.reflector.stop();
  });

  it('is asked at once when a long watch ends', async () => {
    const r = aReflector([[bookmark(1, true), { wait: 400_000 }, 'end'], ['stay']]);
    await r.clock.advance(400_200);
    expect(r.from()).toEqual(['list', '1']);
    await r.reflector.stop();
  });
});

it('asks the server to end each watch after five to ten minutes', async () => {
  const r = aReflector([['stay']]);
  await r.clock.advance(0);
  expect(r.server.watches[0]).toMatchObject({ timeoutSeconds: 600, idle: 180_000 });
  await r.reflector.stop();
});
