import type { Inline, Line, Link, Person } from '../../document/doc.ts';
import { utc } from '../../document/time.ts';
import { timeOf } from '../../runtime/clock.ts';
import { hostOf } from '../../text.ts';
import { slackLine, slackLink, slackPart } from './text.ts';

/** The id of a member, by mail address; undefined for who is none, or is not known now. */
export type IdOf = (person: Person) => string | undefined;

/** One line as mrkdwn of at most `most` UTF-16 units. What does not fit goes, and "…" says so. */
export function mrkdwnLine(line: Line, idOf: IdOf, most = 3_000): string {
  let text = '';
  for (const part of line) {
    const shown = inlineOf(part, idOf);
    if (text.length + shown.length > most) {
      const room = most - text.length;
      const rest = typeof part === 'string' && room > 1 ? slackLine(part, room) : '';
      return rest === '' ? `${text.slice(0, most - 1).trimEnd()}…` : `${text}${rest}`;
    }
    text += shown;
  }
  return text.trim();
}

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
