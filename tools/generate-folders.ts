import { readFileSync } from 'node:fs';
import { folders, type Folder } from './lint/folders.ts';

const page = new URL('../CONTRIBUTING.md', import.meta.url);
const [begin, end] = ['<!-- folders: generated from tools/lint/folders.ts -->', '<!-- /folders -->'];

/** CONTRIBUTING.md with the table of folders between its marks. Throws when the marks are not there. */
export function contributingPage(): string {
  const text = readFileSync(page, 'utf8');
  const [from, to] = [text.indexOf(begin), text.indexOf(end)];
  if (from < 0 || to < from) throw new Error(`CONTRIBUTING.md has no ${begin} … ${end}`);
  return `${text.slice(0, from + begin.length)}\n\n${table()}\n\n${text.slice(to)}`;
}

function table(): string {
  const rows = [['`controller/`', 'Holds', 'May import'], ...folders.map(row)];
  const widths = [0, 1, 2].map((column) => Math.max(...rows.map((cells) => cells[column]?.length ?? 0)));
  const lines = rows.map((cells) => `| ${cells.map((cell, i) => cell.padEnd(widths[i] ?? 0)).join(' | ')} |`);
  lines.splice(1, 0, `| ${widths.map((width) => '-'.repeat(width)).join(' | ')} |`);
  return lines.join('\n');
}

const row = ({ path, holds, imports }: Folder): string[] => [
  `\`${path}\``,
  holds,
  imports === 'all' ? 'all' : imports.map((each) => `\`${each}\``).join(', ') || 'nothing',
];
