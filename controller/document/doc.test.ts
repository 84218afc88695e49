import { describe, expect, test } from 'vitest';
import { hostile } from '../../test/builders/hostile.ts';
import { peopleInLines, withPeople } from './doc.ts';

describe('a sentence with people in it', () => {
  test.each<[string, ReturnType<typeof withPeople>]>([
    ['nobody here', ['nobody here']],
    ['', []],
    ['by zoe@streamo.example', ['by ', { person: 'zoe@streamo.example' }]],
    [
      'not invited: a@x.example, b@y.example (unknown).',
      ['not invited: ', { person: 'a@x.example' }, ', ', { person: 'b@y.example' }, ' (unknown).'],
    ],
    ['ask zoe@streamo.example.', ['ask ', { person: 'zoe@streamo.example' }, '.']],
  ])('%s', (sentence, line) => {
    expect(withPeople(sentence)).toEqual(line);
  });

  test.each([
    'cannot reach https://bot:hunter2@git.example/x',
    'password: hunter2@pw.example',
    'https://hunter2@git.example.org/x is away',
    `${hostile['secrets'] ?? ''} ask zoe@streamo.example`,
  ])('holds no credentials: %s', (sentence) => {
    const line = withPeople(sentence);
    expect(JSON.stringify(line)).not.toMatch(/hunter2|ghp_a|xoxb-1|AKIAIOS/);
    expect(peopleInLines([line]).filter((person) => person !== 'zoe@streamo.example')).toEqual([]);
  });
});
