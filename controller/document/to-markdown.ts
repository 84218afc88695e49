import { hostOf, isBlank, oneLine } from '../text.ts';
import { utc } from './time.ts';
import type { Doc, Inline, Line, Link, Part } from './doc.ts';
import { atLineStart, markdown, markdownLink, markdownQuote } from './markdown.ts';

/** How a person is named where mail addresses are not: a name, else what was written. */
export type NameOf = (person: string) => string;

/** A document's parts as GitHub Flavored Markdown for a post, where `@name` and `#12` would reach others. Not cut. */
export function toMarkdown({ parts }: Pick<Doc, 'parts'>, nameOf: NameOf = (person) => person): string {
  return parts
    .map((part) => partOf(part, nameOf))
    .filter((text) => text !== '')
    .join('\n\n');
}

function partOf(part: Part, nameOf: NameOf): string {
  if ('facts' in part) return part.facts.map(([name, value]) => `- ${post(name)}: ${lineOf(value, nameOf)}`).join('\n');
  if ('text' in part) {
    if (isBlank(part.text)) return '';
    const quote = markdownQuote(part.text, { post: true });
    return part.title === undefined ? quote : `**${post(part.title)}**\n\n${quote}`;
  }
  if ('line' in part) return atLineStart(lineOf(part.line, nameOf));
  if ('links' in part) return part.links.map((link) => `- ${linkOf(link)}`).join('\n');
  return part.notes.map((note) => atLineStart(lineOf(note, nameOf))).join('  \n');
}

const lineOf = (line: Line, nameOf: NameOf): string => line.map((part) => inlineOf(part, nameOf)).join('');

function inlineOf(part: Inline, nameOf: NameOf): string {
  if (typeof part === 'string') return spaced(part);
  if ('person' in part) return post(nameOf(part.person));
  if ('time' in part) return utc(part.time);
  if ('code' in part) return around('`', oneLine(part.code).replaceAll('`', "'"));
  if ('strong' in part) return around('**', post(part.strong));
  return linkOf(part.link);
}

/** Nothing around nothing. */
const around = (mark: string, text: string): string => (isBlank(text) ? '' : `${mark}${text}${mark}`);

/** The spaces at its ends part it from what stands beside it. */
const spaced = (text: string): string =>
  isBlank(text) ? ' ' : `${/^\s/.test(text) ? ' ' : ''}${post(text)}${/\s$/.test(text) ? ' ' : ''}`;

const post = (text: string): string => markdown(text, { post: true, most: 1_000 });

const linkOf = ({ title, url, by }: Link): string => {
  if (url === undefined) return post(title);
  const link = markdownLink(url, title, { post: true, most: 150 });
  return by === 'people' ? `${link} (${post(hostOf(url))})` : link;
};
