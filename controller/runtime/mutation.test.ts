import { globSync, readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { mutations, rulesUnder } from './mutation.ts';

const controller = new URL('../', import.meta.url);
const code = globSync('**/*.ts', { cwd: controller.pathname })
  .filter((file) => !file.endsWith('.test.ts') && file !== 'runtime/mutation.ts')
  .map((file) => readFileSync(new URL(file, controller), 'utf8'))
  .join('\n');

it('breaks each rule in one place', () => {
  expect(mutations.filter((name) => code.split(`'${name}'`).length !== 2)).toEqual([]);
});

it.each([
  ['none', undefined, 'sound'],
  ['its own', 'never audits', 'broken'],
  ['that of another rule', 'believes the first look', 'sound'],
  ['one that is not known', 'constructor', 'sound'],
])('a rule under a mutation, %s, is %s: %s', (_, active, is) => {
  expect(rulesUnder(active)('sound', { 'never audits': 'broken' })).toBe(is);
});

it('is the rule itself where no mutation is active', () => {
  expect(rulesUnder(undefined)(Date.now, { 'never audits': Date.now.bind(Date) })).toBe(Date.now);
});
