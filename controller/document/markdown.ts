import { clean, cut, gap, hostOf, isBlank, oneLine, redact, tidy, webUrl } from '../text.ts';

/** An invisible gap, written so that a reviewer sees it in the source. */
const gapEntity = '&#8203;';

export interface MarkdownOptions {
  /** At most so many characters before escaping. */
  readonly most?: number;
  /** For issues, comments and pull requests, where `@name`, `#12` and addresses reach other people and tickets. */
  readonly post?: boolean;
}

const url = /https:\/\/[^\s\p{Cf}<>"'`|()[\]{}\\^*…]+[^\s\p{Cf}<>"'`|()[\]{}\\^*….,;:!?]/gu;

/**
 * One line of Markdown that shows the text as it was written: usable in a table cell, a list, a heading. Where the
 * writer began a new line stands " / ". The only link it can hold is an https address shown as itself.
 */
export function markdown(text: string, { most = 100_000, post = false }: MarkdownOptions = {}): string {
  const lines = clean(text).split('\n').map(oneLine).filter(Boolean);
  const line = cut(lines.join(' / '), most);
  let out = '';
  let from = 0;
  for (const match of line.matchAll(url)) {
    // One that names a user before its host leads elsewhere than it seems to.
    if (webUrl(match[0]) === undefined) continue;
    out += escapeMarkdown(line.slice(from, match.index), post) + address(match[0], post);
    from = match.index + match[0].length;
  }
  return out + escapeMarkdown(line.slice(from), post);
}

/** An address in a post would be a reference to whatever it points at, such as "fixes https://…/issues/1". */
const address = (shown: string, post: boolean): string => (post ? `\`${shown}\`` : `<${shown}>`);

/** `@name`; not the @ of a mail address. */
const mention = /(?<!\w)@(?=[\p{L}\p{N}])/gu;

function escapeMarkdown(text: string, post: boolean): string {
  const escaped = text
    .replaceAll(/&(?=#|[a-z]\w*;)/gi, '&amp;')
    .replaceAll(/[\\`*[\]<|~$]|(?<![\p{L}\p{N}])_|_(?![\p{L}\p{N}])/gu, String.raw`\$&`)
    // Wherever it stands: an address that GitHub finds in the middle of a word would take an escape with it.
    .replaceAll('://', `:${gapEntity}//`)
    .replaceAll(/(www)\./gi, `$1${gapEntity}.`)
    .replaceAll(/(mailto|xmpp):/gi, `$1${gapEntity}:`);
  if (!post) return escaped;
  return escaped
    .replaceAll(mention, `@${gapEntity}`)
    .replaceAll(/(?<!&)#(?=\d)/g, `#${gapEntity}`)
    .replaceAll(/\b(GH)-(?=\d)/gi, `$1-${gapEntity}`);
}

/** In quotation marks, on one line; a mark within is escaped, so that it is known where the quotation ends. */
export const markdownInline = (text: string, options: MarkdownOptions = {}): string =>
  `"${markdown(text, options).replaceAll('"', String.raw`\"`)}"`;

interface ListItem {
  /** Where its marker stands in what was written. */
  readonly indent: number;
  /** Where its text stands in the quotation. */
  readonly column: number;
  /** Of a numbered list. */
  readonly number?: number;
}

/**
 * A block quote: the writer's paragraphs, lines and lists stay such. A list is numbered only where the numbers count
 * on, since Markdown would show others than were written. At most `most` characters before escaping.
 */
export function markdownQuote(text: string, { most = 100_000, post = false }: MarkdownOptions = {}): string {
  const out: string[] = [];
  /** The list items that a line can belong to, the innermost last. */
  let items: readonly ListItem[] = [];
  let last: 'blank' | 'text' | 'item' = 'blank';
  // The first line keeps its indent, which says how deep a list begins.
  for (const line of cut(redact(tidy(text)).trimEnd(), most).split('\n')) {
    const words = oneLine(line);
    const indent = width(line);
    const found = words === '' ? undefined : itemOf(line, indent, items);
    if (words === '') {
      if (last !== 'blank') out.push('');
      last = 'blank';
    } else if (found === undefined) {
      const within = items.filter((item) => item.indent < indent);
      const inside = within.at(-1)?.column ?? 0;
      if (last !== 'blank' && within.length < items.length) out.push('');
      // Elsewhere than in a post, lines that follow each other would flow into one.
      if (last !== 'blank' && out.at(-1) !== '' && !post) out.push(`${out.pop() ?? ''}\\`);
      out.push(`${' '.repeat(inside)}${atLineStart(markdown(words, { post }))}`);
      items = within;
      last = 'text';
    } else {
      if (last === 'text' && (items.length === 0 || found.items.at(-1)?.number !== undefined)) out.push('');
      out.push(`${' '.repeat(found.outside)}${found.marker} ${atLineStart(markdown(found.words, { post }))}`);
      items = found.items;
      last = 'item';
    }
  }
  return out.map((line) => `> ${line}`.trimEnd()).join('\n');
}

/** A line that is a list's, as `- this` and `2. that`. */
function itemOf(line: string, indent: number, items: readonly ListItem[]) {
  const [, marker, digits, words] = /^\s*([-*+]|(\d{1,9})[.)])\s+(\S.*)$/.exec(line) ?? [];
  if (marker === undefined || words === undefined) return undefined;
  const beside = items.find((item) => item.indent === indent);
  const number = digits === undefined ? undefined : Number(digits);
  if (number !== undefined && (String(number) !== digits || number !== (beside?.number ?? number - 1) + 1))
    return undefined;
  const around = items.filter((item) => item.indent < indent);
  const outside = around.at(-1)?.column ?? 0;
  const item = { indent, column: outside + marker.length + 1, ...(number === undefined ? {} : { number }) };
  return { marker, words, outside, items: [...around, item] };
}

/** Columns before its first word; a tab leads to the next fourth. */
function width(line: string): number {
  let columns = 0;
  for (const c of line) {
    if (c === '\t') columns += 4 - (columns % 4);
    else if (/\s/.test(c)) columns += 1;
    else break;
  }
  return columns;
}

/** What would begin a heading, list, quote, rule, underline or table stays text. */
export const atLineStart = (line: string): string =>
  line.replace(/^[-+=#>:]/, String.raw`\$&`).replace(/^(\d{1,9})([.)])/, String.raw`$1\$2`);

/** A link of ours, or the label alone where the address is not one of the web. */
export function markdownLink(target: string, label: string, options: MarkdownOptions = {}): string {
  const safe = webUrl(target);
  const shown = markdown(label, options);
  return safe === undefined ? shown : `[${isBlank(shown) ? hostOf(target) : shown}](${safe})`;
}

/** For a title in a vendor's plain field, which may end up in a commit's message: "fixes #12" must not close anything. */
export const plainTitle = (text: string, most = 250): string =>
  cut(
    oneLine(text)
      .replaceAll(mention, `@${gap}`)
      .replaceAll(/#(?=\d)/g, `#${gap}`)
      .replaceAll(/\b(GH)-(?=\d)/gi, `$1-${gap}`),
    most,
  );
