import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { aTitledDoc } from '../builders/doc.ts';
import type { Desired } from '../../controller/capabilities/capabilities.ts';
import type { Port, Ref } from '../../controller/runtime/effect.ts';
import { Rejected } from '../../controller/runtime/outcome.ts';
import { aCall, aLook, failureOf, owner } from './calls.ts';
import type { Trouble } from './trouble.ts';

type Comment = Desired['comment'];

export interface CommentTruth {
  readonly body: string;
}

/** A port that comments, and the ticket behind it. */
export interface CommentWorld extends Trouble<Comment> {
  readonly port: Port<Comment>;
  /** The ref of a ticket that is there. */
  readonly within: Ref;
  /** A ref of a ticket that is not there. */
  readonly nowhere: Ref;
  /** All comments of the ticket, oldest first. */
  comments(): Promise<readonly CommentTruth[]>;
  /** A person comments, by hand. */
  write(body: string): Promise<void>;
  close(): Promise<void>;
}

const aComment = (text = 'Logins work again for half of the customers.'): Comment => aTitledDoc('Update', text);

/** What every port of the kind `comment` does. */
export function commentConformance(name: string, setup: () => Promise<CommentWorld>): void {
  describe(`comment: ${name}`, () => {
    let world: CommentWorld;
    beforeEach(async () => {
      world = await setup();
    });
    afterEach(() => world.close());
    const call = (desired = aComment(), options = {}) => aCall(desired, { within: world.within, ...options });
    const look = (desired: Comment | undefined = aComment(), options = {}) =>
      world.port.observe?.(aLook(desired, { within: world.within, ...options }));
    const run = (port: Port<Comment>) => failureOf(port.create(call()));

    it('lands once, and is seen', async () => {
      expect(await look()).toEqual([]);
      const { ref } = await world.port.create(call());
      expect(await world.comments()).toHaveLength(1);
      expect(await look()).toEqual([{ ref, same: true }]);
      expect(await look(undefined)).toMatchObject([{ ref }]);
      expect(world.port.link?.(ref)).toMatch(/^https?:\/\/\S+$/);
    });

    it('is found when the answer to its making was lost', async () => {
      world.lose('create');
      const failure = await failureOf(world.port.create(call()));
      expect(failure).not.toBeInstanceOf(Rejected);
      expect(failure).toBeInstanceOf(Error);
      expect(await look()).toMatchObject([{ same: true }]);
      expect(await world.comments()).toHaveLength(1);
    });

    it('is edited, and is only the same once it is', async () => {
      const { ref } = await world.port.create(call());
      const next = aComment('All of them.');
      expect(await look(next)).toMatchObject([{ ref, same: false }]);
      await world.port.update?.(call(next), ref);
      await world.port.update?.(call(next), ref);
      expect(await look(next)).toMatchObject([{ ref, same: true }]);
      expect(await world.comments()).toHaveLength(1);
      expect((await world.comments())[0]?.body).toContain('All of them.');
    });

    it('sends nothing when updated to what it is', async () => {
      const { ref } = await world.port.create(call());
      let went = 0;
      await world.port.update?.(call(aComment(), { go: () => void (went += 1) }), ref);
      expect(went).toBe(0);
    });

    it('sees all that are ours, the oldest first, and takes the others back', async () => {
      const first = await world.port.create(call());
      const second = await world.port.create(call());
      expect(await look()).toMatchObject([{ ref: first.ref }, { ref: second.ref }]);
      await world.port.release?.(call(), second.ref);
      await world.port.release?.(call(), second.ref);
      expect(await look()).toMatchObject([{ ref: first.ref }]);
    });

    it('owns nothing of others: another key, another incident, a copy by a person', async () => {
      await world.port.create(call(aComment(), { key: 'comment/other' }));
      await world.port.create(call(aComment(), { owner: { ...owner, uid: 'another' } }));
      expect(await look()).toEqual([]);
      const { ref } = await world.port.create(call());
      await world.write((await world.comments()).at(-1)?.body ?? '');
      expect(await world.comments()).toHaveLength(4);
      expect(await look()).toMatchObject([{ ref }]);
    });

    it('pings nobody with the text of an alert', async () => {
      await world.port.create(call(aComment('cc @acme/oncall @riley, fixes #1')));
      expect((await world.comments())[0]?.body).not.toMatch(/@(acme|riley)|(?<!&)#\d/);
    });

    it('says that its ticket is gone', async () => {
      const within = world.nowhere;
      await expect(world.port.create(call(aComment(), { within }))).rejects.toMatchObject({
        name: 'Rejected',
        reason: 'TicketGone',
        terminal: true,
      });
      expect(await look(aComment(), { within })).toEqual([]);
    });

    it('knows what did not happen, and doubts the rest', async () => {
      for (const refusal of world.refusals) {
        world.refuse('create', refusal);
        expect([refusal.name, await run(world.port)]).toMatchObject([
          refusal.name,
          { name: 'Rejected', ...refusal.is },
        ]);
      }
      for (const doubt of world.doubts) {
        world.doubt('create', doubt);
        const failure = await run(world.port);
        expect([doubt, failure]).toEqual([doubt, expect.any(Error)]);
        expect([doubt, failure]).not.toEqual([doubt, expect.any(Rejected)]);
        world.doubt('observe', doubt);
        await expect(look()).rejects.toThrow(Error);
      }
      expect(await run(world.unreachable())).toMatchObject({ reason: 'Unreachable', terminal: false });
      expect(await run(world.denied())).toMatchObject({ reason: 'InvalidToken', terminal: true });
      expect(await world.comments()).toEqual([]);
    });
  });
}
