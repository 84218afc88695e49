import { describe, expect, it } from 'vitest';
import type { Desired } from '../../controller/capabilities/capabilities.ts';
import { callFor, portConformance, type Subject } from './port.ts';

export interface MembersSubject extends Subject<Desired['members']> {
  /** Mail addresses of the people in the channel. `desired` names the first of `everybody`. */
  people(): Promise<string[]>;
  readonly everybody: readonly string[];
}

/** People invited by mail address: who is there stays, who is unknown keeps nobody out. */
export function membersConformance(name: string, setup: () => Promise<MembersSubject>): void {
  describe(`members of ${name}`, () => {
    let open: MembersSubject;
    portConformance(async () => (open = await setup()));

    it('invites all that it knows and tells whom it does not', async () => {
      const people = [...open.everybody, 'nobody@example.com', 'Jane Doe'];
      const { facts } = await open.port.create(callFor(open.within, { people }));
      expect((await open.people()).toSorted()).toEqual(open.everybody.toSorted());
      expect(facts?.['invited']?.split(',').toSorted()).toEqual(open.everybody.toSorted());
      expect(facts?.['notFound']).toBe('nobody@example.com,Jane Doe');
    });

    it('adds who comes later and throws nobody out', async () => {
      const [first = '', second = ''] = open.everybody;
      const create = callFor(open.within, { people: [first] });
      const { ref } = await open.port.create(create);
      await open.port.update?.(callFor(open.within, { people: [second] }, { uid: create.owner.uid }), ref);
      expect((await open.people()).toSorted()).toEqual([first, second].toSorted());
    });

    it('finds a person whose address is written in another case, and invites nobody twice', async () => {
      const [first = ''] = open.everybody;
      const other = first.replace(/^./, (letter) => letter.toUpperCase());
      expect(other).not.toBe(first);
      const { facts } = await open.port.create(callFor(open.within, { people: [other, first] }));
      expect(facts).toEqual({ invited: expect.stringMatching(/^[^,]+$/) });
      expect(await open.people()).toEqual([first]);
    });

    it('has nothing to do when nobody is known', async () => {
      const create = callFor(open.within, { people: ['nobody@example.com'] });
      expect((await open.port.create(create)).facts).toEqual({ notFound: 'nobody@example.com' });
      expect(create.sends).toBe(0);
    });
  });
}
