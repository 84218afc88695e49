import type { Doc } from '../document/doc.ts';
import { toPlain } from '../document/to-plain.ts';
import { ticketWord } from '../document/words.ts';
import type { Capability } from './capability.ts';

/** within the ticket's ref. */
export const comment: Capability<Doc> = {
  plural: 'comments',
  ref: ['comment'],
  told: 'first',
  words: ({ integration, within }, _, noun) => ({
    thing: `Comment on the ${ticketWord(noun, integration, within?.['id'])}`,
    done: 'added',
  }),
  brief: (doc) => toPlain(doc).replaceAll(/\s+/g, ' '),
  pretend: (_, within, unknown) => ({ ref: { ...within, comment: unknown } }),
};
