import { describe, expect, it } from 'vitest';
import { cut, defuse, defuseAll, unescape } from './mrkdwn.ts';

describe('defuse', () => {
  it.each([
    ['<!channel>', '@\u200bchannel'],
    ['look <!here|here> now', 'look @\u200bhere now'],
    ['<!EVERYONE>', '@\u200bEVERYONE'],
    ['<!subteam^S012|@oncall>', '@\u200boncall'],
    ['<!subteam^S012>', '@\u200bgroup'],
    [
      '<@U012> <https://example.com|channel> a &lt;!channel&gt;',
      '<@U012> <https://example.com|channel> a &lt;!channel&gt;',
    ],
  ])('%s', (given, wanted) => {
    expect(defuse(given)).toBe(wanted);
  });

  it('reaches every string of blocks', () => {
    const blocks = [{ type: 'section', fields: [{ type: 'mrkdwn', text: '<!here>' }], expand: true }];
    expect(defuseAll(blocks)).toEqual([
      { type: 'section', fields: [{ type: 'mrkdwn', text: '@\u200bhere' }], expand: true },
    ]);
  });
});

describe('cut', () => {
  it('leaves what fits', () => {
    expect(cut('abc', 3)).toBe('abc');
  });

  it.each([
    ['abcdef', 4, 'abc…'],
    ['ab&amp;cd', 5, 'ab…'],
    ['ab <https://example.com|link> cd', 12, 'ab …'],
    ['ab😀cd', 4, 'ab…'],
  ])('%s to %i', (given, most, wanted) => {
    expect(cut(given, most)).toBe(wanted);
  });

  it('is never longer than asked for', () => {
    const text = 'a&amp;<https://x|y>😀'.repeat(20);
    for (let most = 1; most < text.length; most++) expect(cut(text, most).length).toBeLessThanOrEqual(most);
  });
});

it('gives back what people wrote', () => {
  expect(unescape('a &lt;b&gt; &amp;amp;')).toBe('a <b> &amp;');
});
