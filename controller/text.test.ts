import { describe, expect, test } from 'vitest';
import { liveInGfm, parseGfm } from '../test/builders/gfm.ts';
import { hostile } from '../test/builders/hostile.ts';
import { markdown, markdownInline, markdownLink, markdownQuote, plainTitle } from './document/markdown.ts';
import { slackLink, slackPlain, slackText } from './integrations/slack/text.ts';
import { clean, cut, joinWithin, oneLine, redact, webUrl } from './text.ts';

const of = (name: string): string => hostile[name] ?? expect.unreachable(name);

describe('cleaning', () => {
  test('control characters, direction overrides and lone surrogates go; the rest stays', () => {
    expect(clean(of('controls'))).toBe('bell null escape[31m lines\nand\nmore\nthere');
    expect(clean(of('rightToLeft'))).toBe('تعطل تسجيل الدخول gnp.exe isolate שלום');
    expect(clean(of('emoji'))).toBe(of('emoji'));
    expect(clean(of('loneSurrogate'))).toBe('half \uFFFD of an emoji');
    expect(oneLine(' a \n\n b\t c ')).toBe('a b c');
  });

  test('credentials of known shapes are taken out, prose about them stays', () => {
    expect(redact(of('secrets'))).toBe('password=[redacted] token: [redacted] [redacted] [redacted]');
    expect(redact('https://user:pass1@db.example/x')).toBe('https://[redacted]@db.example/x');
    expect(redact('https://token@db.example/x, http://a:p@ss@b.example')).toBe(
      'https://[redacted]@db.example/x, http://[redacted]@b.example',
    );
    expect(redact('https:///user:pass1@db.example')).toBe('https:///[redacted]@db.example');
    expect(redact('postgres://u:p@ss@db/x and ssh://git@host/x')).toBe(
      'postgres://[redacted]@db/x and ssh://git@host/x',
    );
    const addresses = 'https://a.example/@zoe <https://a.example>,<zoe@b.example> https://a.example?to=zoe@b.example';
    expect(redact(addresses)).toBe(addresses);
    expect(redact('-----BEGIN RSA PRIVATE KEY-----\nMIIE\n-----END RSA PRIVATE KEY-----\nafter')).toBe(
      '[redacted]\nafter',
    );
    for (const prose of ['Password: expired for all users', 'the token: it was revoked', 'secret = unknown'])
      expect(redact(prose)).toBe(prose);
  });

  test('a cut falls between characters as people see them, and says so', () => {
    expect(cut('short', 5)).toBe('short');
    expect(cut('a longer text', 9)).toBe('a longer…');
    expect(cut('👩🏽‍🚒👩🏽‍🚒👩🏽‍🚒', 16)).toBe('👩🏽‍🚒👩🏽‍🚒…');
    for (const most of [1, 2, 10, 100, 3_000])
      for (const text of Object.values(hostile)) expect(cut(text, most).length).toBeLessThanOrEqual(most);
  });

  test('what does not fit is counted', () => {
    expect(joinWithin(['aa', 'bb', 'cc'], ', ', 10)).toBe('aa, bb, cc');
    expect(joinWithin(['aaaa', 'bbbb', 'cccc', 'dddd'], ', ', 20)).toBe('aaaa, … and 3 more');
    expect(joinWithin(['aaaaaaaaaaaaaaaaaaaaaaaaaaaa'], ', ', 20)).toBe('… and 1 more');
  });
});

describe('Slack', () => {
  test('nothing of the writer comes alive', () => {
    expect(slackText('<!channel> a & b <@U1>')).toBe('&lt;!channel&gt; a &amp; b &lt;@U1&gt;');
    expect(slackText('@channel @Here')).toBe('@\u200Bchannel @\u200BHere');
    expect(slackPlain('p99 < 200ms <!here>')).toBe('p99 ‹ 200ms ‹!here›');
  });

  test('a long text is cut with escapes counted, and a link to the whole', () => {
    const shown = slackText('<'.repeat(3_000), 100, 'https://github.com/streamo/incidents/issues/12?a=1&b=2');
    expect(shown.length).toBeLessThanOrEqual(100);
    expect(shown).toMatch(/^(&lt;)+… <https:\/\/github\.com\/streamo\/incidents\/issues\/12\?a=1&amp;b=2\|more>$/);
    expect(slackText('x'.repeat(200), 100, 'javascript:alert(1)')).toMatch(/^x{99}…$/);
    expect(slackText('x'.repeat(200), 100, 'all of it is in <a/b>')).toMatch(/^x+… \(all of it is in &lt;a\/b&gt;\)$/);
    expect(slackText('Done:\n- one\n- two')).toBe('Done:\n- one\n- two');
  });

  test('a link leads where it says, or is no link', () => {
    expect(slackLink('https://a.example/?x=1&y=a|b>c', 'A|B > C')).toBe(
      '<https://a.example/?x=1&amp;y=a%7Cb%3Ec|A¦B &gt; C>',
    );
    expect(slackLink('javascript:alert(1)', 'click <!here>')).toBe('click &lt;!here&gt;');
    expect(slackLink('https://bank.example@evil.example/', 'bank')).toBe('bank');
    expect(webUrl(`https://a.example/${'x'.repeat(2_000)}`)).toBeUndefined();
    expect(slackLink('https://a.example/', '\u200b')).toBe('<https://a.example/|a.example>');
  });
});

describe('Markdown', () => {
  test.each([
    ['pipes', String.raw`a \| b \|\| c \\\| d`],
    ['backticks', '\\`\\` \\`\\`\\` \\` code \\`\\`\\` / fence / \\`\\`\\`'],
    ['html', String.raw`\</table>\<script>alert(1)\</script>\<a id="t01">\</a>\<!-- x -->`],
    [
      'markdownLink',
      String.raw`\[click\](javascript:alert(1)) \](javascript:alert(1)) !\[x\](http:&#8203;//evil.example/x.png)`,
    ],
    ['entities', '&amp;lt;!channel&amp;gt; &amp;#64;channel &amp;amp;amp;'],
    [
      'autolinks',
      String.raw`http:&#8203;//evil.example www&#8203;.evil.example ftp:&#8203;//evil.example https:&#8203;//\[redacted\]@evil.example/ <https://ok.example/a_b>`,
    ],
  ])('%s', (name, shown) => {
    expect(markdown(of(name))).toBe(shown);
  });

  test('in a post no person, ticket or address is reached', () => {
    expect(markdown(of('closing'), { post: true })).toBe(
      'fixes #&#8203;1, closes streamo/incidents#&#8203;2, resolves GH-&#8203;3, fixes `https://github.com/streamo/incidents/issues/4`',
    );
    expect(markdown(of('mentions'), { post: true })).toBe('@&#8203;octocat and @&#8203;streamo/team, a@b.example');
    expect(plainTitle('fixes #1 for @octocat')).toBe('fixes #\u200B1 for @\u200Boctocat');
  });

  test.each<[string, string, string]>([
    ['lines', 'one\ntwo', '> one\\\n> two'],
    ['paragraphs', 'one\n\n\ntwo', '> one\n>\n> two'],
    ['a list', 'Done:\n- one\n- two\nThen it was over.', '> Done:\n>\n> - one\n> - two\n>\n> Then it was over.'],
    ['a list within a list', '  * one\n\t+ two\n  * three', '> * one\n>   + two\n> * three'],
    ['an item of two lines', '- one\n  more\n- two', '> - one\\\n>   more\n> - two'],
    ['numbers that count on', '1. one\n2. two', '> 1. one\n> 2. two'],
    ['numbers that do not, which Markdown would change', '1. one\n1. two', '> 1. one\n>\n> 1\\. two'],
    [
      'nothing else',
      of('headings'),
      '> \\# one\\\n> \\## two\n>\n> - three\n> 1. four\n>\n> \\> five\\\n> \\===\n>\n> + six',
    ],
    ['no rule or table', 'a\n---\n:-\n- - -', '> a\\\n> \\---\\\n> \\:-\n>\n> - \\- -'],
  ])('a quotation keeps %s', (_, text, shown) => {
    expect(markdownQuote(text)).toBe(shown);
  });

  test('in a post, which keeps lines by itself, no line ends with a sign', () => {
    expect(markdownQuote('one\ntwo @octocat', { post: true })).toBe('> one\n> two @&#8203;octocat');
  });

  test('a quotation within a line ends where it ends', () => {
    expect(markdownInline('say "stop"\nnow')).toBe(String.raw`"say \"stop\" / now"`);
  });

  test('an address in the middle of a word takes no escape with it', () => {
    for (const text of ['_http://a.example<b>', 'éhttps://x@a.example<b>', '9ftp://a<b>', 'xwww.a.example<b>'])
      expect(liveInGfm(parseGfm(markdown(text)))).toEqual([]);
    expect(markdown('https://bank.example@evil.example')).toBe('https:&#8203;//\\[redacted\\]@evil.example');
  });

  test('words with underscores read as they were written', () => {
    expect(markdown('app_fx/build_repair _not_ italic')).toBe(String.raw`app_fx/build_repair \_not\_ italic`);
  });

  test('a link leads where it says, or is no link', () => {
    expect(markdownLink('https://a.example/x(y) z', 'a ] b')).toBe(
      String.raw`[a \] b](https://a.example/x%28y%29%20z)`,
    );
    expect(markdownLink('javascript:alert(1)', 'click')).toBe('click');
    expect(markdownLink('https://a.example/', '\u3164')).toBe('[a.example](https://a.example/)');
  });
});
