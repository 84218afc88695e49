import type { ProductEffect } from '../../integrations/capabilities.ts';
import type { Phase } from '../../runtime/phase.ts';
import { revision } from '../../runtime/effect.ts';
import { bareUrl, hostOf, isBlank, oneLine } from '../../text.ts';
import { ticketWord } from '../render/words.ts';
import { refOf, waitingFor, type IncidentScope } from '../scope.ts';
import { channelOff } from './channel.ts';
import { ticketsWanted } from './tickets.ts';

/** Links at the top of the channel. Slack's tightest quota, so the lowest priority; the live status holds the same links. */
export const bookmarks: Phase<IncidentScope, ProductEffect> = {
  condition: 'BookmarksAdded',
  plan(scope) {
    const off = channelOff(scope);
    if (off) return { skip: off };
    const channel = refOf(scope, 'channel')?.['channel'];
    const integration = scope.entries['channel']?.integration;
    if (!channel || !integration) return { wait: waitingFor('WaitingForChannel', 'Bookmarks need the channel.') };
    const links = bookmarkLinks(scope);
    if (links.length === 0) return { skip: { reason: 'NothingToBookmark', message: 'There is no link to bookmark.' } };
    return {
      effects: links.map(({ key, title, url }) => ({
        key: `bookmark/${key}`,
        kind: 'bookmark',
        integration,
        inside: 'channel',
        // A bookmark carries no marker: one that nobody wants any more is found again by what it links to.
        within: { channel, link: revision(URL.parse(url)?.href ?? url) },
        desired: { title, url },
        priority: lowest,
      })),
    };
  },
};

const lowest = 9;

/** A key names where the link comes from: a ticket by its integration, any other by its address. */
function bookmarkLinks(scope: IncidentScope): { key: string; title: string; url: string }[] {
  const { entries, reach, policy, incident } = scope;
  const ofTickets = ticketsWanted(scope).flatMap(({ integration }) => {
    const entry = entries[`ticket/${integration}`];
    const url = entry?.state === 'Done' ? reach.link(entry) : undefined;
    return url ? [{ key: `ticket/${integration}`, title: ticketWord(integration, entry?.ref?.['id']), url }] : [];
  });
  const stated = [...(policy.spec.bookmarks ?? []), ...(incident.spec.links ?? [])];
  const byAddress = new Map(
    stated.map(({ title, url }) => [
      url,
      { key: `link/${revision(url)}`, title: isBlank(title) ? hostOf(url) : oneLine(title), url: bareUrl(url) },
    ]),
  );
  return [...ofTickets, ...byAddress.values()];
}
