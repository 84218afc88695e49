import { describe, expect, test } from 'vitest';
import { FakeClock } from '../../test/builders/fake-clock.ts';
import { random } from '../../test/builders/hostile.ts';
import { minutes, seconds, type Duration, type Instant } from './clock.ts';
import { serverClock } from './server-clock.ts';

/** A process whose wall clock is ahead of the API server's, whose answers take some time. */
function world(ahead: Duration) {
  const local = new FakeClock(Date.UTC(2026, 0, 1, 12, 0, 0, 400) + ahead);
  let server = -ahead;
  const { clock, heard } = serverClock(local);
  /** The API server's own time; jumps of the local clock pass it by. */
  const start = local.now() - local.monotonic();
  const truth = (): Instant => start + local.monotonic() + server;
  const ask = (there: Duration, back: Duration): void => {
    const sent = local.monotonic();
    local.tick(there);
    const date = new Date(truth()).toUTCString();
    local.tick(back);
    heard(date, sent, local.monotonic());
  };
  return { local, clock, heard, truth, ask, setServer: (by: Duration) => void (server += by) };
}

describe('the API server’s clock', () => {
  test('before any answer it is the process’s own, and so it is while both agree', () => {
    const { local, clock, ask } = world(seconds(1));
    expect(clock.now()).toBe(local.now());
    ask(20, 30);
    expect(clock.now()).toBe(local.now());
    local.tick(minutes(60));
    expect(clock.now()).toBe(local.now());
  });

  test.each([-minutes(2), minutes(2), minutes(30), -minutes(60 * 24 * 365)])(
    '%d ms ahead, it is the server’s',
    (ahead) => {
      const { local, clock, ask, truth } = world(ahead);
      ask(20, 30);
      expect(Math.abs(clock.now() - truth())).toBeLessThan(1_100);
      local.tick(minutes(5));
      expect(Math.abs(clock.now() - truth())).toBeLessThan(1_100);
    },
  );

  test('answers at different parts of a second narrow it down', () => {
    const { local, clock, ask, truth } = world(minutes(2));
    for (let i = 0; i < 20; i++) {
      ask(5, 5);
      local.tick(337);
    }
    expect(Math.abs(clock.now() - truth())).toBeLessThan(100);
  });

  test('a wall clock that somebody sets changes nothing, not even until the next answer', () => {
    const { local, clock, ask, truth } = world(0);
    ask(5, 5);
    local.jump(minutes(60));
    expect(Math.abs(clock.now() - truth())).toBeLessThan(1_100);
    local.jump(-minutes(90));
    expect(Math.abs(clock.now() - truth())).toBeLessThan(1_100);
  });

  test('a server’s clock that somebody sets is followed with the second answer', () => {
    const { clock, ask, truth, setServer } = world(0);
    ask(5, 5);
    setServer(-minutes(10));
    ask(5, 5);
    expect(Math.abs(clock.now() - truth() - minutes(10))).toBeLessThan(1_100);
    ask(5, 5);
    expect(Math.abs(clock.now() - truth())).toBeLessThan(1_100);
  });

  test('one answer that contradicts all others changes nothing', () => {
    const { local, clock, heard, ask, truth } = world(minutes(2));
    for (let i = 0; i < 100; i++) ask(5, 5);
    for (const odd of [0, Date.UTC(2037, 0, 1)]) {
      heard(new Date(odd).toUTCString(), local.monotonic(), local.monotonic());
      expect(Math.abs(clock.now() - truth())).toBeLessThan(1_100);
    }
    ask(5, 5);
    expect(Math.abs(clock.now() - truth())).toBeLessThan(1_100);
  });

  test('of several servers the odd one is not followed, whichever answers', () => {
    const { clock, ask, truth, setServer } = world(0);
    for (let i = 0; i < 30; i++) {
      ask(5, 5);
      ask(5, 5);
      setServer(-minutes(10));
      ask(5, 5);
      setServer(minutes(10));
      expect(Math.abs(clock.now() - truth())).toBeLessThan(1_100);
    }
  });

  test('an answer without a date, or one that cannot be read, tells nothing', () => {
    const { local, clock, heard } = world(minutes(5));
    heard(undefined, 0, 1);
    heard('yesterday', 0, 1);
    expect(clock.now()).toBe(local.now());
  });

  test('timers and waits are the process’s own', () => {
    const { local, clock, ask } = world(minutes(2));
    ask(5, 5);
    let fired = false;
    clock.after(seconds(1), () => (fired = true));
    expect(clock.monotonic()).toBe(local.monotonic());
    local.tick(seconds(2));
    expect(fired).toBe(true);
  });

  test('however slow the answers are and whatever the wall clock does, it is never far off', () => {
    const next = random(3);
    for (let run = 0; run < 50; run++) {
      const { local, clock, ask, truth } = world(Math.round((next() - 0.5) * minutes(240)));
      ask(10, 10);
      for (let i = 0; i < 100; i++) {
        const chance = next();
        if (chance < 0.5) ask(next() * seconds(5), next() * seconds(5));
        else if (chance < 0.6) local.jump(Math.round((next() - 0.5) * minutes(120)));
        else local.tick(next() * seconds(30));
        // The second that the header leaves open, and the tolerance in which the wall clock counts.
        expect(Math.abs(clock.now() - truth())).toBeLessThan(seconds(3) + 100);
      }
    }
  });
});
