import { bareUrl, clean, oneLine, redact, tidy } from '../text.ts';
import { utc } from './time.ts';
import type { Doc, Inline, Line, Link, Part } from './doc.ts';

/** A document as plain text, without credentials, for a terminal and for vendors without any form. Not cut. */
export const toPlain = ({ mark, title, parts }: Pick<Doc, 'mark' | 'title' | 'parts'>): string =>
  [`${mark === undefined ? '' : `${mark} `}${oneLine(title)}`, ...parts.map(partOf)].filter(Boolean).join('\n\n');

function partOf(part: Part): string {
  if ('facts' in part) return part.facts.map(([name, value]) => `${clean(name)}: ${plainLine(value)}`).join('\n');
  if ('text' in part) return `${part.title === undefined ? '' : `${clean(part.title)}\n`}${clean(part.text)}`;
  if ('line' in part) return plainLine(part.line);
  if ('links' in part) return part.links.map(plainLink).join('\n');
  return part.notes.map(plainLine).join('\n');
}

/** One line as plain text. */
export const plainLine = (line: Line): string => line.map(inlineOf).join('');

function inlineOf(part: Inline): string {
  if (typeof part === 'string') return redact(tidy(part));
  if ('person' in part) return clean(part.person);
  if ('time' in part) return utc(part.time);
  if ('code' in part) return clean(part.code);
  if ('strong' in part) return clean(part.strong);
  return plainLink(part.link);
}

const plainLink = ({ title, url }: Link): string =>
  url === undefined ? clean(title) : `${clean(title)} (${bareUrl(url)})`;
