import { describe, expect, it } from 'vitest';
import { FakeClock } from '../../../test/builders/fake-clock.ts';
import { minutes, seconds } from '../../runtime/clock.ts';
import { scheduler, type Want } from './scheduler.ts';

function setup(factor?: number) {
  const clock = new FakeClock();
  const subject = scheduler(clock, factor);
  const went: { name: string; at: number }[] = [];
  const ask = (name: string, want: Partial<Want> & { method: string }): void => {
    subject
      .take({ priority: 2, ...want })
      .then(() => went.push({ name, at: clock.monotonic() }))
      .catch(() => went.push({ name: `${name} stopped`, at: clock.monotonic() }));
  };
  return { clock, subject, went, ask, names: () => went.map(({ name }) => name) };
}

describe('scheduler', () => {
  it('lets no minute see more than a tier', async () => {
    const { clock, went, ask } = setup();
    for (let n = 0; n < 100; n++) ask(`${n}`, { method: 'conversations.create' });
    await clock.advance(minutes(7));
    expect(went).toHaveLength(100);
    for (const { at } of went) {
      expect(went.filter((one) => one.at >= at && one.at < at + minutes(1)).length).toBeLessThanOrEqual(20);
    }
    expect(clock.pending).toBe(0);
  });

  it('uses what it has: a burst at once, then 80 % of the tier', async () => {
    const { clock, went, ask } = setup();
    for (let n = 0; n < 60; n++) ask(`${n}`, { method: 'chat.update' });
    await clock.advance(0);
    expect(went).toHaveLength(10);
    await clock.advance(minutes(1));
    expect(went).toHaveLength(50);
  });

  it('sends one message a second to a channel, and does not hold up another', async () => {
    const { clock, went, ask } = setup();
    for (const name of ['a1', 'a2', 'a3']) ask(name, { method: 'chat.postMessage', channel: 'A' });
    ask('b1', { method: 'chat.postMessage', channel: 'B' });
    await clock.advance(seconds(2));
    expect(went).toEqual([
      { name: 'a1', at: 0 },
      { name: 'b1', at: 0 },
      { name: 'a2', at: 1000 },
      { name: 'a3', at: 2000 },
    ]);
  });

  it('serves the severe first, and the old before the new', async () => {
    const { clock, ask, names } = setup();
    for (let n = 0; n < 4; n++) ask('burst', { method: 'pins.add' });
    ask('sev3', { method: 'pins.add', priority: 3 });
    ask('sev1', { method: 'pins.add', priority: 1 });
    ask('sev1 later', { method: 'pins.add', priority: 1 });
    await clock.advance(seconds(30));
    expect(names().slice(4)).toEqual(['sev1', 'sev1 later', 'sev3']);
  });

  it('starves nobody: half a minute of waiting is worth a severity', async () => {
    const { clock, ask, names } = setup();
    for (let n = 0; n < 4; n++) ask('burst', { method: 'pins.add' });
    ask('sev4', { method: 'pins.add', priority: 4 });
    for (let n = 0; n < 100; n++) {
      ask('sev1', { method: 'pins.add', priority: 1 });
      await clock.advance(seconds(3));
    }
    expect(names()).toContain('sev4');
  });

  it('pauses a method in a channel after a 429, the whole method after two', async () => {
    const { clock, subject, ask, names } = setup();
    subject.pause({ method: 'chat.update', channel: 'A', priority: 2 }, seconds(10));
    ask('a', { method: 'chat.update', channel: 'A' });
    ask('b', { method: 'chat.update', channel: 'B' });
    await clock.advance(0);
    expect(names()).toEqual(['b']);
    subject.pause({ method: 'chat.update', channel: 'B', priority: 2 }, seconds(20));
    ask('c', { method: 'chat.update', channel: 'C' });
    await clock.advance(seconds(19));
    expect(names()).toEqual(['b']);
    await clock.advance(seconds(1));
    expect(names()).toEqual(['b', 'a', 'c']);
  });

  it('forgets who is stopped while waiting', async () => {
    const { clock, subject, ask, names } = setup();
    const stop = new AbortController();
    for (let n = 0; n < 4; n++) ask('burst', { method: 'pins.add' });
    ask('waiting', { method: 'pins.add', signal: stop.signal });
    await clock.advance(0);
    expect(subject.waiting).toBe(1);
    stop.abort();
    await clock.advance(seconds(30));
    expect(names().slice(4)).toEqual(['waiting stopped']);
    expect(subject.waiting).toBe(0);
  });

  it('tells what is left', async () => {
    const { clock, subject, ask } = setup();
    ask('one', { method: 'conversations.create' });
    await clock.advance(0);
    expect(subject.budget()).toEqual({ 'conversations.create': 3 });
  });

  it('can be switched off, but heeds a 429', async () => {
    const { clock, subject, went, ask } = setup(Infinity);
    for (let n = 0; n < 500; n++) ask(`${n}`, { method: 'chat.postMessage', channel: 'A' });
    await clock.advance(0);
    expect(went).toHaveLength(500);
    subject.pause({ method: 'chat.postMessage', channel: 'A', priority: 2 }, seconds(5));
    ask('late', { method: 'chat.postMessage', channel: 'A' });
    await clock.advance(seconds(4));
    expect(went).toHaveLength(500);
    await clock.advance(seconds(1));
    expect(went).toHaveLength(501);
  });
});
