import { tidy } from '../../../text.ts';

/** Slack may hand an emoji on as its name in colons. */
const emoji = /\p{RGI_Emoji}|\p{Extended_Pictographic}\uFE0F?/gv;
/** One text has one reading: a skin tone is no name, else a row of n emoji would be tried in 2ⁿ ways. */
const emojiName = String.raw`:(?!skin-tone-\d:)[^\s:]+:(?::skin-tone-\d:)?`;
const toneName = String.raw`:skin-tone-\d:`;
const escapes: Readonly<Record<string, string>> = { '&': '&(?:amp;)?', '<': '(?:<|&lt;)', '>': '(?:>|&gt;)' };

/**
 * Whether a person changed what a text input was filled with. What Slack itself may do to a text is no change: other line
 * ends, spaces at both ends, `&amp;` for `&`, `:fire:` for an emoji, control characters left out.
 */
export function isEdited(filled: string, said: string): boolean {
  const [before, now] = [tidy(filled).trim(), tidy(said).trim()];
  return before !== now && !new RegExp(`^${asSlackMaySendIt(before)}$`, 'u').test(now);
}

function asSlackMaySendIt(text: string): string {
  let pattern = '';
  let from = 0;
  for (const match of text.matchAll(emoji)) {
    pattern += `${literal(text.slice(from, match.index))}(?:${literal(match[0])}|${nameOf(match[0])})`;
    from = match.index + match[0].length;
  }
  return pattern + literal(text.slice(from));
}

const nameOf = (found: string): string => (/^\p{Emoji_Modifier}$/u.test(found) ? toneName : emojiName);

const literal = (text: string): string =>
  text.replaceAll(/[\\^$.*+?()[\]{}|/]/g, String.raw`\$&`).replaceAll(/[&<>]/g, (sign) => escapes[sign] ?? sign);
