import { clean, cut, cutEscaped, gap, hostOf, isBlank, oneLine, webUrl } from '../../text.ts';

const liveInSlack = /@(?=channel|here|everyone)/gi;
const escapeSlack = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');

/**
 * For a mrkdwn field: the writer's lines stay lines, and no mention, link or command of theirs comes alive. At most
 * `most` characters, escapes counted; where it is cut, `more` says where the whole is: an address, else words of ours.
 */
export function slackText(text: string, most = 3_000, more?: string): string {
  const safe = clean(text).replaceAll(liveInSlack, `@${gap}`);
  return cutEscaped(safe, most, escapeSlack, `…${more === undefined ? '' : whereMore(more)}`);
}

function whereMore(more: string): string {
  const url = slackUrl(more);
  if (url !== undefined) return ` <${url}|more>`;
  // Any other address leads nowhere.
  return URL.parse(more) === null ? ` (${escapeSlack(more)})` : '';
}

/** The same on one line. */
export const slackLine = (text: string, most = 3_000): string => slackText(oneLine(text), most);

/** A part of a line: the spaces at its ends part it from what stands beside it. */
export function slackPart(text: string): string {
  const shown = slackLine(text);
  return shown === '' ? ' ' : `${/^\s/.test(text) ? ' ' : ''}${shown}${/\s$/.test(text) ? ' ' : ''}`;
}

/** For plain_text, where nothing is parsed; angle brackets become look-alikes, so that no reader need rely on that. */
export const slackPlain = (text: string, most = 150): string =>
  cut(oneLine(text).replaceAll('<', '‹').replaceAll('>', '›').replaceAll(liveInSlack, `@${gap}`), most);

/** A link of ours, or the label alone where the address is not one of the web. */
export function slackLink(url: string, label: string, most = 200): string {
  const safe = slackUrl(url);
  const shown = slackLine(label.replaceAll('|', '¦'), most);
  return safe === undefined ? shown : `<${safe}|${isBlank(shown) ? hostOf(url) : shown}>`;
}

function slackUrl(url: string): string | undefined {
  return webUrl(url)?.replaceAll('|', '%7C').replaceAll('&', '&amp;');
}
