import { revision, type EffectKey, type Entry } from '../../runtime/effect.ts';

/** A link that should be bookmarked. */
export interface Link {
  /** The key of a bookmark that is made for it: `bookmark/ticket/github`, `bookmark/link/<hash of the address>`. */
  readonly from: EffectKey;
  readonly isTicket: boolean;
  readonly title: string;
  readonly url: string;
  /** Hash of the address as a browser reads it; recorded with the bookmark as where it leads. */
  readonly link: string;
}

export interface Keyed extends Link {
  readonly key: EffectKey;
  /** Its entry is that of another address, whose bookmark is edited into this one. */
  readonly isTakenOver: boolean;
}

type Entries = Readonly<Record<EffectKey, Entry>>;

/**
 * The key of each link's bookmark. Entries never vanish from status, so keys must not grow with every edit of an address:
 * a link keeps the entry that leads to its address; else it takes over one that nobody wants any more, if possible one
 * of its title; only else it gets a new one. `waiting`: how many links get none yet, because an entry that nobody wants
 * any more is still in doubt, and can be taken over once that is over. So there are never more entries of links than were
 * wanted at once.
 */
export function keyBookmarks(
  links: readonly Link[],
  entries: Entries,
  integration: string,
): { readonly keyed: readonly Keyed[]; readonly waiting: number } {
  const keys = new Map<Link, EffectKey>();
  const taken = new Set<EffectKey>();
  const give = (link: Link, key: EffectKey | undefined): void => {
    if (key === undefined) return;
    keys.set(link, key);
    taken.add(key);
  };
  const recorded = Object.keys(entries)
    .filter((key) => key.startsWith('bookmark/'))
    .toSorted((a, b) => standing(entries[a]) - standing(entries[b]) || (a < b ? -1 : 1));
  for (const link of links)
    give(
      link,
      [link.from, ...recorded].find((key) => !taken.has(key) && isOf(link, key, entries[key])),
    );
  const free = (): EffectKey[] => recorded.filter((key) => !taken.has(key) && isFree(key, entries[key], integration));
  // A pending edit may have left this address standing; a new bookmark would double it.
  const mayStand = (link: Link): boolean =>
    recorded.some(
      (key) => !taken.has(key) && entries[key]?.state === 'Pending' && entries[key].facts?.['link'] === link.link,
    );
  const homeless = (): Link[] => links.filter((link) => !keys.has(link) && !mayStand(link));
  for (const link of homeless())
    give(
      link,
      free().find((key) => entries[key]?.within?.['title'] === revision(link.title)),
    );
  for (const link of homeless()) give(link, free()[0]);
  let doubtful = recorded.filter((key) => !taken.has(key) && isLink(key) && entries[key]?.state === 'Pending').length;
  for (const link of homeless()) {
    if (doubtful > 0) doubtful -= 1;
    else
      give(
        link,
        newKey(link, (key) => entries[key] === undefined && !taken.has(key)),
      );
  }
  const keyed = links.flatMap((link): Keyed[] => {
    const key = keys.get(link);
    if (key === undefined) return [];
    const before = entries[key];
    const isTakenOver = before?.state === 'Done' && before.within?.['link'] !== link.link;
    return [{ ...link, key, isTakenOver: isTakenOver && before.within?.['link'] !== undefined }];
  });
  return { keyed, waiting: links.length - keyed.length };
}

/** A ticket's bookmark stays the ticket's, whatever its address becomes; any other is of the address that it leads to. */
function isOf(link: Link, key: EffectKey, entry: Entry | undefined): boolean {
  if (!entry) return false;
  if (key === link.from && link.isTicket) return true;
  return (whereTo(entry) ?? (key === link.from ? link.link : undefined)) === link.link;
}

/** Where it leads, as far as is known: one that was to be edited and was not still leads where it did. */
const whereTo = ({ state, within, ref, facts }: Entry): string | undefined =>
  (state !== 'Pending' && ref ? facts?.['link'] : undefined) ?? within?.['link'];

const isLink = (key: EffectKey): boolean => key.startsWith('bookmark/link/');

/** It can be edited into another, or made again as another: its outcome is known. */
const isFree = (key: EffectKey, entry: Entry | undefined, integration: string): boolean =>
  isLink(key) && entry?.integration === integration && standing(entry) < standings.length;

/** What is there comes first: an edited link edits its bookmark, and none is left stale beside it. */
const standings: readonly ((entry: Entry) => boolean)[] = [
  ({ state, reason }) => state === 'Done' && reason !== 'Gone',
  ({ state }) => state === 'Done',
  ({ state }) => state === 'Failed',
  ({ state }) => state === 'Cancelled',
];

function standing(entry: Entry | undefined): number {
  const at = entry === undefined ? -1 : standings.findIndex((is) => is(entry));
  return at === -1 ? standings.length : at;
}

/** The key of its address may be that of a bookmark that was edited into another by now. */
function newKey({ from }: Link, isUnused: (key: EffectKey) => boolean): EffectKey {
  for (let n = 1; ; n++) {
    const key = n === 1 ? from : `${from}-${n}`;
    if (isUnused(key)) return key;
  }
}
