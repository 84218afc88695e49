/** Text written by people and vendors, made safe for where it is shown. Pure; the same in gives the same out. */

const graphemes = new Intl.Segmenter('en', { granularity: 'grapheme' });
/** An invisible gap: it stops a mention, a reference or a link from coming alive, and reads as nothing. */
const gap = '\u200B';
/** The same for Markdown, where a reviewer should see it in the source. */
const gapEntity = '&#8203;';

const secrets: readonly (readonly [RegExp, string])[] = [
  [/-----BEGIN [A-Z ]*PRIVATE KEY-----[\s\S]*?(?:-----END [A-Z ]*-----|$)/g, '[redacted]'],
  [/\bxox[a-z]-[\w-]{10,}|\bxapp-[\w-]{10,}/g, '[redacted]'],
  [/\bgh[a-z]_\w{20,}|\bgithub_pat_\w{20,}|\bglpat-[\w-]{16,}/g, '[redacted]'],
  [/\b(?:AKIA|ASIA)[A-Z0-9]{16}\b/g, '[redacted]'],
  [/\beyJ[\w-]{8,}\.eyJ[\w-]{8,}\.[\w-]+/g, '[redacted]'],
  [/\bBearer\s+[\w.~+/-]{16,}=*/gi, 'Bearer [redacted]'],
  // To the last @ before the path: a password may hold one. A name alone is a token, save where ssh has users.
  [/\b((?:https?|ftp):[/\\]+)[^\s/\\?#<>"|]{1,500}@/gi, '$1[redacted]@'],
  [/:\/\/[^\s/@:]{1,200}:[^\s/]{1,200}@/g, '://[redacted]@'],
  // A word alone after "password:" is prose ("password: expired"); one with a digit or sign is a password.
  [
    /\b(password|passwd|pwd|secret|token|api[_-]?key)(["']?\s*[:=]\s*)(?=\S*[\d!#$%^&*])[^\s,;]{6,}/gi,
    '$1$2[redacted]',
  ],
];

/** Takes out what looks like a credential. It knows common shapes only, and is no promise. */
export function redact(text: string): string {
  return secrets.reduce((rest, [shape, instead]) => rest.replace(shape, instead), text);
}

/** Line ends as \n; no control characters, no direction overrides (they can make text read as another). */
export const tidy = (text: string): string =>
  text
    .toWellFormed()
    .replaceAll(/\r\n?|[\u0085\u2028\u2029]/g, '\n')
    .replaceAll(/(?![\t\n])\p{Cc}|[\u202A-\u202E\u2066-\u2069]/gu, '');

/** Tidy, without credentials. */
export const clean = (text: string): string => redact(tidy(text)).trim();

/** Nothing of it is seen: spaces, control and format characters, marks alone, fillers. The CRDs refuse it by the same class. */
export const isBlank = (text: string): boolean =>
  /^[\p{Cc}\p{Cf}\p{Z}\p{M}\u115F\u1160\u2065\u2800\u3164\uFFA0\uFFF0-\uFFF8\u{1D159}\u{13441}\u{13442}\u{E0000}-\u{E0FFF}]*$/u.test(
    text,
  );

/** Characters as the API server counts them for maxLength: code points. Slack counts UTF-16 units. */
export const lengthOf = (text: string): number => Array.from(text).length;

/** Clean, and on one line. */
export const oneLine = (text: string): string => clean(text).replaceAll(/\s+/g, ' ').trim();

/** At most `most` UTF-16 units, cut between characters as people see them, with "…" where something is missing. */
export function cut(text: string, most: number): string {
  return cutEscaped(text, most, (part) => part, '…');
}

function cutEscaped(text: string, most: number, escape: (part: string) => string, tail: string): string {
  const whole = escape(text);
  if (whole.length <= most) return whole;
  let kept = '';
  for (const { segment } of graphemes.segment(text.slice(0, most))) {
    const part = escape(segment);
    if (kept.length + part.length + tail.length > most) break;
    kept += part;
  }
  return kept.trimEnd() + tail;
}

/** As many parts as fit into `most` characters, then how many do not. */
export function joinWithin(parts: readonly string[], separator: string, most: number): string {
  const whole = parts.join(separator);
  if (whole.length <= most) return whole;
  let text = '';
  for (const [i, part] of parts.entries()) {
    const more = `${i === 0 ? '' : separator}… and ${parts.length - i} more`;
    if (text.length + separator.length + part.length + separator.length + more.length > most) return text + more;
    text += (i === 0 ? '' : separator) + part;
  }
  return text;
}

// --- Slack -----------------------------------------------------------------------------------------------------------

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

/** For plain_text, where nothing is parsed; angle brackets become look-alikes, so that no reader need rely on that. */
export const slackPlain = (text: string, most = 150): string =>
  cut(oneLine(text).replaceAll('<', '‹').replaceAll('>', '›').replaceAll(liveInSlack, `@${gap}`), most);

/** A link of ours, or the label alone where the address is not one of the web. */
export function slackLink(url: string, label: string, most = 200): string {
  const safe = slackUrl(url);
  const shown = slackLine(label.replaceAll('|', '¦'), most);
  return safe === undefined ? shown : `<${safe}|${isBlank(shown) ? hostOf(url) : shown}>`;
}

/** Longer addresses are not shown: they would fill a message on their own. */
const longestUrl = 1_000;

function slackUrl(url: string): string | undefined {
  return webUrl(url)?.replaceAll('|', '%7C').replaceAll('&', '&amp;');
}

/** The address as the URL standard writes it, if it is http or https, without a password, and not overlong. */
export function webUrl(url: string): string | undefined {
  const parsed = URL.parse(url);
  if (parsed === null || !/^https?:$/.test(parsed.protocol) || parsed.username !== '' || parsed.password !== '')
    return undefined;
  const href = parsed.href.replaceAll(/[<>"'`\s()[\]\\]/g, (c) => encodeURIComponent(c).replace(/^[()']$/, hex));
  return href.length > longestUrl ? undefined : href;
}

/** An address as it may go out: without a user's name and password. */
export function bareUrl(url: string): string {
  const parsed = URL.parse(url);
  if (parsed === null) return redact(url);
  if (parsed.username === '' && parsed.password === '') return url;
  parsed.username = '';
  parsed.password = '';
  return parsed.href;
}

/** What a title must not hide: the host that an address leads to. */
export const hostOf = (url: string): string => URL.parse(url)?.host ?? 'no address';

const hex = (c: string): string => `%${c.charCodeAt(0).toString(16).toUpperCase()}`;

// --- Markdown --------------------------------------------------------------------------------------------------------

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
const atLineStart = (line: string): string =>
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
