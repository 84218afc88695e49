import { describe, expect, it } from 'vitest';
import { failureOf } from '../../../test/conformance/calls.ts';
import { FakeClock, settle } from '../../../test/builders/fake-clock.ts';
import { minutes, seconds } from '../../runtime/clock.ts';
import { Budget, githubLimits, type Limits } from './budget.ts';

const calm = new AbortController().signal;

/** Asks for `n` writes of a priority; `admitted` has the order in which they got their turn. */
function aBudget(limits: Partial<Limits> = {}) {
  const clock = new FakeClock();
  const budget = new Budget(clock, { ...githubLimits, concurrent: 1_000, ...limits });
  const admitted: string[] = [];
  const wait = async (kind: 'read' | 'write', priority: number, name: string): Promise<void> => {
    try {
      const release = await budget.slot(kind, priority, calm);
      admitted.push(name);
      release();
    } catch {
      admitted.push('refused');
    }
  };
  const ask = (n: number, name: string, priority = 3, kind: 'read' | 'write' = 'write') => {
    for (let i = 0; i < n; i += 1) {
      void wait(kind, priority, name);
    }
  };
  const count = (name: string) => admitted.filter((one) => one === name).length;
  return { clock, budget, admitted, ask, count };
}

describe('the budget', () => {
  it('lets 80 writes through in a minute, and the rest as the minute passes', async () => {
    const { clock, ask, count } = aBudget();
    ask(100, 'write');
    await settle();
    expect(count('write')).toBe(80);
    await clock.advance(seconds(59));
    expect(count('write')).toBe(80);
    await clock.advance(seconds(1));
    expect(count('write')).toBe(100);
    expect(clock.pending).toBe(0);
  });

  it('never lets more than 500 writes through in an hour, of which 50 are kept for what is urgent', async () => {
    const { clock, ask, count, budget } = aBudget();
    ask(1_000, 'low', 4);
    await clock.advance(minutes(30));
    expect(count('low')).toBe(450);
    expect(budget.left).toBe(50);
    ask(60, 'urgent', 1);
    await settle();
    expect(count('urgent')).toBe(50);
    await clock.advance(minutes(29));
    expect(count('low') + count('urgent')).toBe(500);
    budget.close();
  });

  it('serves the most urgent first, then in order', async () => {
    const { ask, admitted, budget, clock } = aBudget({ concurrent: 1 });
    const done = await budget.slot('write', 3, calm);
    ask(1, 'later', 4);
    ask(1, 'first', 1);
    ask(1, 'second', 1);
    await settle();
    expect(admitted).toEqual([]);
    done();
    done();
    await settle();
    expect(admitted).toEqual(['first', 'second', 'later']);
    expect(clock.pending).toBe(0);
  });

  it('lets reads pass while writes wait', async () => {
    const { ask, count } = aBudget({ perMinute: 1 });
    ask(2, 'write', 1);
    ask(5, 'read', 4, 'read');
    await settle();
    expect([count('write'), count('read')]).toEqual([1, 5]);
  });

  it('refuses everything while the vendor asked for a pause', async () => {
    const { ask, count, budget, clock } = aBudget({ perMinute: 1 });
    ask(2, 'write');
    await settle();
    budget.pause(seconds(30));
    await settle();
    expect(count('refused')).toBe(1);
    expect(await failureOf(budget.slot('read', 1, calm))).toMatchObject({ reason: 'RateLimited', retryAfter: 30_000 });
    await clock.advance(seconds(30));
    (await budget.slot('read', 1, calm))();
  });

  it('forgets who does not want to wait any more', async () => {
    const { budget, ask, count } = aBudget({ concurrent: 1 });
    const done = await budget.slot('write', 3, calm);
    const stop = new AbortController();
    const waiting = failureOf(budget.slot('write', 1, stop.signal));
    ask(1, 'other');
    stop.abort();
    expect(await waiting).toMatchObject({ name: 'Rejected', reason: 'NotSent', terminal: false });
    done();
    await settle();
    expect(count('other')).toBe(1);
  });
});
