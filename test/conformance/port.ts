import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Call, type Look, type Port, type Ref, type Seen } from '../../controller/runtime/effect.ts';
import { Rejected } from '../../controller/runtime/outcome.ts';
import { aCall, owner as somebody } from './calls.ts';

/** One effect of one kind before a real or emulated outside, fresh for each test. */
export interface Subject<D> {
  readonly port: Port<D>;
  readonly within: Ref;
  readonly desired: D;
  /** Differs from `desired`. Absent: there is nothing to change. */
  readonly changed?: D;
  /** How many stand outside for this effect, whoever made them, read past the port. */
  count(): Promise<number>;
  /** The next write is accepted and its answer is lost. */
  loseAnswer(): void;
  /** The next write is refused by the outside. */
  refuse(): void;
  /** Why another incident's would be taken for its own, where the outside has no room for a marker. */
  readonly unmarked?: string;
  /** Somebody else makes a look-alike of what stands there, marker and all. */
  forge?(): Promise<void>;
  close(): Promise<void>;
}

export interface TestCall<D> extends Call<D> {
  /** How often go() was called. */
  readonly sends: number;
}

export interface Told {
  readonly key?: string;
  readonly uid?: string;
  readonly since?: number;
  readonly signal?: AbortSignal;
  /** Called by go(), before it counts. */
  readonly onGo?: () => void;
}

let uids = 0;
/** A uid that no other test has. */
export const newUid = (): string =>
  `${process.pid.toString(16).padStart(8, '0')}-0000-4000-8000-${(++uids).toString(16).padStart(12, '0')}`;

/** What the executor would hand a port, for an incident of its own. */
export function callFor<D>(within: Ref, desired: D, { uid = newUid(), onGo, ...told }: Told = {}): TestCall<D> {
  let sends = 0;
  const go = (): void => {
    onGo?.();
    sends += 1;
  };
  return {
    ...aCall(desired, { ...told, within, owner: { ...somebody, uid }, go }),
    get sends() {
      return sends;
    },
  };
}

function notLeading(): never {
  throw new Rejected('NotLeading', 'no longer leading');
}

/** The rules that every port keeps, whatever it makes. Returns what the tests of one kind add theirs with. */
export function portConformance<D>(setup: () => Promise<Subject<D>>): () => Subject<D> {
  let subject: Subject<D>;
  beforeEach(async () => {
    subject = await setup();
  });
  afterEach(() => subject.close());

  const call = (told?: Told, desired = subject.desired): TestCall<D> => callFor(subject.within, desired, told);
  const observe = async (look: Look<D>): Promise<readonly Seen[]> => (await subject.port.observe?.(look)) ?? [];
  /** Holds for every port that can be asked. */
  const expectSeen = async (look: Look<D>, ...seen: Seen[]): Promise<void> => {
    if (subject.port.observe) expect(await observe(look)).toMatchObject(seen);
  };
  /** As the executor would: look, and send again only what may be sent twice. */
  const recover = async (create: Call<D>): Promise<void> => {
    if (subject.port.recover === 'observe') await expectSeen(create, { ref: expect.anything(), same: true });
    else await subject.port.create(create);
  };

  describe('every port', () => {
    it('creates once, says so by go(), and sees it as desired', async () => {
      const create = call();
      const { ref } = await subject.port.create(create);
      expect(create.sends).toBeGreaterThan(0);
      expect(await subject.count()).toBe(1);
      await expectSeen(create, { ref, same: true });
      await expectSeen({ ...create, ref }, { ref, same: true });
    });

    it('does not call a lost answer a refusal, and makes no second one after it', async () => {
      const create = call();
      subject.loseAnswer();
      const error: unknown = await subject.port.create(create).catch((thrown: unknown) => thrown);
      expect(error).toBeInstanceOf(Error);
      expect(error).not.toBeInstanceOf(Rejected);
      expect(await subject.count()).toBe(1);
      await recover(create);
      expect(await subject.count()).toBe(1);
    });

    it('calls a refusal Rejected, with a reason for a condition', async () => {
      const create = call();
      subject.refuse();
      const error: unknown = await subject.port.create(create).catch((thrown: unknown) => thrown);
      expect(error).toBeInstanceOf(Rejected);
      expect(error instanceof Rejected && error.reason).toMatch(/^[A-Z][A-Za-z]+$/);
      expect(await subject.count()).toBe(0);
      expect(await observe(create)).toEqual([]);
    });

    it('sends nothing once it no longer leads', async () => {
      await expect(subject.port.create(call({ onGo: notLeading }))).rejects.toMatchObject({ reason: 'NotLeading' });
      expect(await subject.count()).toBe(0);
    });

    it('sends nothing when stopped before', async () => {
      const stopped = call({ signal: AbortSignal.abort() });
      await expect(subject.port.create(stopped)).rejects.toBeInstanceOf(Rejected);
      expect(stopped.sends).toBe(0);
      expect(await subject.count()).toBe(0);
    });

    it('updates in place, again and again', async ({ skip }) => {
      const { port, changed } = subject;
      if (!port.update || changed === undefined) return skip('nothing to change');
      const create = call();
      const { ref } = await port.create(create);
      const update = call({ uid: create.owner.uid }, changed);
      expect((await port.update(update, ref)).ref).toEqual(ref);
      expect((await port.update(update, ref)).ref).toEqual(ref);
      expect(await subject.count()).toBe(1);
      await expectSeen({ ...update, ref }, { ref, same: true });
      await expectSeen({ ...create, ref }, { ref, same: false });
    });

    it('sees a lost update', async ({ skip }) => {
      const { port, changed } = subject;
      if (!port.update || !port.observe || changed === undefined) return skip('nothing to change');
      const create = call();
      const { ref } = await port.create(create);
      const update = call({ uid: create.owner.uid }, changed);
      subject.loseAnswer();
      const error: unknown = await port.update(update, ref).catch((thrown: unknown) => thrown);
      expect(error).toBeInstanceOf(Error);
      expect(error).not.toBeInstanceOf(Rejected);
      expect(await observe({ ...update, ref })).toMatchObject([{ ref, same: true }]);
    });

    it('owns nothing of another incident', async ({ skip }) => {
      if (!subject.port.observe) return skip('resent, never looked for');
      if (subject.unmarked !== undefined) return skip(subject.unmarked);
      await subject.port.create(call());
      expect(await observe(call())).toEqual([]);
    });

    it('owns nothing that somebody else made', async ({ skip }) => {
      if (!subject.port.observe || !subject.forge) return skip('has no look-alike');
      const create = call();
      const { ref } = await subject.port.create(create);
      await subject.forge();
      expect(await subject.count()).toBe(2);
      expect(await observe(create)).toMatchObject([{ ref }]);
    });

    it('is found when nobody wants it any more', async ({ skip }) => {
      if (!subject.port.observe) return skip('resent, never looked for');
      const create = call();
      const { ref } = await subject.port.create(create);
      const { key, within, owner, since, priority, signal } = create;
      expect(await observe({ key, within, owner, since, priority, signal, ref })).toMatchObject([{ ref }]);
    });

    it('releases, and releases again', async ({ skip }) => {
      if (!subject.port.release) return skip('nothing to undo');
      const create = call();
      const { ref } = await subject.port.create(create);
      await subject.port.release(create, ref);
      await subject.port.release(create, ref);
      expect(await subject.count()).toBe(0);
    });
  });
  return () => subject;
}
