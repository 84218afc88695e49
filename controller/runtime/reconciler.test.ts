import { describe, expect, it } from 'vitest';
import { FakeClock, settle } from '../../test/builders/fake-clock.ts';
import { applyMergePatch } from '../../test/builders/merge-patch.ts';
import { minutes, seconds } from './clock.ts';
import type { Condition } from './conditions.ts';
import type { Effect, Port } from './effect.ts';
import { Executor } from './executor.ts';
import { KubeError, KubeUnreachable } from './kube-errors.ts';
import type { Phase } from './phase.ts';
import { Reconciler, type Reconciled, type Trouble } from './reconciler.ts';

type Patch = Readonly<Record<string, unknown>>;
type Thing = Reconciled;

const invalid = (message = 'status.effects: Too many'): KubeError => new KubeError(422, 'Invalid', message);
const fault = (): never => {
  throw new RangeError('Invalid time value');
};
const effect = (key: string): Effect => ({ key, kind: 'thing', integration: 'x', desired: key });
const phase = (condition: string, plan: Phase<void>['plan']): Phase<void> => ({ condition, plan });
const wants = (key: string): Phase<void> => phase(`${key}Done`, () => ({ effects: [effect(key)] }));

/** One object, an API server in memory that can refuse its status, and an outside that does what it is asked. */
class World {
  readonly clock = new FakeClock();
  readonly writes: Patch[] = [];
  readonly troubles: Trouble[] = [];
  readonly made: string[] = [];
  thing: Thing = { metadata: { name: 'a', namespace: 'n', uid: 'u', generation: 1, resourceVersion: '1' } };
  phases: Phase<void>[] = [wants('one'), wants('two')];
  /** Throws what the next write is refused with. */
  refuse: ((patch: Patch) => void) | undefined;
  prepare: () => void = () => {};
  gather: () => void = () => {};
  closed = false;
  reconciler = this.start();

  start(): Reconciler<Thing, void> {
    const leadership = { session: `s${this.clock.now()}`, leading: () => true, acquiredAt: () => 0 };
    const port: Port = {
      recover: 'observe',
      create: async (call) => {
        call.go();
        this.made.push(call.key);
        return { ref: { id: call.key } };
      },
      observe: async () => [],
      update: async (call, ref) => {
        call.go();
        return { ref };
      },
    };
    const executor = new Executor({
      clock: this.clock,
      leadership,
      reach: () => ({ port, epoch: 'e' }),
      wake: () => {},
      report: () => {},
    });
    return new Reconciler<Thing, void>(
      {
        kind: 'Thing',
        prepare: (object) => {
          this.prepare();
          return Promise.resolve({ object, prepared: undefined });
        },
        gather: () => this.gather(),
        phases: () => this.phases,
        project: () => ({}),
        identity: () => ({ install: 'i', namespace: 'n', name: 'a', uid: 'u' }),
        restored: () => false,
        closed: () => this.closed,
      },
      {
        clock: this.clock,
        executor,
        read: () => this.thing,
        writeStatus: (object, patch) => this.write(object, patch),
        trouble: (_, trouble) => this.troubles.push(trouble),
        leading: () => true,
      },
    );
  }

  async write(object: Thing, patch: Patch): Promise<Thing> {
    this.refuse?.(patch);
    this.writes.push(patch);
    const { metadata, status = {} } = object;
    this.thing = {
      metadata: { ...metadata, resourceVersion: String(Number(metadata.resourceVersion) + 1) },
      status: applyMergePatch(status, patch),
    };
    return this.thing;
  }

  async pass(): Promise<unknown> {
    const verdict = await this.reconciler.reconcile('n', 'a').catch((error: unknown) => error);
    await settle();
    this.clock.tick(seconds(2));
    return verdict;
  }

  async passes(count: number): Promise<void> {
    for (let i = 0; i < count; i++) await this.pass();
  }

  edit(): void {
    const { metadata } = this.thing;
    this.thing = { ...this.thing, metadata: { ...metadata, generation: metadata.generation + 1 } };
  }

  condition(type: string): Condition | undefined {
    return this.thing.status?.conditions?.find((c) => c.type === type);
  }
}

describe('a phase that throws', () => {
  it('fails alone: the others go on, and nothing of its own is given up', async () => {
    const w = new World();
    await w.passes(3);
    expect(w.condition('Ready')).toMatchObject({ status: 'True', reason: 'Converged' });
    w.phases = [phase('oneDone', fault), wants('two'), wants('three')];
    w.edit();
    await w.passes(4);
    expect(w.made).toEqual(['one', 'two', 'three']);
    expect(w.thing.status?.effects?.['one']).toMatchObject({ state: 'Done' });
    expect(w.condition('oneDone')).toMatchObject({
      status: 'False',
      reason: 'PlanFailed',
      message: 'Invalid time value',
    });
    expect(w.condition('threeDone')).toMatchObject({ status: 'True' });
    expect(w.condition('Ready')).toMatchObject({ status: 'False', reason: 'PlanFailed' });
    expect(w.condition('Stalled')).toMatchObject({ status: 'True' });
    expect(w.thing.status?.observedGeneration).toBe(2);
  });

  it('is told of once, also by the next process, and again when it comes back', async () => {
    const w = new World();
    w.phases = [phase('oneDone', fault), wants('two')];
    await w.passes(5);
    expect(w.troubles).toMatchObject([{ reason: 'PlanFailed', message: 'oneDone: Invalid time value' }]);
    w.reconciler = w.start();
    await w.passes(3);
    expect(w.troubles).toHaveLength(1);
    w.phases = [wants('one'), wants('two')];
    await w.passes(3);
    expect(w.condition('Ready')).toMatchObject({ status: 'True', reason: 'Converged' });
    w.phases = [phase('oneDone', fault), wants('two')];
    await w.passes(3);
    expect(w.troubles).toHaveLength(2);
  });

  it('is asked again after a while, and does not keep the object busy', async () => {
    const w = new World();
    w.phases = [phase('oneDone', fault)];
    await w.passes(2);
    const { length } = w.writes;
    expect(await w.pass()).toEqual({ after: minutes(5) });
    expect(w.writes).toHaveLength(length);
  });

  it('is one that wants what another wants, too', async () => {
    const w = new World();
    w.phases = [wants('one'), phase('twice', () => ({ effects: [effect('one')] })), wants('two')];
    await w.passes(4);
    expect(w.made).toEqual(['one', 'two']);
    expect(w.condition('twice')).toMatchObject({ status: 'False', reason: 'PlanFailed' });
    expect(w.condition('oneDone')).toMatchObject({ status: 'True' });
  });
});

describe('a pass that throws', () => {
  it.each(['prepare', 'gather'] as const)('in %s is said by the object itself, and thrown on', async (where) => {
    const w = new World();
    await w.passes(3);
    w[where] = fault;
    w.edit();
    expect(await w.pass()).toBeInstanceOf(RangeError);
    const said = { reason: 'ReconcileFailed', message: 'A fault in the controller: Invalid time value' };
    expect(w.condition('Ready')).toMatchObject({ status: 'False', ...said, observedGeneration: 2 });
    expect(w.condition('Stalled')).toMatchObject({ status: 'True', ...said });
    expect(w.condition('Reconciling')).toMatchObject({ status: 'False' });
    expect(w.condition('oneDone')).toMatchObject({ status: 'True' });
    const { length } = w.writes;
    await w.passes(5);
    expect(w.writes).toHaveLength(length);
    expect(w.troubles).toMatchObject([said]);
    w[where] = () => {};
    await w.passes(2);
    expect(w.condition('Ready')).toMatchObject({ status: 'True', reason: 'Converged' });
    expect(w.thing.status?.observedGeneration).toBe(2);
  });

  it('in other words each time is not written each time', async () => {
    const w = new World();
    let n = 0;
    w.gather = () => {
      throw new Error(`fault number ${n++}`);
    };
    await w.passes(20);
    expect(w.writes).toHaveLength(1);
    w.clock.tick(minutes(5));
    await w.pass();
    expect(w.writes).toHaveLength(2);
    expect(w.troubles).toHaveLength(1);
  });

  it.each([
    ['a conflict', new KubeError(409, 'Conflict', 'stale')],
    ['a missing object', new KubeError(404, 'NotFound', 'gone')],
    ['an API server in trouble', new KubeError(500, 'InternalError', 'etcd')],
    ['an API server that asks to wait', new KubeError(429, 'TooManyRequests', 'later')],
    ['an API server that is away', new KubeUnreachable('ECONNREFUSED', 'nobody there')],
  ])('for %s is no trouble', async (_, error) => {
    const w = new World();
    await w.passes(3);
    const before = w.thing;
    w.gather = () => {
      throw error;
    };
    expect(await w.pass()).toBe(error);
    expect(w.thing).toBe(before);
    expect(w.troubles).toEqual([]);
  });
});

describe('a status that the API server refuses for good', () => {
  it('is said in the conditions alone, once', async () => {
    const w = new World();
    await w.passes(3);
    w.phases = [...w.phases, wants('three')];
    w.edit();
    w.refuse = ({ effects }) => {
      if (effects) throw invalid();
    };
    expect(await w.pass()).toMatchObject({ status: 422 });
    expect(w.condition('Ready')).toMatchObject({ status: 'False', reason: 'WriteRefused' });
    expect(w.condition('Stalled')).toMatchObject({ status: 'True', message: 'status.effects: Too many' });
    const { length } = w.writes;
    await w.passes(3);
    expect(w.writes).toHaveLength(length);
    expect(w.troubles).toHaveLength(1);
    expect(w.made).toEqual(['one', 'two']);
    w.refuse = undefined;
    await w.passes(3);
    expect(w.made).toEqual(['one', 'two', 'three']);
    expect(w.condition('Ready')).toMatchObject({ status: 'True', reason: 'Converged' });
  });

  it('is told by an Event where not even conditions can be written', async () => {
    const w = new World();
    w.refuse = () => {
      throw invalid();
    };
    await w.passes(5);
    expect(w.writes).toEqual([]);
    expect(w.troubles).toMatchObject([{ reason: 'WriteRefused' }]);
    w.refuse = undefined;
    await w.passes(3);
    expect(w.condition('Ready')).toMatchObject({ status: 'True', reason: 'Converged' });
  });
});

describe('a closed object that was settled before this process', () => {
  it('stays as it is, whatever could be done for it by now', async () => {
    const w = new World();
    w.closed = true;
    w.phases = [wants('one'), phase('twoDone', () => ({ skip: { reason: 'NotConfigured', message: 'Nobody does.' } }))];
    await w.passes(3);
    const { status } = w.thing;
    w.reconciler = w.start();
    for (const news of [
      wants('two'),
      phase('twoDone', () => ({ wait: { reason: 'WaitingForNumber', message: 'One first.' } })),
      phase('twoDone', () => ({ effects: [], held: { reason: 'Ambiguous', message: 'Two could.' } })),
    ]) {
      w.phases = [wants('one'), news];
      await w.passes(3);
      expect(w.made).toEqual(['one']);
      expect(w.thing.status).toEqual(status);
    }
  });

  it('goes on once people change it', async () => {
    const w = new World();
    w.closed = true;
    w.phases = [wants('one')];
    await w.passes(3);
    w.reconciler = w.start();
    w.phases = [wants('one'), wants('two')];
    await w.passes(2);
    w.edit();
    await w.passes(3);
    expect(w.made).toEqual(['one', 'two']);
    expect(w.condition('Ready')).toMatchObject({ status: 'True', reason: 'Converged' });
  });
});
