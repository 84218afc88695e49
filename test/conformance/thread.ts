import { describe, expect, it } from 'vitest';
import type { Desired } from '../../controller/capabilities/capabilities.ts';
import type { Port } from '../../controller/runtime/effect.ts';
import { Rejected } from '../../controller/runtime/outcome.ts';
import { callFor, portConformance, type Subject } from './port.ts';

export interface ThreadSubject extends Subject<Desired['thread']> {
  /** Texts of the replies, oldest first. `desired` has one line, `changed` the same line with another text. */
  replies(): Promise<string[]>;
  /** The nth write from now is accepted and its answer is lost. */
  loseAnswerOf(nth: number): void;
  /** Reads leave out what was written lately, until the returned function is called. */
  lag(): () => void;
  /** The same Integration in a new process: nothing remembered. */
  restart(): Port<Desired['thread']>;
}

const lines = (...texts: string[]): Desired['thread'] => ({
  lines: texts.map((text, n) => ({ key: `line-${n}`, lines: [[text]] })),
});

/** A thread as one resource: a reply a line, edited in place, none twice. */
export function threadConformance(name: string, setup: () => Promise<ThreadSubject>): void {
  describe(`thread of ${name}`, () => {
    let open: ThreadSubject;
    portConformance(async () => (open = await setup()));

    it('posts what is missing and edits what changed', async () => {
      const create = callFor(open.within, lines('one', 'two'));
      const { ref } = await open.port.create(create);
      const update = callFor(open.within, lines('one', 'TWO', 'three'), { uid: create.owner.uid });
      await open.port.update?.(update, ref);
      expect(await open.replies()).toEqual(['one', 'TWO', 'three']);
      expect(update.sends).toBe(2);
    });

    it('keeps a line that nobody wants any more', async () => {
      const create = callFor(open.within, lines('one', 'two'));
      const { ref } = await open.port.create(create);
      await open.port.update?.(callFor(open.within, lines('one'), { uid: create.owner.uid }), ref);
      expect(await open.replies()).toEqual(['one', 'two']);
    });

    it('amends a line that stands there, and posts nothing where none stands', async () => {
      const create = callFor(open.within, lines('one'));
      const { ref } = await open.port.create(create);
      const amended = { key: 'line-0', lines: [['ONE']], amends: true } as const;
      const amending = { lines: [amended, { key: 'line-1', lines: [['TWO']], amends: true }] } as const;
      const update = callFor<Desired['thread']>(open.within, amending, { uid: create.owner.uid });
      expect(await open.port.observe?.(update)).toMatchObject([{ same: false }]);
      await open.port.update?.(update, ref);
      expect(await open.replies()).toEqual(['ONE']);
      expect(await open.port.observe?.(update)).toMatchObject([{ same: true }]);
    });

    it('goes on after an answer was lost halfway, in a new process', async () => {
      const wanted = lines('one', 'two', 'three');
      const create = callFor(open.within, wanted);
      open.loseAnswerOf(2);
      const error: unknown = await open.port.create(create).catch((thrown: unknown) => thrown);
      expect(error).toBeInstanceOf(Error);
      expect(error).not.toBeInstanceOf(Rejected);
      expect(await open.replies()).toEqual(['one', 'two']);
      const port = open.restart();
      const [found] = (await port.observe?.(create)) ?? [];
      expect(found?.same).toBe(false);
      await port.update?.(create, found?.ref ?? {});
      expect(await open.replies()).toEqual(['one', 'two', 'three']);
      expect(await port.observe?.(create)).toMatchObject([{ same: true }]);
    });

    it('posts nothing twice while reads lag behind', async () => {
      const create = callFor(open.within, lines('one'));
      const caughtUp = open.lag();
      const { ref } = await open.port.create(create);
      await open.port.update?.(callFor(open.within, lines('one', 'two'), { uid: create.owner.uid }), ref);
      expect(await open.replies()).toEqual(['one', 'two']);
      caughtUp();
    });

    it('removes copies of its own lines', async () => {
      const create = callFor(open.within, lines('one'));
      const caughtUp = open.lag();
      await open.port.create(create);
      // A process that knows nothing of the first one, and cannot see it yet.
      await open.restart().create(create);
      caughtUp();
      expect(await open.replies()).toEqual(['one', 'one']);
      const third = open.restart();
      const [found] = (await third.observe?.(create)) ?? [];
      expect(found?.same).toBe(false);
      await third.update?.(create, found?.ref ?? {});
      expect(await open.replies()).toEqual(['one']);
      expect(await third.observe?.(create)).toMatchObject([{ same: true }]);
    });
  });
}
