import type { ProductEffect } from '../../capabilities/capabilities.ts';
import type { Phase } from '../../runtime/phase.ts';
import { revision } from '../../runtime/effect.ts';
import { bareUrl, hostOf, isBlank, oneLine } from '../../text.ts';
import { ticketWord } from '../../document/words.ts';
import { refOf, waitingFor, type IncidentScope } from '../scope.ts';
import { keyBookmarks, type Link } from './bookmark-keys.ts';
import { channelLacks, whyNoChannel } from './channel.ts';
import { ticketsWanted } from './tickets.ts';

/** Links at the top of the channel. Slack's tightest quota, so the lowest priority; the live status holds the same links. */
export const bookmarks: Phase<IncidentScope, ProductEffect> = {
  condition: 'BookmarksAdded',
  plan(scope) {
    const off = whyNoChannel(scope) ?? channelLacks(scope, 'bookmark');
    if (off) return { skip: off };
    const channel = refOf(scope, 'channel')?.channel;
    const integration = scope.entries['channel']?.integration;
    if (!channel || !integration) return { wait: waitingFor('WaitingForChannel', 'Bookmarks need the channel.') };
    const links = linksOf(scope);
    if (links.length === 0) return { skip: { reason: 'NothingToBookmark', message: 'There is no link to bookmark.' } };
    const { keyed, waiting } = keyBookmarks(links, scope.entries, integration);
    return {
      effects: keyed.map(({ key, title, url, link, isTakenOver }) => ({
        key,
        kind: 'bookmark',
        integration,
        // A bookmark carries no marker: one that nobody wants any more is found again by what it links to.
        place: { in: { channel, link, title: revision(title) }, parent: 'channel' },
        desired: { title, url },
        priority: lowest,
        ...(isTakenOver ? { takesOver: true } : {}),
      })),
      ...(waiting === 0
        ? {}
        : { later: waitingFor('WaitingForBookmark', 'A link takes the place of one that is still being looked for.') }),
    };
  },
};

const lowest = 9;

/** One bookmark an address: those of the tickets, then those that the policy and the incident name. */
function linksOf(scope: IncidentScope): Link[] {
  const { entries, reach, policy, incident } = scope;
  const ofTickets = ticketsWanted(scope).flatMap(({ integration }) => {
    const entry = entries[`ticket/${integration}`];
    const url = entry?.state === 'Done' ? reach.link(entry) : undefined;
    if (!url) return [];
    const title = ticketWord(reach.noun, integration, entry?.ref?.['id']);
    return [{ from: `bookmark/ticket/${integration}`, isTicket: true, title, url, link: hashOf(url) }];
  });
  const stated = [...(policy.spec.bookmarks ?? []), ...(incident.spec.links ?? [])].map(({ title, url }) => ({
    from: `bookmark/link/${revision(url)}`,
    isTicket: false,
    title: isBlank(title) ? hostOf(url) : oneLine(title),
    url: bareUrl(url),
    link: hashOf(bareUrl(url)),
  }));
  const byAddress = new Map<string, Link>(stated.map((each) => [each.link, each]));
  for (const each of ofTickets) byAddress.delete(each.link);
  return [...ofTickets, ...byAddress.values()];
}

/** Of an address as a browser reads it. */
const hashOf = (url: string): string => revision(URL.parse(url)?.href ?? url);
