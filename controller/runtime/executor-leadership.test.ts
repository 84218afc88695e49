import { describe, expect, it } from 'vitest';
import { seconds } from './clock.ts';
import {
  World,
  lose,
  refuseForGood,
  connecting,
  stateOf,
  want,
  flush,
  owner,
  identity,
} from '../../test/builders/effect-world.ts';

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
