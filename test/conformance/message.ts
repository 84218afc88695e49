import { describe, expect, it } from 'vitest';
import type { Desired } from '../../controller/capabilities/capabilities.ts';
import type { Ref } from '../../controller/runtime/effect.ts';
import { Gone } from '../../controller/runtime/outcome.ts';
import { callFor, portConformance, type Subject } from './port.ts';

export interface MessageSubject extends Subject<Desired['message']> {
  /** The texts that stand there, oldest first. */
  texts(): Promise<string[]>;
  /** Where a reply to something goes; its `texts` are read with `replies`. */
  readonly thread: Ref;
  replies(): Promise<string[]>;
}

/** Posted once, found by its marker, edited in place. */
export function messageConformance(name: string, setup: () => Promise<MessageSubject>): void {
  describe(`message of ${name}`, () => {
    let open: MessageSubject;
    portConformance(async () => (open = await setup()));

    it('sends the text as it is', async () => {
      const { port, within, desired } = open;
      await port.create(callFor(within, desired));
      expect(await open.texts()).toEqual([desired.line]);
    });

    it('sees all its copies, the oldest first', async () => {
      const { port, within, desired } = open;
      const create = callFor(within, desired);
      const first = await port.create(create);
      const second = await port.create(create);
      expect((await port.observe?.(create))?.map(({ ref }) => ref)).toEqual([first.ref, second.ref]);
    });

    it('replies in a thread, and looks for its own there', async () => {
      const { port, thread, desired } = open;
      const before = await open.texts();
      const create = callFor(thread, desired);
      const { ref } = await port.create(create);
      expect(await open.replies()).toEqual([desired.line]);
      expect(await open.texts()).toEqual(before);
      expect(await port.observe?.(create)).toMatchObject([{ ref, same: true }]);
    });

    it('is told apart from other effects of the same incident', async () => {
      const { port, within, desired } = open;
      const one = callFor(within, desired, { key: 'notice/a' });
      const other = callFor(within, desired, { key: 'notice/ab', uid: one.owner.uid });
      const { ref } = await port.create(one);
      await port.create(other);
      expect(await port.observe?.(one)).toMatchObject([{ ref }]);
    });

    it('finds a message older than its last intent by its reference', async () => {
      const { port, within, desired } = open;
      const create = callFor(within, desired);
      const { ref } = await port.create(create);
      const later = Date.now() + 3_600_000;
      expect(await port.observe?.({ ...create, since: later })).toEqual([]);
      expect(await port.observe?.({ ...create, since: later, ref })).toMatchObject([{ ref, same: true }]);
    });

    it('says Gone of a message that is no more', async () => {
      const { port, within, desired } = open;
      const create = callFor(within, desired);
      const { ref } = await port.create(create);
      await port.release?.(create, ref);
      await expect(port.update?.(create, ref)).rejects.toBeInstanceOf(Gone);
      expect(await port.observe?.({ ...create, ref })).toEqual([]);
    });
  });
}
