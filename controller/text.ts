/** Text written by people and vendors, made safe for where it is shown. Pure; the same in gives the same out. */

const graphemes = new Intl.Segmenter('en', { granularity: 'grapheme' });
/** An invisible gap: it stops a mention, a reference or a link from coming alive, and reads as nothing. */
export const gap = '\u200B';

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

/** The same of a text that is escaped: the length counts as it is escaped, and nothing escaped is cut in two. */
export function cutEscaped(text: string, most: number, escape: (part: string) => string, tail: string): string {
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

/** Longer addresses are not shown: they would fill a message on their own. */
const longestUrl = 1_000;

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
