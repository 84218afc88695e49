import { describe, expect, it } from 'vitest';
import type { Desired } from '../../controller/capabilities/capabilities.ts';
import { callFor, portConformance, type Subject } from './port.ts';

export interface PurposeSubject extends Subject<Desired['purpose']> {
  purpose(): Promise<string>;
  /** How often the purpose was set: each time is a line that people see. */
  sets(): Promise<number>;
}

/** A channel's purpose, with the marker that leads back to the incident. */
export function purposeConformance(name: string, setup: () => Promise<PurposeSubject>): void {
  describe(`purpose of ${name}`, () => {
    let open: PurposeSubject;
    portConformance(async () => (open = await setup()));

    it('holds the text and the incident’s uid', async () => {
      const create = callFor(open.within, open.desired);
      await open.port.create(create);
      const text = await open.purpose();
      expect(text).toContain(open.desired.text);
      expect(text).toContain(create.owner.uid);
    });

    it('is not set again when it stands already', async () => {
      const create = callFor(open.within, open.desired);
      await open.port.create(create);
      await open.port.create(create);
      expect(await open.sets()).toBe(1);
    });

    it('keeps the marker when the text is too long', async () => {
      const create = callFor(open.within, { text: 'x'.repeat(400) });
      await open.port.create(create);
      expect(await open.purpose()).toContain(create.owner.uid);
    });
  });
}
