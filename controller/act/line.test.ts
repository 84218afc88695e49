import { describe, expect, test } from 'vitest';
import { parseLine } from './line.ts';
import { firstWord } from './words.ts';

type Read = { is: string; rest: string } | { is: 'unknown'; word: string; meant?: string };

/** By the verb's name. */
function read(text: string): Read {
  const line = parseLine(text);
  if ('verb' in line) return { is: line.verb.name, rest: line.rest };
  return { is: 'unknown', word: line.unknown, ...(line.meant === undefined ? {} : { meant: line.meant }) };
}

describe('what stands after the command', () => {
  test.each<[string, Read]>([
    ['', { is: 'declare', rest: '' }],
    ['  ', { is: 'declare', rest: '' }],
    ['Mobile app login errors', { is: 'declare', rest: 'Mobile app login errors' }],
    ['declare list is empty', { is: 'declare', rest: 'list is empty' }],
    ['LIST', { is: 'list', rest: '' }],
    ['severity  SEV1   because', { is: 'severity', rest: 'SEV1   because' }],
    ['close Rolled back.\nAll well.', { is: 'close', rest: 'Rolled back.\nAll well.' }],
    ['de-escalate they are here', { is: 'deescalate', rest: 'they are here' }],
    ['resolve done', { is: 'close', rest: 'done' }],
    ['stauts', { is: 'unknown', word: 'stauts', meant: 'status' }],
    ['esclate now', { is: 'unknown', word: 'esclate', meant: 'escalate' }],
    ['frobnicate', { is: 'unknown', word: 'frobnicate' }],
    ['🔥', { is: 'declare', rest: '🔥' }],
    ['не работает', { is: 'declare', rest: 'не работает' }],
  ])('%j', (text, line) => {
    expect(read(text)).toEqual(line);
  });

  test('40,000 characters are a summary, and quickly so', () => {
    // What this thread works, so that a machine that does something else does not count.
    const before = process.threadCpuUsage();
    expect(read('x'.repeat(40_000)).is).toBe('declare');
    expect(read('x y '.repeat(10_000)).is).toBe('declare');
    expect(process.threadCpuUsage(before).user).toBeLessThan(500_000);
  });

  test('the first word', () => {
    expect(firstWord('  one  two three ')).toEqual({ word: 'one', rest: 'two three' });
    expect(firstWord('')).toEqual({ word: '', rest: '' });
  });
});
