import { describe, expect, it } from 'vitest';
import { FakeClock } from '../../test/builders/fake-clock.ts';
import { minutes, seconds } from './clock.ts';
import {
  entryBounds,
  isMended,
  revision,
  type Call,
  type Effect,
  type Entry,
  type Landed,
  type Look,
  type Port,
  type Refusal,
  type Seen,
} from './effect.ts';
import type { Outcome } from './execution.ts';
import { Executor, type Pass } from './executor.ts';
import { Gone, Rejected, Unsupported } from './outcome.ts';

const owner = { kind: 'Thing', namespace: 'n', name: 'a', uid: 'u1' };
const identity = { install: 'i', namespace: 'n', name: 'a', uid: 'u1' };
const settle = seconds(10);

/** An outside of one place that can be told to lose answers, and an object whose status is kept as the API server would. */
class World {
  readonly clock = new FakeClock();
  readonly outside: { ref: string; rev: string }[] = [];
  readonly calls: string[] = [];
  readonly outcomes: Outcome[] = [];
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
      settle,
      create,
      observe,
      release,
      doubles: this.doubles,
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

const lose = (): void => {
  throw new Error('socket hang up');
};
const vanish = (): void => {
  throw new Error('socket hang up before it was carried out');
};
const refuse = (): void => {
  throw new Rejected('RateLimited', 'too fast', { retryAfter: seconds(3) });
};
const refuseForGood = (): void => {
  throw new Rejected('InvalidToken', 'no', { terminal: true });
};
const cannot = (): never => {
  throw new Unsupported('no such method');
};
const flush = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
const connecting = (): World => {
  const w = new World();
  w.connected = false;
  w.soon = true;
  return w;
};
const stateOf = (pass: Pass): string | undefined => pass.progress.get('k')?.state;
const want = (desired: unknown = 'v1', more: Partial<Effect> = {}): Effect => ({
  key: 'k',
  kind: 'thing',
  integration: 'x',
  desired,
  ...more,
});

describe('an effect is made once', () => {
  it('is sent only after its intent is stored', async () => {
    const w = new World();
    await w.pass([want()], { write: false });
    expect(w.calls).toEqual([]);
    await w.pass([want()]);
    expect(w.entries['k']).toMatchObject({ state: 'Pending', attempt: 1, session: 's1' });
    expect(w.calls).toEqual(['create']);
    await w.pass([want()]);
    expect(w.entries['k']).toMatchObject({ state: 'Done', ref: { id: 'r0' }, rev: revision('v1') });
  });

  it('forgets an intent whose write failed', async () => {
    const w = new World();
    await w.pass([want()], { write: false });
    await w.pass([]);
    expect(w.entries).toEqual({});
    expect(w.outside).toEqual([]);
  });

  it('is found, not sent again, when the answer was lost', async () => {
    const w = new World();
    w.fate = lose;
    await w.pass([want()]);
    await w.pass([want()]);
    await w.pass([want()]);
    expect(w.entries['k']).toMatchObject({ state: 'Done', ref: { id: 'r0' } });
    expect(w.calls).toEqual(['create', 'observe']);
    expect(w.outside).toHaveLength(1);
  });

  it('is sent again only once a look after the settle time found nothing', async () => {
    const w = new World();
    w.fate = vanish;
    await w.pass([want()]);
    await w.pass([want()]);
    await w.later(settle - 1, [want()]);
    expect(w.calls).toEqual(['create', 'observe']);
    await w.later(1, [want()]);
    expect(w.calls).toEqual(['create', 'observe', 'observe']);
    await w.pass([want()]);
    expect(w.calls).toEqual(['create', 'observe', 'observe', 'create']);
    expect(w.outside).toHaveLength(1);
  });

  it('is looked for by the next process, from the time at which that one began to lead', async () => {
    const w = new World();
    w.fate = lose;
    await w.pass([want()]);
    w.clock.tick(settle * 10);
    w.restart('s2');
    const hidden = w.outside.splice(0);
    await w.pass([want()]);
    expect(w.calls).toEqual(['create', 'observe']);
    // The former process's call lands late.
    w.outside.push(...hidden);
    await w.later(settle, [want()]);
    await w.pass([want()]);
    expect(w.entries['k']).toMatchObject({ state: 'Done', ref: { id: 'r0' } });
    expect(w.outside).toHaveLength(1);
  });

  it('stays in doubt while the look itself is refused', async () => {
    const w = new World();
    w.fate = lose;
    await w.pass([want()]);
    w.blind = refuse;
    await w.pass([want()]);
    for (let i = 0; i < 5; i++) await w.later(settle, [want()]);
    expect(w.calls.filter((c) => c === 'create')).toHaveLength(1);
    w.blind = undefined;
    await w.later(settle, [want()]);
    await w.pass([want()]);
    expect(w.entries['k']?.state).toBe('Done');
    expect(w.outside).toHaveLength(1);
  });

  it('keeps the oldest of two and releases the other', async () => {
    const w = new World();
    w.fate = lose;
    await w.pass([want()]);
    w.outside.push({ ref: 'late', rev: revision('v1') });
    await w.pass([want()]);
    await w.pass([want()]);
    expect(w.outside.map((o) => o.ref)).toEqual(['r0']);
    expect(w.outcomes.filter(({ reason }) => reason === 'Doubled')).toHaveLength(1);
  });

  it('is looked for once more after a create where the outside may carry out two', async () => {
    const w = new World();
    w.doubles = true;
    await w.pass([want()]);
    const done = await w.pass([want()]);
    w.outside.push({ ref: 'late', rev: revision('v1') });
    expect(done.progress.get('k')?.state).toBe('Done');
    expect(w.calls).toEqual(['create']);
    await w.later(settle, [want()]);
    await w.pass([want()]);
    expect(w.outside.map((o) => o.ref)).toEqual(['r0']);
    expect(w.entries['k']).toMatchObject({ state: 'Done', ref: { id: 'r0' } });
    await w.later(minutes(60), [want()]);
    expect(w.calls.filter((call) => call === 'observe')).toHaveLength(1);
  });

  it('is looked for once more by a successor of a process that died before its look', async () => {
    const w = new World();
    const watched = [want('v1', { watch: minutes(10) })];
    w.doubles = true;
    await w.pass(watched);
    await w.pass(watched);
    w.settled = true;
    w.restart('s2');
    w.outside.push({ ref: 'late', rev: revision('v1') });
    await w.later(minutes(10), watched);
    await w.pass(watched);
    expect(w.outside.map((o) => o.ref)).toEqual(['r0']);
    // Later looks ask for the recorded one alone.
    w.outside.push({ ref: 'other', rev: revision('v1') });
    await w.later(minutes(10), watched);
    await w.pass(watched);
    expect(w.outside.map((o) => o.ref)).toEqual(['r0', 'other']);
  });

  it('goes on with the one it keeps when the other cannot be taken back, and tries that again', async () => {
    const w = new World();
    w.fate = lose;
    await w.pass([want()]);
    w.outside.push({ ref: 'late', rev: revision('v1') });
    w.keeps = refuse;
    await w.pass([want()]);
    await w.pass([want()]);
    expect(w.entries['k']).toMatchObject({ state: 'Done', ref: { id: 'r0' } });
    w.keeps = undefined;
    await w.later(settle, [want()]);
    expect(w.outside.map((o) => o.ref)).toEqual(['r0']);
  });

  it.each([
    ['refused for good', refuseForGood, 'refused', 2],
    ['refused for now, at longer and longer intervals', refuse, 'rejected', 8],
  ])('says once that the other could not be taken back: %s', async (_, keeps, result, most) => {
    const w = new World();
    w.doubles = true;
    w.fate = lose;
    await w.pass([want()]);
    w.outside.push({ ref: 'late', rev: revision('v1') });
    w.keeps = keeps;
    for (let i = 0; i < 100; i++) await w.later(settle, [want()]);
    expect(w.entries['k']).toMatchObject({ state: 'Done', ref: { id: 'r0' } });
    const told = w.outcomes.filter(({ operation }) => operation === 'release');
    expect(told[0]).toMatchObject({ result, reason: 'Doubled' });
    expect(told.filter(({ repeated }) => !repeated)).toHaveLength(1);
    expect(told.length).toBeLessThanOrEqual(most);
  });

  it('that was given up unanswered and made anew is looked for by a successor as well', async () => {
    const w = new World();
    w.doubles = true;
    w.fate = vanish;
    await w.pass([want()]);
    await w.pass([want()]);
    await w.later(settle, [want()]);
    await w.pass([want()]);
    const done = await w.pass([want()]);
    expect(w.entries['k']).toMatchObject({ state: 'Done' });
    // Not converged before the look: whoever takes over now finds it unsettled.
    expect(done.progress.get('k')).toMatchObject({ state: 'Working', reason: 'Settling' });
  });

  it('is left to people where the outside cannot be asked', async () => {
    const w = new World();
    w.recover = 'hold';
    w.fate = lose;
    await w.pass([want()]);
    await w.pass([want()]);
    await w.later(settle * 3, [want()]);
    expect(w.entries['k']).toMatchObject({ state: 'Unknown', reason: 'OutcomeUnknown' });
    expect(w.calls).toEqual(['create']);
  });
});

describe('an effect that nobody wants any more', () => {
  it('is cancelled when it was not sent, or is not there', async () => {
    const w = new World();
    w.fate = vanish;
    await w.pass([want()]);
    await w.pass([]);
    await w.later(settle, []);
    await w.pass([]);
    await w.pass([]);
    expect(w.entries['k']).toMatchObject({ state: 'Cancelled', reason: 'NotWanted' });
    expect(w.calls.filter((c) => c === 'create')).toHaveLength(1);
  });

  it('gets its receipt when it is there', async () => {
    const w = new World();
    w.fate = lose;
    await w.pass([want()]);
    await w.pass([]);
    await w.pass([]);
    expect(w.entries['k']).toMatchObject({ state: 'Done', ref: { id: 'r0' } });
  });

  it('is not removed: absence is not removal', async () => {
    const w = new World();
    await w.pass([want()]);
    await w.pass([want()]);
    await w.later(settle * 3, []);
    expect(w.calls).toEqual(['create']);
    expect(w.entries['k']?.state).toBe('Done');
  });

  it('is undone by an explicit release only', async () => {
    const w = new World();
    await w.pass([want()]);
    await w.pass([want()]);
    await w.pass([], { released: ['k'] });
    await w.pass([], { released: ['k'] });
    expect(w.entries['k']).toMatchObject({ state: 'Cancelled', reason: 'Released', attempt: 2 });
    expect(w.outside).toEqual([]);
  });
});

describe('an effect of a phase that waits', () => {
  it('is neither sent nor given up until the phase has decided', async () => {
    const w = new World();
    await w.pass([want()], { write: true });
    w.outside.length = 0;
    w.calls.length = 0;
    const { k } = w.entries;
    if (!k) throw new Error('no intent was stored');
    w.entries = { k: { ...k, state: 'Pending' } };
    w.restart('s2');
    w.kept = true;
    for (let i = 0; i < 4; i++) await w.later(settle, []);
    expect(w.entries['k']).toMatchObject({ state: 'Pending', attempt: 1 });
    expect(w.calls).not.toContain('create');
    for (let i = 0; i < 3; i++) await w.pass([want()]);
    expect(w.entries['k']).toMatchObject({ state: 'Done', attempt: 1 });
    expect(w.outside).toHaveLength(1);
  });
});

describe('edits', () => {
  it('follow what is desired, without an intent', async () => {
    const w = new World();
    await w.pass([want()]);
    await w.pass([want()]);
    await w.pass([want('v2')]);
    await w.pass([want('v2')]);
    expect(w.entries['k']).toMatchObject({ state: 'Done', attempt: 1, rev: revision('v2') });
    expect(w.calls).toEqual(['create', 'update']);
  });

  it('are never made to what is final, or has no update', async () => {
    const w = new World();
    await w.pass([want('v1', { final: true })]);
    await w.pass([want('v1', { final: true })]);
    await w.pass([want('v2', { final: true })]);
    expect(w.calls).toEqual(['create']);
    const v = new World();
    v.updates = false;
    await v.pass([want()]);
    await v.pass([want()]);
    await v.pass([want('v2')]);
    expect(v.calls).toEqual(['create']);
  });

  it('are looked at once after an unanswered one, and mended when an older one landed late', async () => {
    const w = new World();
    await w.pass([want()]);
    await w.pass([want()]);
    w.fate = lose;
    await w.pass([want('v2')]);
    await w.later(seconds(2), [want('v3')]);
    await w.pass([want('v3')]);
    expect(w.entries['k']).toMatchObject({ rev: revision('v3') });
    // v2 was delayed on the way and overtakes v3.
    w.outside[0] = { ref: 'r0', rev: revision('v2') };
    await w.later(settle + seconds(3), [want('v3')]);
    await w.pass([want('v3')]);
    await w.pass([want('v3')]);
    expect(w.outside[0]?.rev).toBe(revision('v3'));
    const calls = w.calls.length;
    await w.later(settle * 3, [want('v3')]);
    expect(w.calls).toHaveLength(calls);
  });

  it('of what grows wait until an unanswered one shows, whoever sent it', async () => {
    const w = new World();
    w.appends = true;
    await w.pass([want()]);
    await w.pass([want()]);
    w.fate = lose;
    await w.pass([want('v2')]);
    await w.later(seconds(2), [want('v3')]);
    expect(w.calls).toEqual(['create', 'update']);
    await w.later(settle, [want('v3')]);
    await w.pass([want('v3')]);
    await w.pass([want('v3')]);
    expect(w.calls).toEqual(['create', 'update', 'observe', 'update']);
    w.restart('s2');
    await w.pass([want('v4')]);
    await w.later(seconds(2), [want('v4')]);
    expect(w.outside[0]?.rev).toBe(revision('v3'));
    await w.later(settle, [want('v4')]);
    await w.pass([want('v4')]);
    expect(w.outside[0]?.rev).toBe(revision('v4'));
  });

  it('of a former process are looked for at takeover plus settle', async () => {
    const w = new World();
    await w.pass([want()]);
    await w.pass([want()]);
    w.restart('s2');
    await w.pass([want()]);
    // The former process's edit lands after the new one has looked at its own state.
    w.outside[0] = { ref: 'r0', rev: revision('old') };
    await w.later(settle * 2, [want()]);
    await w.pass([want()]);
    await w.pass([want()]);
    expect(w.outside[0]?.rev).toBe(revision('v1'));
  });

  it('of an object that was settled are not looked for: at rest nothing is called', async () => {
    const w = new World();
    await w.pass([want()]);
    await w.pass([want()]);
    w.settled = true;
    w.restart('s2');
    w.calls.length = 0;
    await w.pass([want()]);
    await w.later(settle * 2, [want()]);
    expect(w.calls).toEqual([]);
  });
});

const makeGone = async (more: Partial<Effect>): Promise<World> => {
  const w = new World();
  await w.pass([want('v1', more)]);
  await w.pass([want('v1', more)]);
  w.outside.length = 0;
  await w.pass([want('v2', more)]);
  await w.later(settle, [want('v2', more)]);
  for (let i = 0; i < 4; i++) await w.pass([want('v2', more)]);
  return w;
};

describe('what was taken away outside', () => {
  it('is left so, and said', async () => {
    const w = await makeGone({});
    expect(w.entries['k']).toMatchObject({ state: 'Done', reason: 'Gone' });
    expect(w.outside).toEqual([]);
  });

  it('is made again where that is asked for, as a new attempt', async () => {
    const w = await makeGone({ onGone: 'recreate' });
    expect(w.entries['k']).toMatchObject({ state: 'Done', attempt: 2, rev: revision('v2') });
    expect(w.outside).toHaveLength(1);
  });
});

describe('refusals', () => {
  it('that time can mend are tried again when the vendor said', async () => {
    const w = new World();
    w.fate = refuse;
    await w.pass([want()]);
    const pass = await w.pass([want()]);
    expect(pass.progress.get('k')).toMatchObject({ state: 'Held', reason: 'RateLimited' });
    await w.later(seconds(2), [want()]);
    expect(w.calls).toEqual(['create']);
    await w.later(seconds(1), [want()]);
    expect(w.calls).toEqual(['create', 'create']);
    expect(w.outside).toHaveLength(1);
  });

  it('for good are tried again when what is desired changes', async () => {
    const w = new World();
    w.fate = refuseForGood;
    await w.pass([want()]);
    await w.pass([want()]);
    expect(w.entries['k']).toMatchObject({ state: 'Failed', reason: 'InvalidToken' });
    await w.later(seconds(60), [want()]);
    expect(w.calls).toEqual(['create']);
    await w.pass([want('v2')]);
    await w.pass([want('v2')]);
    expect(w.entries['k']).toMatchObject({ state: 'Done', attempt: 2 });
  });

  it('for good are tried again when the port says, where it says so', async () => {
    const w = new World();
    w.fate = (): void => {
      throw new Rejected('PushRefused', 'a hook', { terminal: true, retryAfter: seconds(60) });
    };
    await w.pass([want()]);
    await w.pass([want()]);
    expect(w.entries['k']).toMatchObject({ state: 'Failed', reason: 'PushRefused' });
    await w.later(seconds(59), [want()]);
    expect(w.calls).toEqual(['create']);
    await w.later(seconds(1), [want()]);
    await w.pass([want()]);
    expect(w.entries['k']).toMatchObject({ state: 'Done' });
  });

  it('of what the outside cannot do leave it off, and no attempt is recorded twice', async () => {
    const w = new World();
    w.recover = 'resend';
    w.settled = true;
    w.fate = cannot;
    await w.pass([want()]);
    await w.pass([]);
    expect(w.entries['k']).toMatchObject({ state: 'Cancelled', reason: 'NotSupported', attempt: 1 });
    w.restart('s2');
    w.fate = cannot;
    await w.pass([want()]);
    await w.pass([]);
    expect(w.entries['k']).toMatchObject({ state: 'Cancelled', reason: 'NotSupported', attempt: 2 });
    // Final within its attempt: the API server takes another state only of the next one.
    w.restart('s3');
    w.fate = refuseForGood;
    await w.pass([want()]);
    await w.pass([want()]);
    expect(w.entries['k']).toMatchObject({ state: 'Failed', reason: 'InvalidToken', attempt: 3 });
    expect(w.calls).toEqual(['create', 'create', 'create']);
  });

  it('keep a new process from asking at once again', async () => {
    const w = new World();
    w.fate = refuseForGood;
    await w.pass([want()]);
    await w.pass([want()]);
    w.restart('s2');
    await w.pass([want()]);
    expect(w.calls).toEqual(['create']);
  });
});

const refusals = (w: World): Outcome[] => w.outcomes.filter(({ result }) => result === 'refused');
const made = async (): Promise<World> => {
  const w = new World();
  await w.pass([want()]);
  await w.pass([want()]);
  return w;
};

describe('an edit that is refused for good', () => {
  it('is recorded beside what stands, shown as failed and reported once', async () => {
    const w = await made();
    w.fate = refuseForGood;
    await w.pass([want('v2')]);
    const pass = await w.pass([want('v2')]);
    expect(w.entries['k']).toMatchObject({ state: 'Done', attempt: 1, rev: revision('v1') });
    expect(w.entries['k']?.reason).toBeUndefined();
    expect(pass.progress.get('k')).toMatchObject({ state: 'Failed', reason: 'InvalidToken', message: 'no' });
    const before = w.entries['k'];
    for (let i = 0; i < 3; i++) {
      w.fate = refuseForGood;
      await w.later(minutes(60), [want('v2')]);
      expect((await w.pass([want('v2')])).progress.get('k')).toMatchObject({ state: 'Failed' });
    }
    expect(w.calls.filter((c) => c === 'update')).toHaveLength(4);
    expect(w.entries['k']).toEqual(before);
    expect(refusals(w).map(({ repeated }) => repeated)).toEqual([undefined, true, true, true]);
  });

  it('clears when it succeeds', async () => {
    const w = await made();
    w.fate = refuseForGood;
    await w.pass([want('v2')]);
    await w.pass([want('v2')]);
    await w.later(minutes(5), [want('v2')]);
    const pass = await w.pass([want('v2')]);
    expect(pass.progress.get('k')).toMatchObject({ state: 'Done' });
    const entry = w.entries['k'];
    expect(entry).toMatchObject({ state: 'Done', rev: revision('v2'), facts: { mended: 'true' } });
    expect(entry && isMended(entry)).toBe(true);
    w.fate = refuseForGood;
    await w.pass([want('v3')]);
    expect(refusals(w).map(({ repeated }) => repeated)).toEqual([undefined, undefined]);
  });

  it('is tried again when what is desired changes, and clears when it is taken back', async () => {
    const w = await made();
    w.fate = refuseForGood;
    await w.pass([want('v2')]);
    await w.pass([want('v2')]);
    await w.pass([want('v1')]);
    await w.pass([want('v1')]);
    expect(w.entries['k']).toMatchObject({ rev: revision('v1'), facts: { mended: 'true' } });
    expect(w.calls.filter((c) => c === 'update')).toHaveLength(2);
  });

  it('is not asked at once by the next process, and told as what it is', async () => {
    const w = await made();
    w.fate = refuseForGood;
    await w.pass([want('v2')]);
    await w.pass([want('v2')]);
    w.clock.tick(minutes(30));
    w.settled = true;
    w.restart('s2');
    const pass = await w.pass([want('v2')]);
    expect(pass.progress.get('k')).toMatchObject({ state: 'Failed', reason: 'InvalidToken' });
    expect(w.calls.filter((c) => c === 'update')).toHaveLength(1);
    w.fate = refuseForGood;
    await w.later(minutes(5), [want('v2')]);
    await w.pass([want('v2')]);
    expect(refusals(w).map(({ repeated }) => repeated)).toEqual([undefined, true]);
  });
});

describe('what is refused in part', () => {
  const some = { reason: 'PeopleNotInvited', message: 'bo (unknown)' };

  it('stands, is shown as failed, reported once, and tried again as a whole', async () => {
    const w = new World();
    w.part = some;
    await w.pass([want()]);
    const pass = await w.pass([want()]);
    expect(w.entries['k']).toMatchObject({ state: 'Done', facts: { in: 'ana', refusedReason: 'PeopleNotInvited' } });
    expect(pass.progress.get('k')).toMatchObject({ state: 'Failed', ...some });
    await w.later(minutes(4), [want()]);
    expect(w.calls).toEqual(['create']);
    await w.later(minutes(1), [want()]);
    await w.pass([want()]);
    await w.later(minutes(9), [want()]);
    expect(w.calls).toEqual(['create', 'update']);
    w.part = undefined;
    await w.later(minutes(1), [want()]);
    const mended = await w.pass([want()]);
    expect(w.calls).toEqual(['create', 'update', 'update']);
    expect(mended.progress.get('k')).toMatchObject({ state: 'Done' });
    expect(refusals(w).map(({ repeated }) => repeated)).toEqual([undefined, true]);
  });
});

describe('a look that is refused for good', () => {
  it('is a person’s business while something is in doubt', async () => {
    const w = new World();
    w.fate = lose;
    await w.pass([want()]);
    w.blind = refuseForGood;
    await w.pass([want()]);
    const pass = await w.pass([want()]);
    expect(pass.progress.get('k')).toMatchObject({ state: 'Failed', reason: 'InvalidToken' });
    expect(w.entries['k']).toMatchObject({ state: 'Pending' });
    for (let i = 0; i < 3; i++) await w.later(minutes(5), [want()]);
    expect(refusals(w).filter(({ repeated }) => !repeated)).toHaveLength(1);
    w.blind = undefined;
    for (let i = 0; i < 2; i++) await w.later(minutes(60), [want()]);
    expect(w.entries['k']?.state).toBe('Done');
    expect(w.outside).toHaveLength(1);
  });

  it('is tried again after five minutes, and at once when the Integration changes', async () => {
    const w = new World();
    w.fate = lose;
    await w.pass([want()]);
    w.blind = refuseForGood;
    for (let i = 0; i < 5; i++) await w.later(seconds(50), [want()]);
    expect(w.calls).toEqual(['create', 'observe']);
    w.blind = undefined;
    w.epoch = 'mended';
    for (let i = 0; i < 2; i++) await w.pass([want()]);
    expect(w.entries['k']?.state).toBe('Done');
  });
});

/** Its first edit is refused for good. */
const refusedOnce = async (w: World): Promise<void> => {
  await w.pass([want('v1')]);
  await w.pass([want('v1')]);
  w.fate = refuseForGood;
  await w.pass([want('v2')]);
  w.calls.length = 0;
};

describe('an integration that is not there', () => {
  it.each([
    [true, 'Failed'],
    [false, 'Held'],
  ])('needs a person: %s', async (broken, state) => {
    const w = new World();
    w.connected = false;
    w.broken = broken;
    const pass = await w.pass([want()]);
    expect(pass.progress.get('k')).toMatchObject({ state, reason: 'IntegrationGone' });
  });
});

describe('after a refusal for good', () => {
  it('another value is tried at once, and is not tried in a loop when it fails', async () => {
    for (const restarts of [false, true]) {
      const w = new World();
      await refusedOnce(w);
      await w.pass([want('v2')]);
      if (restarts) w.restart('s2');
      w.settled = true;
      w.fate = refuse;
      for (let i = 0; i < 6; i++) await w.pass([want('v3')]);
      expect(w.calls.filter((call) => call === 'update')).toEqual(['update']);
      for (let i = 0; i < 2; i++) await w.later(seconds(4), [want('v3')]);
      expect(w.outside).toMatchObject([{ rev: revision('v3') }]);
    }
  });

  it('of something that was never made, it is not tried in a loop either', async () => {
    const w = new World();
    w.recover = 'resend';
    w.fate = refuseForGood;
    await w.pass([want('v1')]);
    await w.pass([want('v1')]);
    for (let i = 0; i < 6; i++) {
      w.fate = refuse;
      await w.pass([want('v2')]);
    }
    expect(w.calls.filter((call) => call === 'create')).toHaveLength(2);
  });

  it('other words of the same refusal are no news', async () => {
    const w = new World();
    let said = 0;
    const words = (): never => {
      throw new Rejected('Refused', `no, request ${said++}`, { terminal: true });
    };
    w.recover = 'resend';
    w.vary = words;
    await w.pass([want()]);
    await w.pass([want()]);
    const before = structuredClone(w.entries);
    for (let i = 0; i < 3; i++) await w.later(minutes(60), [want()]);
    expect(said).toBeGreaterThan(2);
    expect(w.entries['k']).toMatchObject({ state: 'Failed', at: before['k']?.at, message: before['k']?.message });
  });

  it('what the outside could not do is tried at once when its Integration changes', async () => {
    const w = new World();
    w.fate = cannot;
    await w.pass([want()]);
    await w.pass([want()]);
    expect(w.entries['k']).toMatchObject({ state: 'Cancelled', reason: 'NotSupported' });
    w.epoch = 'other server';
    for (let i = 0; i < 3; i++) await w.pass([want()]);
    expect(w.entries['k']?.state).toBe('Done');
  });

  it('another part that is refused is told, though one of the same kind was', async () => {
    const w = new World();
    w.part = { reason: 'PeopleNotInvited', message: 'ana is unknown' };
    await w.pass([want('v1')]);
    await w.pass([want('v1')]);
    await w.later(minutes(10), [want('v1')]);
    w.part = { reason: 'PeopleNotInvited', message: 'ana and bo are unknown' };
    for (let i = 0; i < 2; i++) await w.pass([want('v2')]);
    expect(
      refusals(w)
        .filter(({ repeated }) => !repeated)
        .map(({ message }) => message),
    ).toEqual(['ana is unknown', 'ana and bo are unknown']);
  });
});

describe('a fault of our own', () => {
  it('in telling what came of a call ends no process, and is not met in a loop', async () => {
    const w = new World();
    w.deaf = true;
    w.fate = vanish;
    for (let i = 0; i < 30; i++) await w.later(100, [want()]);
    expect(w.calls.length).toBeLessThan(8);
    expect(w.entries['k']).toMatchObject({ state: 'Pending' });
    w.deaf = false;
    for (let i = 0; i < 6; i++) await w.later(seconds(15), [want()]);
    expect(w.entries['k']).toMatchObject({ state: 'Done' });
    expect(w.outside).toHaveLength(1);
  });

  it('or of a vendor’s library, which throws what has no words, is a failure like any other', async () => {
    const w = new World();
    w.fate = (): void => {
      throw Object.create(null);
    };
    await w.pass([want()]);
    await w.pass([want()]);
    expect(w.outcomes).toContainEqual(
      expect.objectContaining({ result: 'ambiguous', message: 'an error without words' }),
    );
    await w.later(seconds(15), [want()]);
    await w.pass([want()]);
    expect(w.entries['k']).toMatchObject({ state: 'Done' });
    expect(w.outside).toHaveLength(1);
  });
});

describe('a status that is full', () => {
  it('begins nothing that would need another entry, and goes on with the rest', async () => {
    const w = await made();
    const { k } = w.entries;
    if (!k) throw new Error('nothing was made');
    for (let i = 1; i < entryBounds.entries; i++) w.entries[`dead/${i}`] = k;
    const pass = await w.pass([want('v2'), want('new', { key: 'one too many' })]);
    expect(Object.keys(pass.entries)).toHaveLength(entryBounds.entries);
    expect(pass.progress.get('one too many')).toMatchObject({ state: 'Held', reason: 'TooManyEffects' });
    await w.pass([want('v2')]);
    expect(w.calls).toEqual(['create', 'update']);
    expect(w.entries['k']).toMatchObject({ rev: revision('v2') });
  });

  it('counts what was begun without an intent', async () => {
    const w = new World();
    w.recover = 'resend';
    w.settled = true;
    for (let i = 2; i < entryBounds.entries; i++)
      w.entries[`dead/${i}`] = { kind: 'thing', state: 'Cancelled', attempt: 1, since: '', at: '' };
    const many = ['a', 'b', 'c', 'd'].map((key) => want('v1', { key }));
    for (let i = 0; i < 3; i++) await w.pass(many);
    expect(w.calls).toEqual(['create', 'create']);
    expect(Object.keys(w.entries)).toHaveLength(entryBounds.entries);
  });
});

describe('time and leadership', () => {
  it('what is too late is not sent, and says so', async () => {
    const w = new World();
    await w.pass([want('v1', { notAfter: w.clock.now() - 1 })]);
    await w.pass([want('v1', { notAfter: w.clock.now() - 1 })]);
    expect(w.entries['k']).toMatchObject({ state: 'Expired' });
    expect(w.calls).toEqual([]);
  });

  it('what waits for its integration is looked at when it is too late, and says so then', async () => {
    const w = new World();
    w.connected = false;
    const wanted = [want('v1', { notAfter: w.clock.now() + seconds(60) })];
    const pass = await w.pass(wanted);
    expect(pass.dueAt).toBe(w.clock.monotonic() + seconds(60) + 1);
    await w.later(seconds(60) + 1, wanted);
    expect(w.entries['k']).toMatchObject({ state: 'Expired' });
  });

  it('nothing leaves a process that does not lead', async () => {
    const w = new World();
    await w.pass([want()], { write: false });
    w.leads = false;
    await w.pass([want()]);
    expect(w.calls).toEqual([]);
    expect(w.outside).toEqual([]);
  });

  it('nothing leaves a process that lost its lease while it waited for a budget', async () => {
    const w = new World();
    const budget = Promise.withResolvers<void>();
    w.budget = budget.promise;
    await w.pass([want()]);
    w.leads = false;
    budget.resolve();
    await flush();
    expect(w.calls).toEqual([]);
    expect(w.outside).toEqual([]);
  });

  it('an integration that is gone is waited for', async () => {
    const w = new World();
    w.fate = lose;
    await w.pass([want()]);
    w.connected = false;
    const pass = await w.pass([want()]);
    expect(pass.progress.get('k')).toMatchObject({ state: 'Held' });
    expect(w.entries['k']?.state).toBe('Pending');
    w.connected = true;
    await w.pass([want()]);
    await w.pass([want()]);
    expect(w.entries['k']?.state).toBe('Done');
  });

  describe('an integration that is being connected', () => {
    it('is work for what waits for it, and no trouble', async () => {
      const w = connecting();
      expect(stateOf(await w.pass([want()]))).toBe('Working');
      w.soon = false;
      expect(stateOf(await w.pass([want()]))).toBe('Held');
    });

    it('is no news for what is as it should be', async () => {
      const w = new World();
      await w.pass([want()]);
      await w.pass([want()]);
      Object.assign(w, { connected: false, soon: true });
      expect(stateOf(await w.pass([want()]))).toBe('Done');
      expect(stateOf(await w.pass([want('v2')]))).toBe('Working');
      w.soon = false;
      expect(stateOf(await w.pass([want()]))).toBe('Held');
    });

    it('hides no refusal, and no look that is owed', async () => {
      const w = new World();
      w.fate = refuseForGood;
      await w.pass([want()]);
      await w.pass([want()]);
      Object.assign(w, { connected: false, soon: true });
      expect(stateOf(await w.pass([want()]))).toBe('Failed');
      const other = new World();
      await other.pass([want()]);
      await other.pass([want()]);
      Object.assign(other, { connected: false, soon: true });
      other.restart('s2');
      expect(stateOf(await other.pass([want()]))).toBe('Working');
    });
  });

  it('a re-created object of the same name gets nothing of the former one', async () => {
    const w = new World();
    await w.pass([want()]);
    w.entries = {};
    const target = {
      owner: { ...owner, uid: 'u2' },
      identity: { ...identity, uid: 'u2' },
      generation: 1,
      entries: {},
      settled: false,
      closed: false,
    };
    expect(w.executor.pass(target, [], new Set()).entries).toEqual({});
  });

  it('after a drain nothing is sent any more', async () => {
    const w = new World();
    expect(await w.executor.drain(seconds(1))).toBe(true);
    await w.pass([want()]);
    expect(w.calls).toEqual([]);
  });
});
