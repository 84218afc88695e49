import { existsSync, globSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';

const root = fileURLToPath(new URL('../', import.meta.url));
const folders = 'controller/{incident/phases,update/phases,act/verbs}';

/** As tests stand beside what they are about. */
const untested = (files: readonly string[], exists: (file: string) => boolean): readonly string[] =>
  files.filter((file) => !file.endsWith('.test.ts') && !exists(file.replace(/\.ts$/, '.test.ts')));

it('each phase and each verb has its test beside it', () => {
  const files = globSync(`${folders}/*.ts`, { cwd: root });
  expect(files.length).toBeGreaterThan(25);
  expect(untested(files, (file) => existsSync(root + file))).toEqual([]);
});

it('names what has none', () => {
  const there = ['p/a.ts', 'p/a.test.ts', 'p/b.ts'];
  expect(untested(there, (file) => there.includes(file))).toEqual(['p/b.ts']);
});
