import { describe, expect, it } from 'vitest';
import type { Desired } from '../../controller/capabilities/capabilities.ts';
import { revision } from '../../controller/runtime/effect.ts';
import { Gone } from '../../controller/runtime/outcome.ts';
import { callFor, portConformance, type Subject } from './port.ts';

export interface BookmarkSubject extends Subject<Desired['bookmark']> {
  /** Titles by link. */
  links(): Promise<Record<string, string>>;
}

/** A link at the head of a channel, matched by where it leads. */
export function bookmarkConformance(name: string, setup: () => Promise<BookmarkSubject>): void {
  describe(`bookmark of ${name}`, () => {
    let open: BookmarkSubject;
    portConformance(async () => (open = await setup()));

    it('shows the title and leads to the link', async () => {
      await open.port.create(callFor(open.within, open.desired));
      expect(await open.links()).toEqual({ [open.desired.url]: open.desired.title });
    });

    it('makes several at once', async () => {
      const many = Array.from({ length: 5 }, (_, n) => ({ title: `Link ${n}`, url: `https://example.com/${n}` }));
      await Promise.all(many.map((desired) => open.port.create(callFor(open.within, desired))));
      expect(Object.keys(await open.links())).toHaveLength(5);
    });

    it('finds one that nobody wants any more by what the intent recorded', async () => {
      const within = { ...open.within, link: revision(new URL(open.desired.url).href) };
      const { desired: _desired, rev: _rev, ...look } = callFor(within, open.desired);
      await open.port.create(callFor(within, open.desired));
      expect(await open.port.observe?.(look)).toHaveLength(1);
      expect(await open.port.observe?.({ ...look, within: { ...within, link: revision('another') } })).toEqual([]);
    });

    it('says Gone of a bookmark that is no more', async () => {
      const create = callFor(open.within, open.desired);
      const { ref } = await open.port.create(create);
      await open.port.release?.(create, ref);
      await expect(open.port.update?.(create, ref)).rejects.toBeInstanceOf(Gone);
      expect(await open.port.observe?.({ ...create, ref })).toEqual([]);
    });
  });
}
