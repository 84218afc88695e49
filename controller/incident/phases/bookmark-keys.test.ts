import { describe, expect, test } from 'vitest';
import { anEntry } from '../../../test/builders/incident.ts';
import { revision, type Entry } from '../../runtime/effect.ts';
import { keyBookmarks, type Link } from './bookmark-keys.ts';

const a: Link = { from: 'bookmark/link/a', isTicket: false, title: 'A', url: 'https://a.example', link: 'a' };
const b: Link = { ...a, from: 'bookmark/link/b', title: 'B', url: 'https://b.example', link: 'b' };
const ticket: Link = { ...a, from: 'bookmark/ticket/github', isTicket: true, title: '#12', link: 't' };

/** The bookmark of an address. */
const of = ({ link, title }: Link, parts: Partial<Entry> = {}): Entry =>
  anEntry('bookmark', { integration: 'slack', within: { link, title: revision(title) }, ...parts });

/** `key`, with a `*` where it is edited into another; then how many wait. */
function keysOf(links: readonly Link[], entries: Readonly<Record<string, Entry>>): string {
  const { keyed, waiting } = keyBookmarks(links, entries, 'slack');
  const keys = keyed.map(({ key, isTakenOver }) => `${key.replace('bookmark/', '')}${isTakenOver ? '*' : ''}`);
  return [...keys, ...(waiting > 0 ? [`${waiting} wait`] : [])].join(', ');
}

describe('the key of a bookmark', () => {
  test.each<[string, readonly Link[], Record<string, Entry>, string]>([
    ['is of its address', [a, ticket], {}, 'link/a, ticket/github'],
    ['stays while it leads there', [a], { [b.from]: of(a) }, 'link/b'],
    ['is that of one that nobody wants any more', [b], { [a.from]: of(a) }, 'link/a*'],
    [
      'is rather that of its title',
      [{ ...b, title: 'Other' }],
      { [a.from]: of(a), 'bookmark/link/z': of({ ...a, link: 'z', title: 'Other' }) },
      'link/z*',
    ],
    ['is none of another Integration', [b], { [a.from]: of(a, { integration: 'other' }) }, 'link/b'],
    ['is that of one that was refused, which is made anew', [b], { [a.from]: of(a, { state: 'Failed' }) }, 'link/a'],
    ['is a further one beside what was edited into another', [a, b], { [a.from]: of(b) }, 'link/a-2, link/a'],
    [
      'of a ticket stays, whatever its address becomes',
      [ticket],
      { [ticket.from]: of({ ...ticket, link: 'before' }) },
      'ticket/github*',
    ],
    ['waits while what it will take is in doubt', [b], { [a.from]: of(a, { state: 'Pending' }) }, '1 wait'],
    [
      'waits where a pending edit may have left its address standing',
      [b],
      { [a.from]: of(a, { state: 'Pending', facts: { link: 'b' } }) },
      '1 wait',
    ],
  ])('%s', (_, links, entries, expected) => {
    expect(keysOf(links, entries)).toBe(expected);
  });
});
