import { FakeClock } from './fake-clock.ts';
import { seconds } from '../../controller/runtime/clock.ts';
import type { Call, Effect, Entry, Landed, Look, Port, Refusal, Seen } from '../../controller/runtime/effect.ts';
import type { EffectOutcome } from '../../controller/runtime/execution.ts';
import { Executor, type Pass } from '../../controller/runtime/executor.ts';
import { Gone, Rejected, Unsupported } from '../../controller/runtime/outcome.ts';

export const owner = { kind: 'Thing', namespace: 'n', name: 'a', uid: 'u1' };
export const identity = { install: 'i', namespace: 'n', name: 'a', uid: 'u1' };
/** What the port states. */
export const settlingTime = seconds(10);

/** An outside of one place that can be told to lose answers, and an object whose status is kept as the API server would. */
export class World {
  readonly clock = new FakeClock();
  readonly outside: { ref: string; rev: string }[] = [];
  readonly calls: string[] = [];
  readonly outcomes: EffectOutcome[] = [];
  entries: Record<string, Entry> = {};
  settled = false;
  leads = true;
  session = 's1';
  acquired = 0;
  connected = true;
  /** While it is not connected: only a person can mend it. */
  broken = false;
  /** While it is not connected: it is being connected. */
  soon = false;
  /** Another one: the Integration was changed or mended. */
  epoch = 'e';
  recover: Port['recover'] = 'observe';
  updates = true;
  appends = false;
  doubles = false;
  /** Of how it renders. */
  format: number | undefined;
  kept = false;
  /** What the next create or update does after the outside has carried it out, or instead. */
  fate: (() => void) | undefined;
  blind: (() => void) | undefined;
  /** Instead of each create. */
  vary: (() => never) | undefined;
  /** Nobody can be told of an outcome. */
  deaf = false;
  /** Instead of a release. */
  keeps: (() => void) | undefined;
  /** Refused of what lands: a part of it. */
  part: Refusal | undefined;
  /** What a create waits for before it leaves. */
  budget: Promise<void> | undefined;
  executor = this.start();

  /** A process that knows nothing but what is stored. */
  start(): Executor {
    return new Executor({
      clock: this.clock,
      leadership: { session: this.session, leading: () => this.leads, acquiredAt: () => this.acquired },
      reach: () =>
        this.connected
          ? { port: this.port(), epoch: this.epoch }
          : {
              epoch: '',
              reason: 'IntegrationGone',
              message: 'gone',
              terminal: this.broken,
              ...(this.soon ? { soon: true } : {}),
            },
      wake: () => {},
      report: (outcome) => {
        if (this.deaf) throw new Error('no ears');
        this.outcomes.push(outcome);
      },
      random: () => 0,
    });
  }

  restart(session: string): void {
    this.session = session;
    this.acquired = this.clock.monotonic();
    this.executor = this.start();
  }

  partly(): Pick<Landed, 'facts' | 'refused'> {
    return this.part ? { facts: { in: 'ana' }, refused: this.part } : {};
  }

  port(): Port {
    const create = async (call: Call): Promise<Landed> => {
      await this.budget;
      call.go();
      this.calls.push('create');
      const fate = this.fate;
      this.fate = undefined;
      this.vary?.();
      if (fate === refuse || fate === refuseForGood || fate === cannot || fate === vanish) fate();
      const ref = `r${this.outside.length}`;
      this.outside.push({ ref, rev: call.rev });
      fate?.();
      return { ref: { id: ref }, ...this.partly() };
    };
    const update = async (call: Call, ref: { id?: string }): Promise<Landed> => {
      call.go();
      this.calls.push('update');
      const fate = this.fate;
      this.fate = undefined;
      if (fate === refuse || fate === refuseForGood) fate();
      const there = this.outside.find((o) => o.ref === ref.id);
      if (!there) throw new Gone('not there');
      there.rev = call.rev;
      fate?.();
      return { ref: { id: there.ref }, ...this.partly() };
    };
    const observe = async (look: Look): Promise<Seen[]> => {
      this.calls.push('observe');
      this.blind?.();
      const seen = this.outside.map((o) => ({ ref: { id: o.ref }, same: o.rev === look.rev }));
      return look.only === 'recorded' ? seen.filter(({ ref }) => ref.id === look.ref?.['id']) : seen;
    };
    const release = async (_: unknown, ref: { id?: string }): Promise<void> => {
      this.calls.push('release');
      this.keeps?.();
      this.outside.splice(0, this.outside.length, ...this.outside.filter((o) => o.ref !== ref.id));
    };
    return {
      recover: this.recover,
      settlingTime,
      create,
      observe,
      release,
      doubles: this.doubles,
      ...(this.format === undefined ? {} : { format: this.format }),
      ...(this.updates ? { update, appends: this.appends } : {}),
    };
  }

  /** One pass as the reconciler makes it: the status write succeeds unless told otherwise. */
  async pass(wanted: Effect[], { write = true, released = [] as string[] } = {}): Promise<Pass> {
    const target = { owner, identity, generation: 1, entries: this.entries, settled: this.settled, closed: false };
    const pass = this.executor.pass(target, wanted, new Set(released), () => this.kept);
    if (write) {
      this.entries = structuredClone({ ...pass.entries });
      pass.launch();
    }
    await flush();
    return pass;
  }

  async later(delay: number, wanted: Effect[]): Promise<Pass> {
    this.clock.tick(delay);
    return this.pass(wanted);
  }
}

export const lose = (): void => {
  throw new Error('socket hang up');
};
export const vanish = (): void => {
  throw new Error('socket hang up before it was carried out');
};
export const refuse = (): void => {
  throw new Rejected('RateLimited', 'too fast', { retryAfter: seconds(3) });
};
export const refuseForGood = (): void => {
  throw new Rejected('InvalidToken', 'no', { terminal: true });
};
export const cannot = (): never => {
  throw new Unsupported('no such method');
};
export const flush = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
export const connecting = (): World => {
  const w = new World();
  w.connected = false;
  w.soon = true;
  return w;
};
export const stateOf = (pass: Pass): string | undefined => pass.progress.get('k')?.state;
export const want = (desired: unknown = 'v1', more: Partial<Effect> = {}): Effect => ({
  key: 'k',
  kind: 'thing',
  integration: 'x',
  desired,
  ...more,
});

/** One whose effect is made and recorded. */
export const made = async (): Promise<World> => {
  const w = new World();
  await w.pass([want()]);
  await w.pass([want()]);
  return w;
};
