import { describe, expect, it } from 'vitest';
import { seconds } from './clock.ts';
import { revision, type Effect } from './effect.ts';
import { settlingTime, World, lose, want } from '../../test/builders/effect-world.ts';

const makeGone = async (more: Partial<Effect>): Promise<World> => {
  const w = new World();
  await w.pass([want('v1', more)]);
  await w.pass([want('v1', more)]);
  w.outside.length = 0;
  await w.pass([want('v2', more)]);
  await w.later(settlingTime, [want('v2', more)]);
  for (let i = 0; i < 4; i++) await w.pass([want('v2', more)]);
  return w;
};

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

  it('are made once where the next version renders the same otherwise', async () => {
    const w = new World();
    await w.pass([want()]);
    await w.pass([want()]);
    w.format = 2;
    w.restart('s2');
    for (let i = 0; i < 4; i++) await w.pass([want()]);
    await w.later(settlingTime * 2, [want()]);
    await w.pass([want()]);
    expect(w.calls.filter((call) => call !== 'observe')).toEqual(['create', 'update']);
    expect(w.outside).toHaveLength(1);
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
    await w.later(settlingTime + seconds(3), [want('v3')]);
    await w.pass([want('v3')]);
    await w.pass([want('v3')]);
    expect(w.outside[0]?.rev).toBe(revision('v3'));
    const calls = w.calls.length;
    await w.later(settlingTime * 3, [want('v3')]);
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
    await w.later(settlingTime, [want('v3')]);
    await w.pass([want('v3')]);
    await w.pass([want('v3')]);
    expect(w.calls).toEqual(['create', 'update', 'observe', 'update']);
    w.restart('s2');
    await w.pass([want('v4')]);
    await w.later(seconds(2), [want('v4')]);
    expect(w.outside[0]?.rev).toBe(revision('v3'));
    await w.later(settlingTime, [want('v4')]);
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
    await w.later(settlingTime * 2, [want()]);
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
    await w.later(settlingTime * 2, [want()]);
    expect(w.calls).toEqual([]);
  });
});

describe('what was taken away outside', () => {
  it('is left so, and said', async () => {
    const w = await makeGone({});
    expect(w.entries['k']).toMatchObject({ state: 'Done', reason: 'Gone' });
    expect(w.outside).toEqual([]);
  });

  it('is made again where that is asked for, as a new attempt', async () => {
    const w = await makeGone({ drift: { gone: 'recreate' } });
    expect(w.entries['k']).toMatchObject({ state: 'Done', attempt: 2, cause: 'Gone', rev: revision('v2') });
    expect(w.outside).toHaveLength(1);
  });
});
