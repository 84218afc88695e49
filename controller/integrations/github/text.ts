import { clip } from '../../runtime/outcome.ts';

const joiner = '\u200D';

/**
 * Text of people and alerts, made harmless for Markdown on GitHub: nobody is mentioned, nothing is cross-referenced
 * or closed, no HTML comment hides anything or forges our marker. Reads the same; addresses in the web still work.
 */
export function harmless(text: string): string {
  return text
    .split(/(https?:\/\/[^\s<>()[\]"'`]+)/)
    .map((part, at) => (at % 2 === 1 ? part.replaceAll('@', '%40') : harmlessWords(part)))
    .join('')
    .replaceAll(closing, (_all, word: string, gap: string) => `${word.slice(0, -1)}${joiner}${word.slice(-1)}${gap}`);
}

/** Words that close an issue when a pull request that says so is merged. */
const closing = /\b(close[sd]?|fix(?:e[sd])?|resolve[sd]?)(:?\s+)(?=https?:\/\/)/gi;

function harmlessWords(text: string): string {
  return text
    .replaceAll('<!--', '&lt;!--')
    .replaceAll(/@(?=[\w-])/g, `@${joiner}`)
    .replaceAll(/(^|[^&])#(?=\d)/g, `$1#${joiner}`)
    .replaceAll(/\b(GH-)(?=\d)/gi, `$1${joiner}`);
}

/** At most `most` characters, with a visible sign of the cut. */
export function clipped(text: string, most: number): string {
  if (text.length <= most) return text;
  const sign = '\n\n… (cut)';
  return clip(text, most - sign.length) + sign;
}
