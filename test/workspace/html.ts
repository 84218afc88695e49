/** Markup that is safe as it stands. */
export interface Html {
  readonly html: string;
}

type Part = Html | string | number | false | undefined | readonly Part[];

export const escapeHtml = (text: string): string =>
  text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
    .replaceAll("'", '&#39;');

/** Markup from a literal; whatever is put in is escaped unless it is Html. False and undefined are nothing. */
export function html(literal: TemplateStringsArray, ...parts: readonly Part[]): Html {
  let out = literal[0] ?? '';
  for (const [i, part] of parts.entries()) out += shown(part) + (literal[i + 1] ?? '');
  return { html: out };
}

/** Markup that somebody else has made safe. */
export const raw = (markup: string): Html => ({ html: markup });

function shown(part: Part): string {
  if (part === undefined || part === false) return '';
  if (typeof part === 'string' || typeof part === 'number') return escapeHtml(String(part));
  return 'html' in part ? part.html : part.map(shown).join('');
}
