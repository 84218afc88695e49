import { markdownInline, markdownQuote } from '../document/markdown.ts';
import { clean } from '../text.ts';

/**
 * A sentence of ours that ends in people's words, as they wrote them: one line stands in quotation marks, several
 * follow as a block quote. `lead` ends with its colon or with the word before the quotation.
 */
export function saying(lead: string, text: string, cites: string, most?: number): string {
  const options = most === undefined ? {} : { most };
  if (!clean(text).includes('\n')) return `${lead} ${stop(markdownInline(text, options))} ${cites}`;
  const colon = /:(?:\*\*)?$/.test(lead) ? '' : ':';
  return `${lead}${colon} ${cites}\n\n${markdownQuote(text, options)}`;
}

/** A sentence that ends with a quotation has its own full stop only where the quotation has none. */
const stop = (quotation: string): string => (/[.!?…]"$/.test(quotation) ? quotation : `${quotation}.`);

/** One sentence a line; a block quote ends with an empty line, since the next sentence would become part of it. */
export const paragraph = (lines: readonly string[]): string =>
  lines
    .map((line) => (line.includes('\n') ? `${line}\n` : line))
    .join('\n')
    .trimEnd();

/** The same as one item of a list. */
export const listItem = (line: string): string => `- ${line.replaceAll(/\n(?=.)/g, '\n  ')}`;
