import { describe, expect, it } from 'vitest';
import { FakeClock, settle } from '../../test/builders/fake-clock.ts';
import { KubeUnreachable } from './kube-errors.ts';
import type { LeaseRecord, LeaseStore, StoredLease } from './lease-record.ts';
import { Leader, type LeaseOptions } from './lease.ts';

/** The record as an API server keeps it, for any number of processes. */
class SharedLease {
  stored: StoredLease | undefined;
  #version = 0;

  put(record: LeaseRecord): StoredLease {
    return (this.stored = { record, version: String(++this.#version) });
  }

  swap(record: LeaseRecord, version: string | undefined): StoredLease | undefined {
    return this.stored?.version === version ? this.put(record) : undefined;
  }
}

type Fault = 'none' | 'refuse' | 'hang' | 'lose answer' | 'slow';

/** One process's way to it, which can break. */
class Line implements LeaseStore {
  fault: Fault = 'none';
  writes = 0;
  readonly #lease: SharedLease;
  readonly #clock: FakeClock;

  constructor(lease: SharedLease, clock: FakeClock) {
    this.#lease = lease;
    this.#clock = clock;
  }

  async read(timeout: number): Promise<StoredLease | undefined> {
    if (this.fault === 'hang') return this.#hang(timeout);
    if (this.fault === 'refuse') throw new KubeUnreachable('ECONNREFUSED', 'refused');
    return this.#lease.stored;
  }

  async write(record: LeaseRecord, version: string | undefined, timeout: number): Promise<StoredLease | undefined> {
    if (this.fault === 'hang') return this.#hang(timeout);
    if (this.fault === 'refuse') throw new KubeUnreachable('ECONNREFUSED', 'refused');
    this.writes++;
    const stored = this.#lease.swap(record, version);
    if (this.fault === 'lose answer') return this.#hang(timeout);
    if (this.fault === 'slow') await this.#wait(4_000);
    return stored;
  }

  #wait(delay: number): Promise<void> {
    return new Promise((resolve) => this.#clock.after(delay, resolve));
  }

  async #hang(timeout: number): Promise<never> {
    await this.#wait(timeout);
    throw new KubeUnreachable('TIMEOUT', 'no answer');
  }
}

/** Starts a process; several share `lease`, each with a clock of its own unless told otherwise. */
function aLeader(lease: SharedLease, options: Partial<LeaseOptions> & { clock?: FakeClock } = {}) {
  const clock = options.clock ?? new FakeClock();
  const line = new Line(lease, clock);
  const events: string[] = [];
  const leader = new Leader({
    store: line,
    clock,
    identity: 'pod-a',
    random: () => 0,
    onStarted: () => events.push('started'),
    onStopped: (why) => events.push(why),
    ...options,
  });
  leader.start();
  return { leader, line, clock, events };
}

const theirs = (changes: Partial<LeaseRecord> = {}): LeaseRecord => ({
  holder: 'pod-z_1',
  duration: 15_000,
  acquiredAt: 0,
  renewedAt: 0,
  transitions: 3,
  ...changes,
});

describe('taking it', () => {
  it('happens at once where there is none, under a name of this very start', async () => {
    const lease = new SharedLease();
    const { leader, clock, events } = aLeader(lease);
    expect(leader.leading()).toBe(false);
    expect(leader.acquiredAt()).toBe(Infinity);
    await clock.advance(0);
    expect(leader.leading()).toBe(true);
    expect(events).toEqual(['started']);
    expect(leader.acquiredAt()).toBe(0);
    expect(leader.acquiredAtWall()).toBe(clock.now());
    expect(lease.stored?.record).toMatchObject({ holder: `pod-a_${leader.session}`, transitions: 0, duration: 15_000 });
    expect(aLeader(new SharedLease()).leader.session).not.toBe(leader.session);
  });

  it('happens at once where it was released', async () => {
    const lease = new SharedLease();
    lease.put(theirs({ holder: '', duration: 1_000 }));
    const { leader, clock } = aLeader(lease);
    await clock.advance(0);
    expect(leader.leading()).toBe(true);
    expect(lease.stored?.record.transitions).toBe(4);
  });

  it('waits until no renewal was seen for the whole duration, whatever the times in it say', async () => {
    const lease = new SharedLease();
    // By its own words it ran out long ago; that clock may be an hour slow.
    lease.put(theirs({ renewedAt: 0 }));
    const { leader, clock } = aLeader(lease);
    await clock.advance(14_999);
    expect(leader.leading()).toBe(false);
    await clock.advance(2_000);
    expect(leader.leading()).toBe(true);
  });

  it('begins to wait anew with each renewal', async () => {
    const lease = new SharedLease();
    lease.put(theirs());
    const { leader, clock } = aLeader(lease);
    for (let n = 0; n < 10; n++) {
      await clock.advance(14_000);
      lease.put(theirs({ renewedAt: n }));
    }
    await clock.advance(14_000);
    expect(leader.leading()).toBe(false);
  });

  it('waits as long as a holder with a longer duration was promised', async () => {
    const lease = new SharedLease();
    lease.put(theirs({ duration: 60_000 }));
    const { leader, clock } = aLeader(lease);
    await clock.advance(59_000);
    expect(leader.leading()).toBe(false);
    await clock.advance(4_000);
    expect(leader.leading()).toBe(true);
  });

  it('is for one of many only', async () => {
    const lease = new SharedLease();
    const clock = new FakeClock();
    const all = Array.from({ length: 5 }, () => aLeader(lease, { clock }));
    await clock.advance(60_000);
    expect(all.filter(({ leader }) => leader.leading())).toHaveLength(1);
  });

  it('of which the answer was lost is found out and kept', async () => {
    const lease = new SharedLease();
    const { leader, line, clock } = aLeader(lease);
    line.fault = 'lose answer';
    await clock.advance(4_999);
    expect(lease.stored?.record.holder).toContain('pod-a_');
    expect(leader.leading()).toBe(false);
    line.fault = 'none';
    await clock.advance(100);
    expect(leader.leading()).toBe(true);
    // Not before this process knew.
    expect(leader.acquiredAt()).toBeGreaterThanOrEqual(5_000);
  });

  it('goes on trying while the API server is away', async () => {
    const problems: unknown[] = [];
    const lease = new SharedLease();
    const { leader, line, clock } = aLeader(lease, { onProblem: (error) => problems.push(error) });
    line.fault = 'refuse';
    await clock.advance(20_000);
    expect(problems).toHaveLength(11);
    line.fault = 'none';
    await clock.advance(2_000);
    expect(leader.leading()).toBe(true);
  });
});

describe('keeping it', () => {
  it('renews every two seconds', async () => {
    const lease = new SharedLease();
    const { leader, line, clock } = aLeader(lease);
    await clock.advance(60_000);
    expect(leader.leading()).toBe(true);
    expect(line.writes).toBe(31);
    expect(lease.stored?.record.transitions).toBe(0);
  });

  it('is measured from the start of the renewal, not from its answer', async () => {
    const { leader, line, clock } = aLeader(new SharedLease());
    await clock.advance(1_000);
    line.fault = 'slow';
    await clock.advance(2_000);
    // Sent at 2 s, answered at 6 s; none after it.
    line.fault = 'refuse';
    await clock.advance(8_999);
    expect(leader.leading()).toBe(true);
    await clock.advance(1);
    expect(leader.leading()).toBe(false);
  });

  it('survives renewals that are refused, hang or lose their answer for less than the deadline', async () => {
    for (const fault of ['refuse', 'hang', 'lose answer'] as const) {
      const lease = new SharedLease();
      const { leader, line, clock, events } = aLeader(lease);
      await clock.advance(1_000);
      line.fault = fault;
      await clock.advance(4_000);
      line.fault = 'none';
      await clock.advance(30_000);
      expect([fault, leader.leading(), events]).toEqual([fault, true, ['started']]);
      expect(lease.stored?.record.transitions).toBe(0);
    }
  });

  it('is over for good ten seconds after the last renewal began, and before anyone else may have it', async () => {
    const lease = new SharedLease();
    const clock = new FakeClock();
    const a = aLeader(lease, { clock });
    await clock.advance(500);
    const b = aLeader(lease, { clock, identity: 'pod-b' });
    await clock.advance(3_500);
    a.line.fault = 'hang';
    let both = 0;
    let none = 0;
    for (let ms = 0; ms < 40_000; ms += 100) {
      await clock.advance(100);
      if (a.leader.leading() && b.leader.leading()) both++;
      if (!a.leader.leading() && !b.leader.leading()) none++;
      if (a.events.length === 2) a.line.fault = 'none';
    }
    expect(both).toBe(0);
    expect(none).toBeGreaterThan(40);
    expect(a.events).toEqual(['started', 'lost']);
    expect(b.leader.leading()).toBe(true);
    expect(a.leader.leading()).toBe(false);
  });

  it('is over on the very deadline, while a call hangs', async () => {
    const { line, clock, events } = aLeader(new SharedLease());
    await clock.advance(1_000);
    line.fault = 'hang';
    await clock.advance(8_999);
    expect(events).toEqual(['started']);
    await clock.advance(1);
    expect(events).toEqual(['started', 'lost']);
  });

  it('ends at once when another holds it, or when it was deleted', async () => {
    for (const change of [
      (lease: SharedLease) => lease.put(theirs()),
      (lease: SharedLease) => (lease.stored = undefined),
    ]) {
      const lease = new SharedLease();
      const { leader, clock, events } = aLeader(lease);
      await clock.advance(100);
      change(lease);
      await clock.advance(2_000);
      expect(leader.leading()).toBe(false);
      expect(events).toEqual(['started', 'lost']);
    }
  });

  it('bears a record that another hand changed while the holder is still this one', async () => {
    const lease = new SharedLease();
    const { leader, clock } = aLeader(lease);
    await clock.advance(100);
    if (lease.stored) lease.put({ ...lease.stored.record });
    await clock.advance(20_000);
    expect(leader.leading()).toBe(true);
  });
});

describe('a process that stood still', () => {
  it('past the deadline does not lead in the very next tick, and never again', async () => {
    const lease = new SharedLease();
    const { leader, clock, events } = aLeader(lease);
    await clock.advance(1_000);
    clock.freeze(30_000);
    expect(leader.leading()).toBe(false);
    expect(events).toEqual(['started']);
    await clock.advance(0);
    expect(events).toEqual(['started', 'lost']);
    await clock.advance(60_000);
    expect(leader.leading()).toBe(false);
    expect(lease.stored?.record.renewedAt).toBeLessThan(clock.now() - 60_000);
  });

  it('with a renewal under way is not saved by its late answer', async () => {
    const { leader, line, clock, events } = aLeader(new SharedLease());
    await clock.advance(1_000);
    line.fault = 'slow';
    await clock.advance(2_000);
    clock.freeze(30_000);
    // The answer is the first thing that the process sees.
    await clock.advance(0);
    expect(leader.leading()).toBe(false);
    expect(events).toEqual(['started', 'lost']);
  });

  it('for less than the deadline goes on', async () => {
    const { leader, clock, events } = aLeader(new SharedLease());
    await clock.advance(1_000);
    clock.freeze(8_000);
    expect(leader.leading()).toBe(true);
    await clock.advance(20_000);
    expect(leader.leading()).toBe(true);
    expect(events).toEqual(['started']);
  });
});

describe('a wall clock that jumps', () => {
  it('forward, as after a suspended machine, fences until a renewal proves that it is still ours', async () => {
    const { leader, clock, events } = aLeader(new SharedLease());
    await clock.advance(1_000);
    clock.jump(3_600_000);
    expect(leader.leading()).toBe(false);
    await clock.advance(2_000);
    expect(leader.leading()).toBe(true);
    expect(events).toEqual(['started']);
  });

  it('forward, while another took over, ends it', async () => {
    const lease = new SharedLease();
    const { leader, clock, events } = aLeader(lease);
    await clock.advance(1_000);
    clock.jump(3_600_000);
    lease.put(theirs());
    await clock.advance(2_000);
    expect(leader.leading()).toBe(false);
    expect(events).toEqual(['started', 'lost']);
  });

  it('back, changes nothing', async () => {
    const { leader, line, clock } = aLeader(new SharedLease());
    await clock.advance(1_000);
    clock.jump(-3_600_000);
    expect(leader.leading()).toBe(true);
    line.fault = 'refuse';
    clock.freeze(9_000);
    expect(leader.leading()).toBe(false);
  });
});

describe('stop', () => {
  it('leaves the record to run out', async () => {
    const lease = new SharedLease();
    const { leader, clock, events } = aLeader(lease);
    await clock.advance(1_000);
    await leader.stop();
    expect(leader.leading()).toBe(false);
    expect(events).toEqual(['started', 'stopped']);
    expect(lease.stored?.record.holder).toContain('pod-a');
    expect(clock.pending).toBe(0);
  });

  it('releases when asked, after it has ceased to lead', async () => {
    const lease = new SharedLease();
    const clock = new FakeClock();
    const a = aLeader(lease, { clock });
    await clock.advance(100);
    const b = aLeader(lease, { clock });
    await clock.advance(3_000);
    const stopping = a.leader.stop({ release: true });
    expect(a.leader.leading()).toBe(false);
    await stopping;
    expect(lease.stored?.record.holder).toBe('');
    await clock.advance(2_100);
    expect(b.leader.leading()).toBe(true);
  });

  it('waits for a renewal under way, which would take the release back', async () => {
    const lease = new SharedLease();
    const { leader, line, clock } = aLeader(lease);
    await clock.advance(1_000);
    line.fault = 'slow';
    await clock.advance(1_500);
    const stopping = leader.stop({ release: true });
    line.fault = 'none';
    await settle();
    expect(lease.stored?.record.holder).toContain('pod-a');
    await clock.advance(4_000);
    await stopping;
    expect(lease.stored?.record.holder).toBe('');
    expect(clock.pending).toBe(0);
  });

  it("never releases what is another's", async () => {
    const lease = new SharedLease();
    const { leader, clock } = aLeader(lease);
    await clock.advance(1_000);
    lease.put(theirs());
    await leader.stop({ release: true });
    expect(lease.stored?.record.holder).toBe('pod-z_1');
  });

  it('of one that waits tells nobody that it stopped leading', async () => {
    const lease = new SharedLease();
    lease.put(theirs());
    const { leader, clock, events } = aLeader(lease);
    await clock.advance(1_000);
    await leader.stop({ release: true });
    expect(events).toEqual([]);
    expect(lease.stored?.record.holder).toBe('pod-z_1');
    expect(clock.pending).toBe(0);
  });
});

it('refuses times that could make two leaders', () => {
  const lease = new SharedLease();
  expect(() => aLeader(lease, { leaseDuration: 10_000, renewDeadline: 10_000 })).toThrow(RangeError);
  expect(() => aLeader(lease, { renewDeadline: 2_000, retryPeriod: 2_000 })).toThrow(RangeError);
});
