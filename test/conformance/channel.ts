import { describe, expect, it } from 'vitest';
import type { Desired } from '../../controller/capabilities/capabilities.ts';
import { callFor, newUid, portConformance, type Subject } from './port.ts';

export interface ChannelSubject extends Subject<Desired['channel']> {
  /** Somebody else opens a channel of that name. */
  occupy(name: string): Promise<void>;
  /** Somebody renames a channel, by its id. */
  rename(channel: string, name: string): Promise<void>;
  /** Names of all open channels of that name, or of that name and a hyphen; sorted. */
  names(start: string): Promise<string[]>;
  /** The next channel is made though another has its name. Absent: the outside cannot be told to. */
  letThrough?(): void;
}

/** A channel of an incident's own: never a foreign one, never two. */
export function channelConformance(name: string, setup: () => Promise<ChannelSubject>): void {
  describe(`channel of ${name}`, () => {
    let open: ChannelSubject;
    portConformance(async () => (open = await setup()));

    it('is the same channel when asked for again', async () => {
      const create = callFor({}, open.desired);
      const { ref } = await open.port.create(create);
      expect((await open.port.create(create)).ref).toEqual(ref);
      expect(await open.count()).toBe(1);
    });

    it('leaves a foreign channel alone and takes another name', async () => {
      const { name: wanted } = open.desired;
      await open.occupy(wanted);
      const create = callFor({}, open.desired);
      const { ref } = await open.port.create(create);
      expect(ref['name']).not.toBe(wanted);
      expect(await open.names(wanted)).toEqual([wanted, ref['name']]);
      expect((await open.port.create(create)).ref).toEqual(ref);
      expect(await open.port.observe?.(create)).toMatchObject([{ ref, same: true }]);
    });

    it('shares no channel between two incidents that want the same name', async () => {
      const one = await open.port.create(callFor({}, open.desired, { uid: newUid() }));
      const other = await open.port.create(callFor({}, open.desired, { uid: newUid() }));
      expect(other.ref['channel']).not.toBe(one.ref['channel']);
    });

    it('refuses for good when every name is taken', async () => {
      const { name: wanted } = open.desired;
      await open.occupy(wanted);
      for (let n = 2; n <= 9; n++) await open.occupy(`${wanted}-${n}`);
      await expect(open.port.create(callFor({}, open.desired))).rejects.toMatchObject({
        reason: 'ChannelNameTaken',
        terminal: true,
      });
    });

    it('says what people made of it', async () => {
      const create = callFor({ name: open.desired.name }, open.desired);
      const { ref } = await open.port.create(create);
      const look = { ...create, ref, only: 'recorded' } as const;
      expect((await open.port.observe?.(look))?.[0]?.drift).toBeUndefined();
      await open.rename(ref['channel'] ?? '', `${open.desired.name}-login`);
      expect(await open.port.observe?.(look)).toMatchObject([
        { ref: { channel: ref['channel'], name: `${open.desired.name}-login` }, drift: { reason: 'ChangedOutside' } },
      ]);
      await open.port.release?.(create, ref);
      expect(await open.port.observe?.(look)).toMatchObject([{ drift: { reason: 'ChannelArchived' } }]);
    });

    it('of which the outside let two through is seen with the recorded one first, and makes no third', async ({
      skip,
    }) => {
      if (!open.letThrough) return skip('the outside cannot be told to');
      const { port, desired } = open;
      const create = callFor({ name: desired.name }, desired);
      open.letThrough();
      const one = await port.create(create);
      const other = await port.create(create);
      expect(other.ref).toMatchObject({ name: one.ref['name'] });
      expect(other.ref['channel']).not.toBe(one.ref['channel']);
      for (const [kept, twin] of [
        [one, other],
        [other, one],
      ] as const)
        expect((await port.observe?.({ ...create, ref: kept.ref }))?.map(({ ref }) => ref)).toEqual([
          kept.ref,
          twin.ref,
        ]);
      await port.release?.(create, one.ref);
      expect(await port.observe?.({ ...create, ref: other.ref })).toMatchObject([{ ref: other.ref, same: true }]);
      expect((await port.create(create)).ref).toEqual(other.ref);
      expect(await open.count()).toBe(1);
    });

    it('leads a person there', async () => {
      const { ref } = await open.port.create(callFor({}, open.desired));
      expect(open.port.link?.(ref)).toMatch(/^https:\/\//);
    });
  });
}
