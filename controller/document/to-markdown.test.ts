import { describe, expect, test } from 'vitest';
import { liveInGfm, parseGfm, type MarkdownNode } from '../../test/builders/gfm.ts';
import { hostile } from '../../test/builders/hostile.ts';
import type { Part } from './doc.ts';
import { toMarkdown } from './to-markdown.ts';
import { toPlain } from './to-plain.ts';

const everything = (text: string): Part[] => [
  { facts: [[text, [text, { person: text }, { code: text }, { strong: text }]]] },
  { text, title: text },
  { line: [text, { link: { title: text, url: 'https://a.example/x' } }] },
  { links: [{ title: text, url: 'https://a.example/x', by: 'people' }, { title: text }] },
  { notes: [[text], [{ time: '2026-02-03T10:55:12Z' }]] },
];
const ours = ({ type, url }: MarkdownNode): boolean =>
  type === 'strong' || type === 'inlineCode' || url === 'https://a.example/x';

describe('a document as Markdown', () => {
  test.each<[string, Part, string]>([
    ['facts', { facts: [['State', ['Open']]] }, '- State: Open'],
    [
      'words of people',
      { text: 'Two paths:\n\n- web\n- app', title: 'Why' },
      '**Why**\n\n> Two paths:\n>\n> - web\n> - app',
    ],
    ['a person by name', { line: ['by ', { person: 'zoe@streamo.example' }] }, 'by Zoe'],
    ['a time in UTC', { notes: [[{ time: '2026-02-03T10:55:12Z' }]] }, '2026-02-03 10:55 UTC'],
    [
      'a link of people with its host',
      { links: [{ title: 'Logs', url: 'https://a.example/x', by: 'people' }] },
      '- [Logs](https://a.example/x) (a.example)',
    ],
    ['a link without an address', { links: [{ title: 'Logs' }] }, '- Logs'],
    ['no heading, list or empty code', { line: ['# x', { code: ' ' }, { strong: ' ' }] }, '\\# x'],
    ['nothing where there is nothing to see', { text: '\u200b' }, ''],
  ])('%s', (_, part, expected) => {
    expect(toMarkdown({ parts: [part] }, (person) => (person.startsWith('zoe@') ? 'Zoe' : person))).toBe(expected);
  });

  test.each(Object.entries(hostile))('%s comes alive nowhere', (_, text) => {
    const markdown = toMarkdown({ parts: everything(text) });
    expect(liveInGfm(parseGfm(markdown), ours)).toEqual([]);
    expect(markdown).not.toMatch(/hunter2|ghp_a|xoxb-1|AKIAIOS|user:pass|[\u202A-\u202E]/);
  });
});

test.each(Object.entries(hostile))('%s gives no credentials away as plain text', (_, text) => {
  expect(toPlain({ title: text, parts: everything(text) })).not.toMatch(/hunter2|ghp_a|xoxb-1|AKIAIOS|user:pass/);
});
