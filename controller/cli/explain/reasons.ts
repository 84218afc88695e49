import { readFileSync } from 'node:fs';

/** What docs/reasons.md says of one reason. */
export interface ReasonLine {
  readonly means: string;
  readonly todo: string;
}

const page = new URL('../../../docs/reasons.md', import.meta.url);

let lines: ReadonlyMap<string, ReasonLine> | undefined;

/** Every reason of docs/reasons.md; none where the page is not installed. */
export function reasonLines(): ReadonlyMap<string, ReasonLine> {
  lines ??= parse(readPage());
  return lines;
}

/** Rows such as `| \`Expired\` | what it means | what to do |`. */
function parse(text: string): ReadonlyMap<string, ReasonLine> {
  const rows = text.matchAll(/^\| *`(\w+)` *\| *(.+?) *\| *(.+?) *\|$/gm);
  return new Map([...rows].map(([, reason = '', means = '', todo = '']) => [reason, { means, todo }]));
}

function readPage(): string {
  try {
    return readFileSync(page, 'utf8');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return '';
    throw error;
  }
}
