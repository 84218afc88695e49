import { expect, test } from 'vitest';
import { difference, markdownLines, shortened, slackShown, wrap } from './text.ts';

test('wraps at spaces and leaves long words whole', () => {
  expect(wrap('one two three', 7)).toEqual(['one two', 'three']);
  expect(wrap('see http://127.0.0.1/long there', 8)).toEqual(['see', 'http://127.0.0.1/long', 'there']);
  expect(wrap('a\n\nb', 8)).toEqual(['a', '', 'b']);
});

test('cuts with an ellipsis within the limit', () => {
  expect(shortened('abcdef', 6)).toBe('abcdef');
  expect(shortened('abcdefg', 6)).toBe('abcde…');
});

test('shows markup as people see it', () => {
  expect(slackShown('✓ <http://x/1|GitHub issue #1> filed &amp; *done*')).toBe('✓ GitHub issue #1 filed & done');
  expect(slackShown('by <@U1> and <@U2>', new Map([['U1', 'zoe']]))).toBe('by @zoe and @U2');
  expect(markdownLines('**SEV1**\n\n> - a\n- [b](http://x)\n<!-- marker -->')).toEqual(['SEV1', '- a', 'b']);
});

test('tells what was edited, what came and what went', () => {
  expect(difference(['Severity: SEV2 (High)', 'same'], ['Severity: SEV1 (Critical)', 'same'])).toEqual([
    'Severity: SEV2 (High) → SEV1 (Critical)',
  ]);
  expect(difference(['issue · dashboard'], ['issue · post-mortem · dashboard'])).toEqual([
    '+ issue · post-mortem · dashboard',
  ]);
  expect(difference(['gone for good'], ['quite another thing'])).toEqual(['− gone for good', '+ quite another thing']);
  expect(difference(['a', 'b'], ['a', 'b'])).toEqual([]);
});
