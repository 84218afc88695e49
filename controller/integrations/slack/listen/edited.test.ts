import { describe, expect, test } from 'vitest';
import { hostile, hostileText, random } from '../../../../test/builders/hostile.ts';
import { isEdited } from './edited.ts';

const text = 'Login 🔥 is down (a|b) for <all> & more: 👩🏽‍🚒 *now* ERROR:auth:failed 12:30:45';

/** All that Slack may do to a text at once. */
const asSlackSends = (words: string): string =>
  ` ${words.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')} `
    .replaceAll(/\p{RGI_Emoji}/gv, ':x:')
    .replaceAll(/\r?\n/g, '\r\n');

describe('what a person left as it was', () => {
  test.each([
    ['all at once', text, asSlackSends(text)],
    ['other line ends', 'a\nb\n', 'a\r\nb'],
    ['spaces at the ends', ' a ', 'a'],
    ['escaped', text, text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')],
    ['names of emoji', text, text.replace('🔥', ':fire:').replace('👩🏽‍🚒', ':female-firefighter::skin-tone-4:')],
    ['a control character lost', 'a\u0000b', 'ab'],
    ['100 emoji', '🔥'.repeat(100), ':fire:'.repeat(100)],
    ['a skin tone of nobody', 'a 🏽 b', 'a :skin-tone-4: b'],
    ['a skin tone of what has none', '🔥🏽 b', ':fire::skin-tone-4: b'],
  ])('%s', (_, filled, said) => {
    expect(isEdited(filled, said)).toBe(false);
  });

  test.each(Object.entries(hostile))('%s', (_, words) => {
    expect(isEdited(words, asSlackSends(words))).toBe(false);
  });
});

describe('what a person changed', () => {
  test.each([
    ['one letter', text, text.replace('down', 'town')],
    ['a word between colons', text, text.replace('auth', 'db')],
    ['a time', text, text.replace('12:30:45', '12:31:45')],
    ['one emoji for another', '🔥', '🌊'],
    ['an emoji less', '🔥🔥', ':fire:'],
    ['all of it', text, ''],
    ['a cut that was made whole', 'the first …', 'the first and the last'],
    ['a dot', 'a.b', 'axb'],
    // Tried in all ways that it can be read in, it would not end.
    ['a row of emoji', '👩🏽'.repeat(400), `${':a::skin-tone-2:'.repeat(300)}x`],
  ])('%s', (_, filled, said) => {
    expect(isEdited(filled, said)).toBe(true);
  });

  test('fuzz: one character more, anywhere in 300 texts', () => {
    const next = random(7);
    for (let n = 0; n < 300; n++) {
      const words = hostileText(next);
      const at = Math.floor(next() * (words.length + 1));
      expect(isEdited(words, asSlackSends(words))).toBe(false);
      expect(isEdited(words, `${words.slice(0, at)}Q${words.slice(at)}`)).toBe(true);
    }
  });
});
