import type { Doc } from '../document/doc.ts';
import { ticketWord } from '../document/words.ts';
import { capital, type Capability } from './capability.ts';

export interface TicketDesired {
  readonly doc: Doc;
  readonly labels: readonly string[];
  readonly state: 'Open' | 'Closed';
}

/** Its ref is the vendor's own, and `id` as people say it ('#12'). Facts: {state: Open|Closed}. */
export const ticket: Capability<TicketDesired> = {
  plural: 'tickets',
  ref: ['id'],
  told: 'first',
  words: ({ integration, ref }, _, noun) => ({
    thing: capital(ticketWord(noun, integration, ref?.['id'])),
    done: 'filed',
  }),
  brief: ({ doc, labels, state }) =>
    `${state === 'Closed' ? 'closed: ' : ''}${doc.title}${labels.length === 0 ? '' : ` [${labels.join(', ')}]`}`,
  pretend: ({ state }, _, unknown) => ({ ref: { id: unknown, number: unknown }, facts: { state } }),
};
