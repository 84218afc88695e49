import { expect, test } from 'vitest';
import { fromSlack, mentioned } from './text-in.ts';

const nameOf = (user: string): Promise<string> => Promise.resolve(`name of ${user}`);

test.each([
  ['plain', 'plain'],
  ['a &lt;b&gt; &amp; c', 'a <b> & c'],
  ['ask <@U1> and <@U2|bo>', 'ask @name of U1 and @bo'],
  ['see <#C1|general> or <#C2>', 'see #general or #C2'],
  ['<https://example.com/a?b=1&amp;c=2>', 'https://example.com/a?b=1&c=2'],
  ['<https://example.com|the page>', 'the page (https://example.com)'],
  ['<http://example.com|example.com>', 'http://example.com'],
  ['<mailto:a@b.example|a@b.example>', 'a@b.example'],
  ['<!channel> <!subteam^S1|@sre> <!here|here>', '@channel @sre here'],
  ['an open < bracket', 'an open < bracket'],
  ['*bold* `code`', '*bold* `code`'],
])('%s', async (text, plain) => {
  expect(await fromSlack(text, nameOf)).toBe(plain);
});

test.each([
  ['commander <@U024BE7LH|bo>', 'U024BE7LH'],
  ['<@W024BE7LH>', 'W024BE7LH'],
  ['<@U1> and <@U2>', 'U1'],
  ['@bo', undefined],
])('%s mentions %s', (text, user) => {
  expect(mentioned(text)).toBe(user);
});
