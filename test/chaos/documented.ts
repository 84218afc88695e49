import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import type { Case } from './cases.ts';

const page = (name: string): Promise<string> =>
  readFile(fileURLToPath(new URL(`../../docs/${name}`, import.meta.url)), 'utf8');

/** The cases that the pages for users name and that are none, with their page. */
export async function wronglyNamed(cases: readonly Case[]): Promise<readonly string[]> {
  const names = new Set(cases.map(({ name }) => name));
  const [guarantees, drift] = await Promise.all([page('guarantees.md'), page('drift.md')]);
  return [
    ...named(guarantees)
      .filter((name) => !names.has(name))
      .map((name) => `docs/guarantees.md: ${name}`),
    ...named(drift)
      .filter((name) => !names.has(`outside: ${name}`))
      .map((name) => `docs/drift.md: ${name}`),
  ];
}

/** What stands between backticks in the last column of a table, and at the end of a line of a list. */
function named(text: string): readonly string[] {
  const places = text.split('\n').flatMap((line) => {
    if (line.startsWith('| ')) return [line.split('|').at(-2) ?? ''];
    return line.startsWith('- ') && !line.startsWith('- **') ? [line.slice(line.indexOf(':') + 1)] : [];
  });
  const all = places.flatMap((place) => [...place.matchAll(/`([^`]+)`/g)].map(([, name = '']) => name));
  return all.filter((name) => !name.startsWith('make chaos'));
}
