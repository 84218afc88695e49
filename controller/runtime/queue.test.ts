import { describe, expect, it } from 'vitest';
import { FakeClock } from '../../test/builders/fake-clock.ts';
import { WorkQueue, type QueueOptions } from './queue.ts';

/** A queue whose worker records its keys and takes as long as the test wants. */
function aQueue(options: Partial<QueueOptions> = {}) {
  const clock = new FakeClock();
  const queue = new WorkQueue({ clock, random: () => 1, ...options });
  const started: string[] = [];
  const running = new Map<string, (error?: Error) => void>();
  return {
    clock,
    queue,
    started,
    running,
    /** Each key is worked on until `end` is called for it. */
    runHeld: (concurrency = 1) => {
      queue.run((key) => {
        started.push(key);
        return new Promise<void>((resolve, reject) => running.set(key, (error) => (error ? reject(error) : resolve())));
      }, concurrency);
    },
    run: (concurrency = 1) => {
      queue.run(async (key) => void started.push(key), concurrency);
    },
    end: async (key: string, error?: Error) => {
      const ends = running.get(key);
      if (!ends) throw new Error(`${key} is not worked on`);
      running.delete(key);
      ends(error);
      await clock.advance(0);
    },
  };
}

describe('a key', () => {
  it('is worked on once, however often it was added while in line', async () => {
    const { queue, clock, started, run } = aQueue();
    queue.add('a');
    queue.add('a');
    queue.add('b');
    queue.add('a');
    run();
    await clock.advance(0);
    expect(started).toEqual(['a', 'b']);
  });

  it('is never worked on twice at a time, and comes again when added meanwhile', async () => {
    const { queue, clock, started, runHeld, end } = aQueue();
    runHeld(4);
    queue.add('a');
    await clock.advance(0);
    queue.add('a');
    queue.add('a');
    await clock.advance(1_000);
    expect(started).toEqual(['a']);
    await end('a');
    expect(started).toEqual(['a', 'a']);
    await end('a');
    expect(started).toEqual(['a', 'a']);
    expect(queue.processing).toBe(0);
  });

  it('does not start within add, so that who adds many has added them all before the first', () => {
    const { queue, started, run } = aQueue();
    run();
    queue.add('a');
    expect(started).toEqual([]);
  });

  it('is worked on by no more than so many workers', async () => {
    const { queue, clock, started, runHeld, end } = aQueue();
    runHeld(2);
    for (const key of ['a', 'b', 'c', 'd']) queue.add(key);
    await clock.advance(0);
    expect(started).toEqual(['a', 'b']);
    expect(queue.depth).toBe(2);
    await end('b');
    expect(started).toEqual(['a', 'b', 'c']);
  });
});

describe('a priority', () => {
  it('goes first, and equal ones in order', async () => {
    const { queue, clock, started, run } = aQueue();
    for (const [key, priority] of [
      ['c', 3],
      ['a', 1],
      ['d', 3],
      ['b', 2],
    ] as const)
      queue.add(key, { priority });
    run();
    await clock.advance(0);
    expect(started).toEqual(['a', 'b', 'c', 'd']);
  });

  it('may be raised while in line, and is never lowered', async () => {
    const { queue, clock, started, run } = aQueue();
    queue.add('a', { priority: 2 });
    queue.add('b', { priority: 4 });
    queue.add('b', { priority: 1 });
    queue.add('b', { priority: 4 });
    queue.add('b');
    run();
    await clock.advance(0);
    expect(started).toEqual(['b', 'a']);
  });

  it('given while it is worked on counts for the next turn', async () => {
    const { queue, clock, started, runHeld, end } = aQueue();
    runHeld(1);
    queue.add('a', { priority: 4 });
    await clock.advance(0);
    queue.add('b', { priority: 2 });
    queue.add('a', { priority: 1 });
    queue.add('a', { priority: 4 });
    await end('a');
    expect(started).toEqual(['a', 'a']);
  });

  it('loses against what has waited ten seconds more for each level', async () => {
    const { queue, clock, started, run } = aQueue();
    queue.add('old', { priority: 4 });
    await clock.advance(30_001);
    queue.add('new', { priority: 1 });
    queue.add('same', { priority: 4 });
    run();
    await clock.advance(0);
    expect(started).toEqual(['old', 'new', 'same']);
  });

  it('does not let a stream of urgent keys starve one that is not', async () => {
    const { queue, clock, started, runHeld, end } = aQueue();
    runHeld(1);
    queue.add('urgent-0', { priority: 1 });
    await clock.advance(0);
    queue.add('patient', { priority: 4 });
    for (let turn = 1; turn <= 40 && !started.includes('patient'); turn++) {
      queue.add(`urgent-${turn}`, { priority: 1 });
      await clock.advance(1_000);
      await end(`urgent-${turn - 1}`);
    }
    expect(started.indexOf('patient')).toBe(31);
  });
});

describe('a delay', () => {
  it('is never cut short', async () => {
    const { queue, clock, started, run } = aQueue();
    run();
    queue.addAfter('a', 1_000.2);
    await clock.advance(1_000);
    expect(started).toEqual([]);
    await clock.advance(1);
    expect(started).toEqual(['a']);
  });

  it('is waited out even when the timer fires early', async () => {
    const { clock, ...rest } = aQueue();
    const early = {
      now: () => clock.now(),
      monotonic: () => clock.monotonic(),
      after: (ms: number, task: () => void) => clock.after(ms / 2, task),
    };
    const queue = new WorkQueue({ clock: early });
    queue.run(async (key) => void rest.started.push(key), 1);
    queue.addAfter('a', 1_000);
    await clock.advance(999);
    expect(rest.started).toEqual([]);
    await clock.advance(2);
    expect(rest.started).toEqual(['a']);
  });

  it('that ends earliest wins, and the key comes once', async () => {
    const { queue, clock, started, run } = aQueue();
    run();
    queue.addAfter('a', 5_000);
    queue.addAfter('a', 1_000);
    queue.addAfter('a', 3_000);
    await clock.advance(1_000);
    expect(started).toEqual(['a']);
    await clock.advance(60_000);
    expect(started).toEqual(['a']);
    expect(clock.pending).toBe(0);
  });

  it('of one key holds up no other, with one timer for all', async () => {
    const { queue, clock, started, run } = aQueue();
    run();
    for (let n = 100; n > 0; n--) queue.addAfter(`k${n}`, n * 10);
    expect(clock.pending).toBe(1);
    await clock.advance(30);
    expect(started).toEqual(['k1', 'k2', 'k3']);
    await clock.advance(970);
    expect(started).toHaveLength(100);
    expect(clock.pending).toBe(0);
  });

  it('of nothing is none', async () => {
    const { queue, clock, started, run } = aQueue();
    run();
    queue.addAfter('a', 0);
    await clock.advance(0);
    expect(started).toEqual(['a']);
  });

  it('is a bug when it is not a number', () => {
    expect(() => aQueue().queue.addAfter('a', Number.NaN)).toThrow(RangeError);
  });
});

describe('a failure', () => {
  it('is retried later each time, up to the bound, until forgotten', () => {
    const { queue } = aQueue({ shortestWait: 100, longestWait: 1_000 });
    expect([1, 2, 3, 4, 5, 6].map(() => queue.retry('a'))).toEqual([100, 200, 400, 800, 1_000, 1_000]);
    expect(queue.failures('a')).toBe(6);
    queue.forget('a');
    expect(queue.failures('a')).toBe(0);
    expect(queue.retry('a')).toBe(100);
  });

  it('is spread over the second half of its wait', () => {
    const { queue } = aQueue({ shortestWait: 100, random: () => 0 });
    expect(queue.retry('a')).toBe(50);
  });

  it('is told, and retried, when the worker throws; others go on', async () => {
    const errors: unknown[] = [];
    const { queue, clock, started, runHeld, end } = aQueue({ onError: (key, error) => errors.push([key, error]) });
    runHeld(1);
    queue.add('bad', { priority: 1 });
    queue.add('good');
    await clock.advance(0);
    const boom = new Error('boom');
    await end('bad', boom);
    expect(errors).toEqual([['bad', boom]]);
    expect(started).toEqual(['bad', 'good']);
    await end('good');
    await clock.advance(500);
    expect(started).toEqual(['bad', 'good', 'bad']);
    expect(queue.failures('bad')).toBe(1);
  });

  it('keeps the priority that the key had', async () => {
    const { queue, clock, started, runHeld, end } = aQueue();
    runHeld(1);
    queue.add('urgent', { priority: 1 });
    await clock.advance(0);
    queue.retry('urgent');
    await end('urgent');
    queue.add('busy', { priority: 2 });
    await clock.advance(0);
    queue.add('waiting', { priority: 2 });
    await clock.advance(500);
    await end('busy');
    expect(started).toEqual(['urgent', 'busy', 'urgent']);
  });
});

describe('stop', () => {
  it('works off what is in line, drops what waits for its time, takes in nothing more', async () => {
    const { queue, clock, started, runHeld, end } = aQueue();
    runHeld(1);
    queue.add('a');
    queue.add('b');
    queue.addAfter('later', 1_000);
    await clock.advance(0);
    let stopped = false;
    const stop = queue.stop().then(() => (stopped = true));
    queue.add('c');
    queue.addAfter('d', 1);
    expect(clock.pending).toBe(0);
    await end('a');
    expect(stopped).toBe(false);
    await end('b');
    await stop;
    await clock.advance(10_000);
    expect(started).toEqual(['a', 'b']);
  });

  it('of a queue that never ran is at once', async () => {
    const { queue } = aQueue();
    queue.add('a');
    await expect(queue.stop()).resolves.toBeUndefined();
  });
});

it('is idle when nothing is in line or worked on, whatever waits for its time', async () => {
  const { queue, clock, runHeld, end } = aQueue();
  runHeld(1);
  queue.addAfter('later', 60_000);
  await queue.idle();
  queue.add('a');
  let idle = false;
  const waiting = queue.idle().then(() => (idle = true));
  await clock.advance(0);
  expect(idle).toBe(false);
  await end('a');
  await waiting;
});

it('reports waits and durations for metrics', async () => {
  const reports: unknown[] = [];
  const { queue, clock, runHeld, end } = aQueue({ report: (...report) => reports.push(report) });
  queue.add('a');
  queue.add('a');
  await clock.advance(70);
  runHeld();
  await clock.advance(30);
  queue.retry('a');
  await end('a');
  expect(reports).toEqual([
    ['add', 'a', 0],
    ['start', 'a', 70],
    ['retry', 'a', 500],
    ['done', 'a', 30],
  ]);
});

it('lets timers and sockets have their turn between two keys', async () => {
  const { queue } = aQueue();
  let turns = 0;
  let left = 200;
  const ticking = setInterval(() => turns++, 0);
  const done = new Promise<void>((resolve) => {
    queue.run(async (key) => {
      if (--left > 0) queue.add(key);
      else resolve();
      const until = performance.now() + 0.2;
      while (performance.now() < until);
    }, 1);
  });
  queue.add('a');
  await done;
  clearInterval(ticking);
  expect(turns).toBeGreaterThan(3);
});
