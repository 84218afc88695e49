import { describe, expect, it } from 'vitest';
import { FakeClock, settle } from '../../../test/builders/fake-clock.ts';
import { failureOf } from '../../../test/conformance/calls.ts';
import { minutes, seconds } from '../../runtime/clock.ts';
import { Rejected } from '../../runtime/outcome.ts';
import { Budget, type Limits, type Want } from './budget.ts';
import { slidingWindow } from './meter.ts';

interface Call extends Want {
  readonly name: string;
}

function aBudget(limits: Partial<Limits<Call>> = {}) {
  const clock = new FakeClock();
  const budget = new Budget<Call>(clock, {
    meters: () => [],
    pausedBy: ({ name }) => [name],
    notSent: ({ name }) => `${name} was not sent`,
    ...limits,
  });
  const admitted: string[] = [];
  const releases: (() => void)[] = [];
  const take = async (call: Call): Promise<void> => {
    releases.push(await budget.take(call));
    admitted.push(call.name);
  };
  const ask = (name: string, priority = 3): Promise<unknown> => failureOf(take({ name, priority }));
  return { clock, budget, admitted, releases, ask };
}

const refusePaused = (retryAfter: number): Rejected => new Rejected('RateLimited', 'later', { retryAfter });

/** One call a second. */
const slow = (): Partial<Limits<Call>> => {
  const meter = slidingWindow(1, seconds(1));
  return { meters: () => [meter] };
};

describe('the order', () => {
  it('is by priority, then by arrival', async () => {
    const { clock, admitted, ask } = aBudget(slow());
    for (const [name, priority] of [
      ['first', 4],
      ['low', 4],
      ['high', 1],
      ['also low', 4],
      ['also high', 1],
    ] as const)
      void ask(name, priority);
    await clock.advance(seconds(4));
    expect(admitted).toEqual(['first', 'high', 'also high', 'low', 'also low']);
    expect(clock.pending).toBe(0);
  });

  it.each([
    [undefined, ['first', ...Array<string>(5).fill('high')]],
    [seconds(1), ['first', 'high', 'high', 'high', 'low', 'high']],
  ])('with an aging of %s a class is worth as much waiting', async (aging, order) => {
    const { clock, admitted, ask } = aBudget({ ...slow(), ...(aging === undefined ? {} : { aging }) });
    void ask('first');
    void ask('low', 4);
    for (let n = 0; n < 5; n += 1) {
      void ask('high', 1);
      await clock.advance(seconds(1));
    }
    expect(admitted.slice(0, 6)).toEqual(order);
  });
});

describe('a pause', () => {
  it('holds up what has its name, and nothing else, for as long as the longest of them', async () => {
    const { clock, budget, admitted, ask } = aBudget();
    budget.pause('a', seconds(5));
    budget.pause('a', seconds(2));
    void ask('a');
    void ask('b');
    await clock.advance(seconds(4));
    expect(admitted).toEqual(['b']);
    await clock.advance(seconds(1));
    expect(admitted).toEqual(['b', 'a']);
  });

  it('refuses who waits and who comes, where the limits say so', async () => {
    const { clock, budget, admitted, ask } = aBudget({ ...slow(), refusePaused });
    await ask('first');
    const waits = ask('a');
    void ask('b');
    budget.pause('a', seconds(5));
    expect(await waits).toMatchObject({ reason: 'RateLimited', retryAfter: 5_000 });
    await clock.advance(seconds(1));
    expect(admitted).toEqual(['first', 'b']);
    expect(await ask('a')).toMatchObject({ reason: 'RateLimited', retryAfter: 4_000 });
  });
});

it('lets no more than its number go at once, whatever ends how often', async () => {
  const { admitted, releases, ask, budget } = aBudget({ concurrent: 2 });
  for (const name of ['a', 'b', 'c', 'd', 'e']) void ask(name);
  await settle();
  expect([admitted, budget.waiting]).toEqual([['a', 'b'], 3]);
  releases[0]?.();
  releases[0]?.();
  await settle();
  expect([admitted, budget.waiting]).toEqual([['a', 'b', 'c'], 2]);
});

describe('what is not sent', () => {
  it('was stopped before it asked, or while it waited', async () => {
    const { budget, ask, clock, admitted } = aBudget(slow());
    await ask('first');
    const stop = new AbortController();
    const waits = failureOf(budget.take({ name: 'a', priority: 1, signal: stop.signal }));
    stop.abort();
    const late = failureOf(budget.take({ name: 'b', priority: 1, signal: stop.signal }));
    expect([await waits, await late].map(String)).toEqual(['Rejected: a was not sent', 'Rejected: b was not sent']);
    expect(budget.waiting).toBe(0);
    await clock.advance(minutes(1));
    expect(admitted).toEqual(['first']);
  });

  it('waited when the connection ended', async () => {
    const { budget, ask, clock } = aBudget(slow());
    await ask('first');
    const waits = ask('a');
    budget.close();
    expect(await waits).toMatchObject({ reason: 'NotSent', terminal: false });
    expect(clock.pending).toBe(0);
  });
});
