import { beforeEach, describe, expect, it } from 'vitest';
import { FakeClock } from '../../test/builders/fake-clock.ts';
import { minutes, seconds } from './clock.ts';
import { Controllers, watch, type Controller } from './controller.ts';
import { KubeError } from './kube-errors.ts';
import type { KubeObject } from './kube-object.ts';
import { Store } from './store.ts';

let clock: FakeClock;
let store: Store<KubeObject>;
/** `controller namespace/name` of each pass, in order. */
let passes: string[];
let failed: string[];
let results: string[];

beforeEach(() => {
  clock = new FakeClock();
  store = new Store();
  [passes, failed, results] = [[], [], []];
});

const object = (name: string, resourceVersion = '1'): KubeObject => ({
  metadata: { namespace: 'n', name, uid: name, resourceVersion },
});

function controller(more: Partial<Controller> = {}): Controller {
  const name = more.name ?? 'Thing';
  return {
    name,
    where: 'leader',
    objects: store,
    workers: 1,
    ...more,
    async reconcile(...at) {
      passes.push(`${name} ${at.join('/')}`);
      return (await more.reconcile?.(...at)) ?? {};
    },
  };
}

const running = (...list: Controller[]): Controllers =>
  new Controllers(
    {
      clock,
      failed: (name, key, error) => void failed.push(`${name} ${key}: ${String(error)}`),
      reconciled: (name, result) => void results.push(`${name} ${result}`),
    },
    list,
  );

/** What a pass does: throws the first time, then goes well. */
const failingOnce = (error: unknown): Partial<Controller> => ({
  async reconcile() {
    if (passes.length === 1) throw error;
    return {};
  },
});

describe('a controller', () => {
  it('begins with what is cached, and comes again when a pass says so', async () => {
    store.upsert(object('a'));
    const all = running(controller({ reconcile: async () => ({ after: seconds(30) }) }));
    await all.start('leader');
    await clock.advance(0);
    expect(passes).toEqual(['Thing n/a']);
    await clock.advance(seconds(29));
    expect(passes).toHaveLength(1);
    await clock.advance(seconds(1));
    expect(passes).toHaveLength(2);
    expect(results).toEqual(['Thing success', 'Thing success']);
  });

  it('is woken by its objects, and by others where they say so', async () => {
    const others = new Store<KubeObject>();
    const wakes = watch(others, (_, now) => (now?.metadata.name === 'quiet' ? [] : ['n/a']));
    await running(controller({ watches: [wakes] })).start('leader');
    store.upsert(object('b'));
    others.upsert(object('quiet'));
    others.upsert(object('loud', '2'));
    await clock.advance(0);
    expect(passes.toSorted()).toEqual(['Thing n/a', 'Thing n/b']);
  });

  it('serves the gravest objects first', async () => {
    for (const name of ['3', '1', '2']) store.upsert(object(name, name));
    await running(controller({ priority: ({ metadata }) => Number(metadata.name) })).start('leader');
    await clock.advance(0);
    expect(passes).toEqual(['Thing n/1', 'Thing n/2', 'Thing n/3']);
  });

  it('that is not in the list cannot be woken', () => {
    expect(() => running(controller()).wake('Thong', 'n/a')).toThrow('there is no controller Thong');
  });
});

describe('after a pass that threw', () => {
  it('comes again at once when somebody else wrote first', async () => {
    store.upsert(object('a'));
    await running(controller(failingOnce(new KubeError(409, 'Conflict', 'somebody wrote first')))).start('leader');
    await clock.advance(0);
    expect(passes).toHaveLength(2);
    expect(failed).toEqual([]);
    expect(results).toEqual(['Thing requeue_after', 'Thing success']);
  });

  it.each([
    ['an object that is gone', new KubeError(404, 'NotFound', 'it is gone'), []],
    ['any other failure', new Error('no'), ['Thing n/a: Error: no']],
  ])('comes again later: %s', async (_, error, said) => {
    store.upsert(object('a'));
    await running(controller(failingOnce(error))).start('leader');
    await clock.advance(0);
    expect(passes).toHaveLength(1);
    await clock.advance(seconds(1));
    expect(passes).toHaveLength(2);
    expect(failed).toEqual(said);
  });
});

describe('several controllers', () => {
  it('begin once those that come first have seen every object', async () => {
    store.upsert(object('a'));
    const slow = Promise.withResolvers<void>();
    const first = controller({ name: 'First', first: true, reconcile: () => slow.promise.then(() => ({})) });
    const started = running(controller(), first).start('leader');
    await clock.advance(seconds(1));
    expect(passes).toEqual(['First n/a']);
    slow.resolve();
    await started;
    await clock.advance(0);
    expect(passes).toEqual(['First n/a', 'Thing n/a']);
  });

  it('do not wait for ever for one that hangs', async () => {
    store.upsert(object('a'));
    const first = controller({ name: 'First', first: true, reconcile: () => new Promise(() => {}) });
    const started = running(first, controller()).start('leader');
    await clock.advance(seconds(3));
    await started;
    await clock.advance(0);
    expect(passes).toEqual(['First n/a', 'Thing n/a']);
  });

  it('run where they belong, and stop there', async () => {
    store.upsert(object('a'));
    const stopped: string[] = [];
    const everywhere = controller({ name: 'Door', where: 'everywhere', stop: async () => void stopped.push('Door') });
    const all = running(controller(), everywhere);
    await all.start('everywhere');
    await clock.advance(0);
    expect(passes).toEqual(['Door n/a']);
    await all.start('leader');
    await all.stop('leader');
    expect(stopped).toEqual([]);
    passes = [];
    store.upsert(object('a', '2'));
    await clock.advance(minutes(1));
    expect(passes).toEqual(['Door n/a']);
    await all.stop('everywhere');
    expect(stopped).toEqual(['Door']);
    store.upsert(object('a', '3'));
    await clock.advance(minutes(1));
    expect(passes).toHaveLength(1);
  });
});
