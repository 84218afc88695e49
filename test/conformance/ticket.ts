import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { aTitledDoc } from '../builders/doc.ts';
import type { Desired } from '../../controller/capabilities/capabilities.ts';
import type { Port, Ref } from '../../controller/runtime/effect.ts';
import { Rejected } from '../../controller/runtime/outcome.ts';
import { aCall, aLook, failureOf, mayNotGo, owner } from './calls.ts';
import type { Trouble } from './trouble.ts';

type Ticket = Desired['ticket'];

export interface TicketTruth {
  readonly id: string;
  readonly title: string;
  readonly body: string;
  readonly state: 'Open' | 'Closed';
  readonly labels: readonly string[];
}

/** A port that makes tickets, and the tracker behind it. */
export interface TicketWorld extends Trouble<Ticket> {
  readonly port: Port<Ticket>;
  readonly within: Ref;
  /** All tickets, oldest first. */
  tickets(): Promise<readonly TicketTruth[]>;
  /** A person makes a ticket with this very body, as by copying ours; labels too. */
  copy(ticket: TicketTruth): Promise<void>;
  /** A person edits one by hand. */
  edit(id: string, change: { state?: 'Open' | 'Closed'; addLabel?: string; title?: string }): Promise<void>;
  /** It is not there any more. */
  remove(id: string): Promise<void>;
  close(): Promise<void>;
}

const subject = 'INC-00447 Mobile app login errors';

const aTicket = ({ title = subject, body = 'Logins fail on the **mobile app**.', ...change }: Change = {}): Ticket => ({
  doc: aTitledDoc(title, body),
  labels: ['SEV2'],
  state: 'Open',
  ...change,
});

type Change = Partial<Omit<Ticket, 'doc'>> & { readonly title?: string; readonly body?: string };

/** Of so many emoji, each of two UTF-16 units, at odd places. */
const fire = (count: number): string => `x${'🔥'.repeat(count)}`;

/** What every port of the kind `ticket` does. */
export function ticketConformance(name: string, setup: () => Promise<TicketWorld>): void {
  describe(`ticket: ${name}`, () => {
    let world: TicketWorld;
    beforeEach(async () => {
      world = await setup();
    });
    afterEach(() => world.close());
    const call = (desired = aTicket(), options = {}) => aCall(desired, { within: world.within, ...options });
    const look = (desired: Ticket | undefined = aTicket(), options = {}) =>
      world.port.observe?.(aLook(desired, { within: world.within, ...options }));

    it('lands once, and is seen', async () => {
      expect(await look()).toEqual([]);
      let went = 0;
      const landed = await world.port.create(call(aTicket(), { go: () => void (went += 1) }));
      expect(went).toBe(1);
      expect(await world.tickets()).toMatchObject([{ title: subject, state: 'Open', id: landed.ref['id'] }]);
      expect(landed.facts).toMatchObject({ state: 'Open' });
      expect(await look()).toMatchObject([{ ref: landed.ref, facts: landed.facts, same: true }]);
      expect(await look(undefined)).toMatchObject([{ ref: landed.ref }]);
    });

    it('is born closed when that is what is wanted', async () => {
      const closed = aTicket({ state: 'Closed' });
      const landed = await world.port.create(call(closed));
      expect(landed.facts).toMatchObject({ state: 'Closed' });
      expect(await world.tickets()).toMatchObject([{ state: 'Closed' }]);
      expect(await look(closed)).toMatchObject([{ ref: landed.ref, same: true }]);
    });

    it('is not taken for closed when it was opened and could not be closed', async () => {
      const closed = aTicket({ state: 'Closed' });
      for (const refusal of world.refusals.slice(0, 1)) {
        world.refuse('update', refusal);
        const failure = await failureOf(world.port.create(call(closed)));
        // It was made: this is no refusal of the whole, after which it would be made again.
        expect(failure).toBeInstanceOf(Error);
        expect(failure).not.toBeInstanceOf(Rejected);
      }
      const [seen] = (await look(closed)) ?? [];
      expect(seen).toMatchObject({ same: false, facts: { state: 'Open' } });
      await world.port.update?.(call(closed), seen?.ref ?? {});
      expect(await look(closed)).toMatchObject([{ same: true, facts: { state: 'Closed' } }]);
    });

    it('is found when the answer to its making was lost', async () => {
      world.lose('create');
      const failure = await failureOf(world.port.create(call()));
      expect(failure).toBeInstanceOf(Error);
      expect(failure).not.toBeInstanceOf(Rejected);
      expect(await look()).toMatchObject([{ same: true }]);
      expect(await world.tickets()).toHaveLength(1);
    });

    it('follows what is wanted, and is only the same once it does', async () => {
      const { ref } = await world.port.create(call());
      const next = aTicket({ title: 'INC-00447 Nobody can log in', labels: ['SEV1'], body: 'Worse.' });
      expect(await look(next)).toMatchObject([{ ref, same: false }]);
      await world.port.update?.(call(next), ref);
      expect(await look(next)).toMatchObject([{ ref, same: true }]);
      expect(await look()).toMatchObject([{ ref, same: false }]);
      const [truth] = await world.tickets();
      expect(truth).toMatchObject({ title: next.doc.title });
      expect(truth?.labels).toContain('SEV1');
      expect(truth?.labels).not.toContain('SEV2');
      const closed = { ...next, state: 'Closed' as const };
      expect((await world.port.update?.(call(closed), ref))?.facts).toMatchObject({ state: 'Closed' });
      await world.port.update?.(call(next), ref);
      expect(await world.tickets()).toMatchObject([{ state: 'Open' }]);
    });

    it('changes nothing, and sends nothing, when updated to what it is', async () => {
      const { ref } = await world.port.create(call());
      const before = await world.tickets();
      let went = 0;
      const again = await world.port.update?.(call(aTicket(), { go: () => void (went += 1) }), ref);
      expect(again?.ref).toEqual(ref);
      expect(went).toBe(0);
      expect(await world.tickets()).toEqual(before);
    });

    it('keeps the labels of people, and brings back what they changed of ours', async () => {
      const { ref } = await world.port.create(call());
      const id = ref['id'] ?? '';
      await world.edit(id, { addLabel: 'customer-visible', title: 'Mine' });
      await world.port.update?.(call(), ref);
      const [truth] = await world.tickets();
      expect(truth).toMatchObject({ title: subject, state: 'Open' });
      expect(truth?.labels).toContain('customer-visible');
    });

    it('that people closed stays closed, and says so, until the incident itself is closed or opened again', async () => {
      const { ref } = await world.port.create(call());
      await world.edit(ref['id'] ?? '', { state: 'Closed' });
      const drift = { reason: 'ChangedOutside' };
      expect(await look(aTicket(), { ref })).toMatchObject([{ facts: { state: 'Closed' }, drift }]);
      expect(await look(aTicket(), { ref, only: 'recorded' })).toMatchObject([{ facts: { state: 'Closed' }, drift }]);
      const told = aTicket({ body: 'More is known.' });
      expect(await world.port.update?.(call(told), ref)).toMatchObject({ facts: { state: 'Closed' }, drift });
      expect(await world.tickets()).toMatchObject([{ state: 'Closed' }]);
      const resolved = await world.port.update?.(call({ ...told, state: 'Closed' }), ref);
      expect(resolved?.drift).toBeUndefined();
      const reopened = await world.port.update?.(call(told), ref);
      expect(reopened?.drift).toBeUndefined();
      expect(await world.tickets()).toMatchObject([{ state: 'Open' }]);
    });

    it('sees all that are ours, the oldest first, and gives up the others', async () => {
      const first = await world.port.create(call());
      const second = await world.port.create(call());
      expect(await look()).toMatchObject([{ ref: first.ref }, { ref: second.ref }]);
      await world.port.release?.(call(), second.ref);
      await world.port.release?.(call(), second.ref);
      expect(await look()).toMatchObject([{ ref: first.ref, same: true }]);
      expect(await world.tickets()).toMatchObject([{ state: 'Open' }, { state: 'Closed' }]);
    });

    it('owns nothing of others: another key, another incident, another install, a copy by a person', async () => {
      await world.port.create(call(aTicket(), { key: 'ticket/other' }));
      await world.port.create(call(aTicket(), { owner: { ...owner, uid: 'another' } }));
      await world.port.create(call(aTicket(), { owner: { ...owner, install: 'another' } }));
      expect(await look()).toEqual([]);
      const { ref } = await world.port.create(call());
      const mine = (await world.tickets()).find((one) => one.id === ref['id']);
      if (mine) await world.copy(mine);
      expect(await world.tickets()).toHaveLength(5);
      expect(await look()).toMatchObject([{ ref }]);
      expect(await look(aTicket(), { ref })).toMatchObject([{ ref }]);
    });

    it('is not fooled by its marker in the text of an alert', async () => {
      await world.port.create(call());
      const [mine] = await world.tickets();
      await world.port.create(call(aTicket({ body: mine?.body ?? '' }), { key: 'ticket/forged' }));
      expect(await look()).toHaveLength(1);
    });

    it('pings nobody and links nowhere with the text of an alert', async () => {
      const body = 'cc @acme/oncall @riley, see #1 and acme/incidents#2 <!-- hidden --> mail a@b.example';
      await world.port.create(call(aTicket({ body })));
      const [truth] = await world.tickets();
      expect(truth?.body).not.toMatch(/@(acme|riley)|(?<!&)#\d|(?<!\\)<!-- hidden/);
    });

    it('fits any text', async () => {
      const long = aTicket({ title: 'x'.repeat(5_000), body: 'y\n'.repeat(100_000), labels: ['z'.repeat(200)] });
      await world.port.create(call(long));
      expect(await look(long)).toMatchObject([{ same: true }]);
    });

    it('cuts no character in two', async () => {
      // A label of 50 characters is within the policy's bound.
      const long = aTicket({ title: fire(128), body: fire(40_000), labels: [fire(49)] });
      await world.port.create(call(long));
      expect(await look(long)).toMatchObject([{ same: true }]);
      const [truth] = await world.tickets();
      expect([truth?.title, truth?.body].join('')).not.toMatch(/\uFFFD|\p{Cs}/u);
      expect(truth?.labels).toContain(fire(49));
    });

    it('says that it is gone', async () => {
      const { ref } = await world.port.create(call());
      await world.remove(ref['id'] ?? '');
      expect(await look(aTicket(), { ref })).toEqual([]);
      await expect(world.port.update?.(call(aTicket({ title: 'New' })), ref)).rejects.toMatchObject({ reason: 'Gone' });
      await world.port.release?.(call(), ref);
    });

    it('is linked to', async () => {
      const { ref } = await world.port.create(call());
      expect(world.port.link?.(ref)).toMatch(/^https?:\/\/\S+$/);
    });

    it.each(['create', 'update'] as const)('knows what did not happen to a %s, and doubts the rest', async (act) => {
      const { ref } = act === 'update' ? await world.port.create(call()) : { ref: {} };
      const next = aTicket({ title: 'Next' });
      const run = (port: Port<Ticket>, options = {}) =>
        (act === 'create' ? port.create(call(next, options)) : port.update?.(call(next, options), ref))?.then(
          () => 'landed',
          (error: unknown) => error,
        );
      for (const refusal of world.refusals) {
        world.refuse(act, refusal);
        expect([refusal.name, await run(world.port)]).toMatchObject([
          refusal.name,
          { name: 'Rejected', ...refusal.is },
        ]);
      }
      for (const doubt of world.doubts) {
        world.doubt(act, doubt);
        const failure = await run(world.port);
        expect([doubt, failure]).toEqual([doubt, expect.any(Error)]);
        expect([doubt, failure]).not.toEqual([doubt, expect.any(Rejected)]);
      }
      expect(await run(world.unreachable())).toMatchObject({
        name: 'Rejected',
        reason: 'Unreachable',
        terminal: false,
      });
      expect(await run(world.denied())).toMatchObject({ name: 'Rejected', reason: 'InvalidToken', terminal: true });
      expect(await run(world.port, { go: mayNotGo })).toMatchObject({ name: 'Rejected', reason: 'NotLeading' });
    });

    it('does not take a failed look for an empty one', async () => {
      await world.port.create(call());
      for (const doubt of world.doubts) {
        world.doubt('observe', doubt);
        await expect(look()).rejects.toThrow(Error);
      }
      expect(await look()).toHaveLength(1);
    });
  });
}
