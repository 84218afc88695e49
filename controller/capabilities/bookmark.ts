import { ticketWord } from '../document/words.ts';
import type { Capability } from './capability.ts';

export interface BookmarkDesired {
  readonly title: string;
  readonly url: string;
}

/** within {channel, link: revision of the address as a browser reads it}. Facts: {link} of what it leads to. */
export const bookmark: Capability<BookmarkDesired, 'channel' | 'bookmark'> = {
  plural: 'bookmarks',
  ref: ['channel', 'bookmark'],
  told: 'first',
  words(_, key, noun) {
    // `bookmark/ticket/github` says whose it is; other keys hold only a hash of the address.
    const [, from, name] = key.split('/');
    const thing =
      from === 'ticket' && name !== undefined ? `Bookmark of the ${ticketWord(noun, name, undefined)}` : 'Bookmark';
    return { thing, done: 'set' };
  },
  brief: ({ title, url }) => `${title}${URL.canParse(url) ? ` ${url}` : ''}`,
  pretend: (_, within, unknown) => ({ ref: { ...within, bookmark: unknown } }),
};
