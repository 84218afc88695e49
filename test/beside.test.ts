import { globSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { basename, dirname, join } from 'node:path';
import { expect, it } from 'vitest';

const root = fileURLToPath(new URL('../', import.meta.url));
const folders = 'controller/{incident/phases,update/phases,act/verbs}';

/** Those that no test beside them imports. */
function untested(files: readonly string[], read: (file: string) => string): readonly string[] {
  const tests = files.filter((file) => file.endsWith('.test.ts'));
  const imports = (test: string, file: string): boolean =>
    dirname(test) === dirname(file) && read(test).includes(`from './${basename(file)}'`);
  return files.filter((file) => !tests.includes(file) && !tests.some((test) => imports(test, file)));
}

it('each phase and each verb is tested beside it', () => {
  const files = globSync(`${folders}/*.ts`, { cwd: root });
  expect(files.length).toBeGreaterThan(25);
  expect(untested(files, (file) => readFileSync(join(root, file), 'utf8'))).toEqual([]);
});

it('names what has none', () => {
  const files = ['p/a.ts', 'p/a.test.ts', 'p/b.ts', 'q/a.ts'];
  expect(untested(files, () => "import { a } from './a.ts';")).toEqual(['p/b.ts', 'q/a.ts']);
});
