import { describe, expect, it } from 'vitest';
import { minutes, seconds } from './clock.ts';
import { isMended, revision } from './effect.ts';
import type { EffectOutcome } from './execution.ts';
import { Rejected } from './outcome.ts';
import { World, lose, refuse, refuseForGood, cannot, want, made } from '../../test/builders/effect-world.ts';

const refusals = (w: World): EffectOutcome[] => w.outcomes.filter(({ result }) => result === 'refused');

/** Its first edit is refused for good. */
const refusedOnce = async (w: World): Promise<void> => {
  await w.pass([want('v1')]);
  await w.pass([want('v1')]);
  w.fate = refuseForGood;
  await w.pass([want('v2')]);
  w.calls.length = 0;
};

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
    expect(w.entries['k']).toMatchObject({ state: 'Done', attempt: 2, cause: 'Refused' });
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
  const some = { reason: 'PeopleNotInvited', message: 'bo (unknown)' } as const;

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
