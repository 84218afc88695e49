import type { Inline, Line, Link, Person } from '../../document/doc.ts';
import { utc } from '../../document/time.ts';
import { timeOf } from '../../runtime/clock.ts';
import { hostOf } from '../../text.ts';
import { slackLine, slackLink, slackPart } from './text.ts';

/** The id of a member, by mail address; undefined for who is none, or is not known now. */
export type IdOf = (person: Person) => string | undefined;

/** One line as mrkdwn of at most `most` UTF-16 units; where something is left out, "…" says so. Only words are cut. */
export function mrkdwnLine(line: Line, idOf: IdOf, most = 3_000): string {
  const parts = line.map((part) => inlineOf(part, idOf));
  const whole = parts.join('').trim();
  if (whole.length <= most) return whole;
  let text = '';
  for (const [n, part] of line.entries()) {
    const shown = parts[n] ?? '';
    if (text.length + shown.length + 1 > most) {
      const words = typeof part === 'string' ? part : titleOf(part);
      const room = most - text.length - 1;
      const space = /^\s/.test(words) && text !== '' ? ' ' : '';
      const rest = room > 2 ? `${space}${cutTo(words, room + 1 - space.length)}` : '…';
      return rest === '…' ? `${text.trimEnd()}…` : `${text}${rest}`;
    }
    text += shown;
  }
  return text.trim();
}

/** Ends in "…", since more would follow. */
function cutTo(words: string, most: number): string {
  const text = slackLine(words, most);
  return text.endsWith('…') ? text : `${slackLine(words, most - 1).replace(/…$/, '')}…`;
}

const titleOf = (part: Inline): string => (typeof part === 'object' && 'link' in part ? part.link.title : '');

function inlineOf(part: Inline, idOf: IdOf): string {
  if (typeof part === 'string') return slackPart(part);
  if ('person' in part) {
    const id = idOf(part.person);
    return id === undefined ? slackLine(part.person, 200) : `<@${id}>`;
  }
  if ('time' in part) return dateOf(part.time);
  if ('code' in part) return `\`${slackLine(part.code, 200).replaceAll('`', "'")}\``;
  if ('strong' in part) return `*${slackLine(part.strong, 500)}*`;
  return mrkdwnLink(part.link);
}

export const mrkdwnLink = ({ title, url, by }: Link): string => {
  if (url === undefined) return slackLine(title, 150);
  const link = slackLink(url, title, 150);
  return by === 'people' ? `${link} (${slackLine(hostOf(url), 100)})` : link;
};

/** In the reader's zone; in UTC for who cannot be told so. https://docs.slack.dev/messaging/formatting-message-text#date-formatting */
function dateOf(at: string): string {
  const time = timeOf(at);
  return time === undefined
    ? slackLine(at, 100)
    : `<!date^${Math.floor(time / 1_000)}^{date_short_pretty}, {time}|${utc(at)}>`;
}
