import { describe, expect, test } from 'vitest';
import { firstWord, mentioned, parseLine, parseSeverity } from './parse.ts';

describe('what stands after the command', () => {
  test.each<[string, ReturnType<typeof parseLine>]>([
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
    expect(parseLine(text)).toEqual(line);
  });

  test('40,000 characters are a summary, and quickly so', () => {
    // What this thread works, so that a machine that does something else does not count.
    const before = process.threadCpuUsage();
    expect(parseLine('x'.repeat(40_000)).is).toBe('declare');
    expect(parseLine('x y '.repeat(10_000)).is).toBe('declare');
    expect(process.threadCpuUsage(before).user).toBeLessThan(500_000);
  });

  test.each([
    ['SEV1', 'SEV1'],
    ['sev2', 'SEV2'],
    ['3', 'SEV3'],
    ['sev-4', 'SEV4'],
    ['critical', 'SEV1'],
    // The organisation's word wins over ours.
    ['p1', 'SEV2'],
    ['SEV5', undefined],
    ['0', undefined],
    ['', undefined],
  ])('severity %j is %s', (word, severity) => {
    expect(parseSeverity(word, { SEV1: { label: 'Critical' }, SEV2: { label: 'P1' } })).toBe(severity);
  });

  test('words and mentions', () => {
    expect(firstWord('  one  two three ')).toEqual({ word: 'one', rest: 'two three' });
    expect(firstWord('')).toEqual({ word: '', rest: '' });
    expect(mentioned('commander <@U024BE7LH|bo>')).toBe('U024BE7LH');
    expect(mentioned('<@W024BE7LH>')).toBe('W024BE7LH');
    expect(mentioned('@bo')).toBeUndefined();
  });
});
