import { describe, expect, test } from 'vitest';
import { hostile } from '../../../test/builders/hostile.ts';
import { liveIn } from '../../../test/builders/slack-limits.ts';
import type { Line } from '../../document/doc.ts';
import { mrkdwnLine } from './line.ts';

const shown = (line: Line, most?: number): string =>
  mrkdwnLine(line, (person) => (person === 'zoe@streamo.example' ? 'U1' : undefined), most);
const link = { link: { title: 'title', url: 'https://a.example/' } };

describe('a line in Slack', () => {
  test.each<[Line, string]>([
    [['by ', { person: 'zoe@streamo.example' }], 'by <@U1>'],
    [['by ', { person: 'bo@example.com' }], 'by bo@example.com'],
    [[{ time: '2026-02-03T10:55:12Z' }], '<!date^1770116112^{date_short_pretty}, {time}|2026-02-03 10:55 UTC>'],
    [[{ time: 'soon' }], 'soon'],
    [[{ strong: 'Yes' }, ' and ', { code: 'a`b' }], "*Yes* and `a'b`"],
    [[link], '<https://a.example/|title>'],
  ])('%j', (line, mrkdwn) => {
    expect(shown(line)).toBe(mrkdwn);
  });

  test.each<[Line, number, string]>([
    [['abc ', 'xxxxxxxxxx ', 'tail'], 16, 'abc xxxxxxxxxx…'],
    [['abc ', 'xxxxxxxxxx', ' tail'], 14, 'abc xxxxxxxx…'],
    [['ab', ' cdefgh'], 7, 'ab cde…'],
    [['see ', link, ' now'], 31, 'see <https://a.example/|title>…'],
    [['see ', link], 12, 'see title…'],
    [['by ', { person: 'zoe@streamo.example' }, '!'], 8, 'by…'],
  ])('%j within %i', (line, most, mrkdwn) => {
    expect(shown(line, most)).toBe(mrkdwn);
    expect(mrkdwn.length).toBeLessThanOrEqual(most);
  });

  test.each(Object.entries(hostile))('%s comes alive at no length', (_, text) => {
    const line: Line = [text.slice(0, 300), link, { strong: text.slice(0, 100) }, { code: text.slice(0, 100) }, text];
    for (let most = 1; most < 400; most += 7) {
      const cut = shown(line, most);
      expect(cut.length).toBeLessThanOrEqual(most);
      expect(liveIn(cut)).toEqual([]);
    }
  });
});
