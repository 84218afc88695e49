import type { IncidentUpdate } from '../../api/incident-update.gen.ts';
import { happenedAt, utc } from '../../incident/render/words.ts';
import type { Desired } from '../../integrations/capabilities.ts';
import { rfc3339 } from '../../runtime/clock.ts';
import { hostOf, markdown, markdownLink, markdownQuote } from '../../text.ts';
import { headline, type UpdateView } from './words.ts';

/** An update as a comment on the incident's ticket, in Markdown. */
export function comment(update: IncidentUpdate, view: UpdateView): Desired['comment'] {
  const { author, text, links = [] } = update.spec;
  const what = headline(update, view);
  const by = author === undefined ? '' : ` by ${post(author)}`;
  return {
    body: [
      `**${post(`${what.charAt(0).toUpperCase()}${what.slice(1)}`)}**${by} · ${utc(rfc3339(happenedAt(update)))}`,
      ...(text === undefined ? [] : [markdownQuote(text, { post: true })]),
      ...(links.length === 0 ? [] : [links.map(({ title, url }) => `- ${link(title, url)}`).join('\n')]),
    ].join('\n\n'),
  };
}

const post = (text: string): string => markdown(text, { post: true, most: 1_000 });

/** The host is shown, since a title can promise anything. */
const link = (title: string, url: string): string =>
  `${markdownLink(url, title, { post: true, most: 150 })} (${post(hostOf(url))})`;
