import { describe, expect, it } from 'vitest';
import type { Desired } from '../../controller/capabilities/capabilities.ts';
import { callFor, portConformance, type Subject } from './port.ts';

/** A pinned message: twice is once. */
export function pinConformance(name: string, setup: () => Promise<Subject<Desired['pin']>>): void {
  describe(`pin of ${name}`, () => {
    const subject = portConformance(setup);

    it('is one pin however often it is made', async () => {
      const { port, within, desired } = subject();
      const create = callFor(within, desired);
      const { ref } = await port.create(create);
      expect((await port.create(create)).ref).toEqual(ref);
      expect(await subject().count()).toBe(1);
    });

    it('that people took off is left so, and says so', async () => {
      const { port, within, desired } = subject();
      const create = callFor(within, desired);
      const { ref } = await port.create(create);
      await port.release?.(create, ref);
      expect(await port.observe?.({ ...create, ref })).toMatchObject([{ ref, drift: { reason: 'ChangedOutside' } }]);
      expect(await port.observe?.(create)).toEqual([]);
    });

    it('refuses to pin what is not there', async () => {
      const { port, within, desired } = subject();
      const nowhere = { ...within, ts: '1.000001' };
      await expect(port.create(callFor(nowhere, desired))).rejects.toMatchObject({ reason: 'MessageNotFound' });
    });
  });
}
