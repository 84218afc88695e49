import { describe, expect, it } from 'vitest';
import { minutes, seconds } from './clock.ts';
import { entryBounds, revision } from './effect.ts';
import {
  settlingTime,
  World,
  lose,
  vanish,
  refuse,
  refuseForGood,
  want,
  made,
} from '../../test/builders/effect-world.ts';

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

  it('is sent again only once a look after the settling time found nothing', async () => {
    const w = new World();
    w.fate = vanish;
    await w.pass([want()]);
    await w.pass([want()]);
    await w.later(settlingTime - 1, [want()]);
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
    w.clock.tick(settlingTime * 10);
    w.restart('s2');
    const hidden = w.outside.splice(0);
    await w.pass([want()]);
    expect(w.calls).toEqual(['create', 'observe']);
    // The former process's call lands late.
    w.outside.push(...hidden);
    await w.later(settlingTime, [want()]);
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
    for (let i = 0; i < 5; i++) await w.later(settlingTime, [want()]);
    expect(w.calls.filter((c) => c === 'create')).toHaveLength(1);
    w.blind = undefined;
    await w.later(settlingTime, [want()]);
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
    await w.later(settlingTime, [want()]);
    await w.pass([want()]);
    expect(w.outside.map((o) => o.ref)).toEqual(['r0']);
    expect(w.entries['k']).toMatchObject({ state: 'Done', ref: { id: 'r0' } });
    await w.later(minutes(60), [want()]);
    expect(w.calls.filter((call) => call === 'observe')).toHaveLength(1);
  });

  it('is looked for once more by a successor of a process that died before its look', async () => {
    const w = new World();
    const watched = [want('v1', { drift: { every: minutes(10) } })];
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
    await w.later(settlingTime, [want()]);
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
    for (let i = 0; i < 100; i++) await w.later(settlingTime, [want()]);
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
    await w.later(settlingTime, [want()]);
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
    await w.later(settlingTime * 3, [want()]);
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
    await w.later(settlingTime, []);
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
    await w.later(settlingTime * 3, []);
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
    await w.pass([want()]);
    await w.pass([want()]);
    expect(w.entries['k']).toMatchObject({ state: 'Done', cause: 'Released', attempt: 3 });
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
    for (let i = 0; i < 4; i++) await w.later(settlingTime, []);
    expect(w.entries['k']).toMatchObject({ state: 'Pending', attempt: 1 });
    expect(w.calls).not.toContain('create');
    for (let i = 0; i < 3; i++) await w.pass([want()]);
    expect(w.entries['k']).toMatchObject({ state: 'Done', attempt: 1 });
    expect(w.outside).toHaveLength(1);
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
