import type { Person } from '../document/doc.ts';
import { refusedPart } from '../runtime/effect.ts';
import type { Capability } from './capability.ts';

export interface MembersDesired {
  readonly people: readonly Person[];
}

/** within {channel}. People by mail address. Facts: {invited, notFound, notInvited}, comma-separated. */
export const members: Capability<MembersDesired, 'channel'> = {
  plural: 'invitations',
  ref: ['channel'],
  told: 'first',
  words(entry) {
    if (entry.state !== 'Done') return { thing: 'Invitations', done: 'sent' };
    const invited = list(entry.facts?.['invited']);
    const missing = list(entry.facts?.['notFound']);
    // Where that is recorded as refused it is said with its reason.
    const left = missing.length === 0 || refusedPart(entry) ? '' : `; not found: ${missing.join(', ')}`;
    return { thing: 'People', done: invited.length === 0 ? `invited${left}` : `invited: ${invited.join(', ')}${left}` };
  },
  brief: ({ people }) => people.join(', '),
  pretend: ({ people }, within) => ({ ref: within, facts: { invited: people.join(',') } }),
};

const list = (text = ''): string[] => text.split(',').flatMap((part) => part.trim() || []);
