import { globSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { reasonSections } from '../../tools/generate-reasons.ts';
import { reasonLine } from './reasons.ts';

const controller = new URL('../', import.meta.url);
const all = (await reasonSections()).flatMap(({ reasons }) => Object.entries(reasons));

/** The product's code without tests and without the tables of reasons. */
const code = globSync('**/*.ts', { cwd: controller.pathname })
  .filter((file) => !file.endsWith('.test.ts') && !file.startsWith('reasons/') && !file.endsWith('/reasons.ts'))
  .map((file) => readFileSync(new URL(file, controller), 'utf8'))
  .join('\n');

/** Fits a cell of a Markdown table. */
const isSentence = (text: string, least: number): boolean =>
  text.length >= least && text.endsWith('.') && !text.includes('|') && !text.includes('\n');

describe('the reasons', () => {
  it('are each in one section', () => {
    const names = all.map(([name]) => name);
    expect(names.filter((name, i) => names.indexOf(name) !== i)).toEqual([]);
    expect(names.filter((name) => reasonLine(name) === undefined)).toEqual([]);
  });

  it('are words of a condition, and say in a sentence each what they mean and what to do', () => {
    const poor = all.filter(
      ([name, { means, todo }]) => !/^[A-Z][A-Za-z]+$/.test(name) || !isSentence(means, 10) || !isSentence(todo, 5),
    );
    expect(poor).toEqual([]);
  });

  it('are each given somewhere', () => {
    expect(code.length).toBeGreaterThan(100_000);
    expect(all.map(([name]) => name).filter((name) => !code.includes(`'${name}'`))).toEqual([]);
  });
});
