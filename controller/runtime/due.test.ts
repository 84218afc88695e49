import { describe, expect, it } from 'vitest';
import { random as numbers } from '../../test/builders/hostile.ts';
import { minutes, seconds } from './clock.ts';
import { type Memory, type Situation } from './situation.ts';
import { decide, defaultSettlingTime, dueOf, refusal, refusedAgain } from './decide.ts';
import { effectStates, revision, type Effect, type Entry, type Port } from './effect.ts';

const wall = Date.UTC(2026, 0, 1);
const monotonic = minutes(90);

/** Any situation that decide may be asked about; most are far from what the executor makes of itself. */
function aSituation(seed: number): Situation {
  const random = numbers(seed);
  const chance = (of: number): boolean => random() < of;
  const oneOf = <T>(first: T, ...others: readonly T[]): T =>
    [first, ...others][Math.floor(random() * (others.length + 1))] ?? first;
  const some = <T>(value: () => T): T | undefined => (chance(0.5) ? value() : undefined);
  /** Before and after now, near and far. */
  const time = (): number => monotonic + Math.round((random() - 0.5) * oneOf(seconds(2), seconds(30), minutes(150)));
  const past = (): number => Math.min(time(), monotonic);
  const effect: Effect = given({
    key: 'k',
    kind: 'thing',
    integration: some(() => 'x'),
    desired: oneOf('v1', 'v2'),
    notAfter: some(() => wall + time() - monotonic),
    final: some(() => true),
    drift: { every: some(() => minutes(5)), gone: some(() => 'recreate') },
  });
  const entry: Entry = given({
    kind: 'thing',
    state: oneOf(...states),
    attempt: 1,
    session: oneOf('s1', 's0'),
    rev: some(() => revision('v1')),
    within: { place: 'p1' },
    ref: { id: 'r' },
    facts: some(() => ({ refused: refusal(revision('v1'), 'e') })),
    reason: some(() => oneOf('Gone', 'ChannelArchived', 'ChangedOutside')),
    since: '2026-01-01T00:00:00Z',
    at: '2026-01-01T00:00:00Z',
  });
  const memory: Memory = given({
    clear: chance(0.5),
    failures: oneOf(0, 3),
    lastSend: some(past),
    lookedEmpty: some(past),
    notBefore: some(time),
    triedFor: some(() => oneOf(refusal(revision('v1'), 'e'), 'other')),
    auditAt: some(time),
    auditPending: some(() => true),
    watchedAt: some(past),
    lookNow: some(() => true),
    goneSince: some(past),
    looked: some(() => true),
  });
  const port: Port = {
    recover: oneOf<Port['recover']>('resend', 'observe', 'hold'),
    create: unused,
    ...(chance(0.5) ? { settlingTime: seconds(10) } : {}),
    ...(chance(0.5) ? { observe: unused } : {}),
    ...(chance(0.5) ? { update: unused } : {}),
    ...(chance(0.5) ? { release: unused } : {}),
    ...(chance(0.5) ? { appends: true } : {}),
  };
  return {
    wanted: some(() => effect),
    released: chance(0.2),
    kept: chance(0.2),
    entry: some(() => entry),
    port: chance(0.7) ? port : undefined,
    missing: { reason: 'IntegrationNotReady', message: 'not yet' },
    epoch: oneOf('e', 'f'),
    memory,
    session: 's1',
    acquiredAt: past(),
    recovering: chance(0.3),
    restored: chance(0.2),
    frozen: chance(0.2),
    parent: {
      held: chance(0.2) ? { reason: 'ChannelArchived', message: 'held' } : undefined,
      at: some(() => oneOf({ place: 'p1' }, { place: 'p2' })),
    },
    spread: random(),
    now: wall,
    monotonic,
  };
}

const [pending, ...otherStates] = effectStates;
const states = [pending, ...otherStates] as const;

/** Without what is undefined. */
const given = (parts: object) => JSON.parse(JSON.stringify(parts));

const unused = (): never => {
  throw new Error('decide calls no port');
};

const later = (s: Situation, by: number): Situation => ({ ...s, now: s.now + by, monotonic: s.monotonic + by });

/** Spans after which a decision could change: every time that the situation holds, with every wait of the protocol on top. */
function turns({ memory, acquiredAt, wanted, now }: Situation): number[] {
  const { lastSend, lookedEmpty, notBefore, auditAt, watchedAt, goneSince } = memory;
  const bases = [monotonic, acquiredAt, lastSend, lookedEmpty, notBefore, auditAt, watchedAt, goneSince];
  const waits = [0, seconds(10), defaultSettlingTime, minutes(5), refusedAgain, minutes(60)];
  const all = bases.flatMap((base) => (base === undefined ? [] : waits.map((wait) => base + wait - monotonic)));
  const expiry = wanted?.notAfter === undefined ? [] : [wanted.notAfter - now];
  return [...all, ...expiry, minutes(3), minutes(60 * 24 * 10)].flatMap((at) => [at - 1, at, at + 1]);
}

/** What is said and done, without the time at which it ends. */
const gist = (s: Situation): string => {
  const step = decide(s);
  return step.do === 'wait' || step.do === 'mark' ? `${step.do} ${step.reason}` : step.do;
};

/** Looked at when it is due, and once more when it is due again, it still says the same and has another time for it. */
function isFruitless(s: Situation): boolean {
  let then = s;
  for (let look = 1; look <= 3; look++) {
    const due = dueOf(then, decide(then));
    if (due === undefined || gist(then) !== gist(s)) return false;
    then = later(then, due - then.monotonic);
  }
  return true;
}

describe('a decision that waits', () => {
  it('changes by time alone no earlier than it said, and then it does not say so again for nothing', () => {
    const late: string[] = [];
    for (let seed = 1; seed <= 20_000; seed++) {
      const s = aSituation(seed);
      const step = decide(s);
      if (step.do !== 'wait' && step.do !== 'nothing') continue;
      const due = dueOf(s, step) ?? Infinity;
      if (due <= monotonic) late.push(`seed ${seed}: due at once and nothing is done: ${JSON.stringify(step)}`);
      const before = turns(s).filter((by) => by > 0 && monotonic + by < due);
      const changed = before.find((by) => gist(later(s, by)) !== gist(s));
      if (changed !== undefined)
        late.push(`seed ${seed}: after ${changed} ms ${gist(later(s, changed))} instead of ${gist(s)}, due ${due}`);
      if (isFruitless(s)) late.push(`seed ${seed}: due ${due} and again for nothing, still ${gist(s)}`);
    }
    expect(late.slice(0, 5)).toEqual([]);
  });

  it('of something that must not be late expires on the millisecond', () => {
    const notAfter = wall + minutes(15);
    const wanted: Effect = { key: 'k', kind: 'thing', integration: 'x', desired: 'v1', notAfter };
    const s: Situation = {
      ...aSituation(1),
      wanted,
      entry: undefined,
      port: undefined,
      frozen: false,
      restored: false,
    };
    const step = decide(s);
    expect([step.do, dueOf(s, step)]).toEqual(['wait', monotonic + minutes(15) + 1]);
    expect(decide(later(s, minutes(15)))).toMatchObject({ do: 'wait' });
    expect(decide(later(s, minutes(15) + 1))).toMatchObject({ do: 'mark', state: 'Expired' });
  });

  it('for another try of what was refused is over when that would be too late', () => {
    const wanted: Effect = { key: 'k', kind: 'thing', integration: 'x', desired: 'v1', notAfter: wall + minutes(1) };
    const refused = refusal(revision('v1'), 'e');
    const entry: Entry = { kind: 'thing', state: 'Failed', attempt: 1, message: 'Bot not there', since: '', at: '' };
    const memory: Memory = { clear: true, failures: 1, triedFor: refused, notBefore: monotonic + refusedAgain };
    const s: Situation = { ...aSituation(1), wanted, entry, memory, epoch: 'e', frozen: false };
    expect(dueOf(s, decide(s))).toBe(monotonic + minutes(1) + 1);
    expect(decide(later(s, minutes(1) + 1))).toMatchObject({
      do: 'mark',
      state: 'Expired',
      message: 'Not sent in time: Bot not there',
    });
  });
});
