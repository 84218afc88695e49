import { expect, test } from 'vitest';
import { mailKey, uniqueMails } from './mail.ts';

test.each([
  ['Zoe@Example.com', 'zoe@example.com'],
  [' zoe@EXAMPLE.com ', 'zoe@example.com'],
  ['ZOË@example.com', 'zoë@example.com'],
])('%s is compared as %s', (mail, key) => {
  expect(mailKey(mail)).toBe(key);
});

test('one of each mailbox, as it was written first', () => {
  expect(uniqueMails(['Zoe@Example.com', 'bo@example.com', 'zoe@example.com', 'BO@example.com'])).toEqual([
    'Zoe@Example.com',
    'bo@example.com',
  ]);
});
