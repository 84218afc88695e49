import { expect, it } from 'vitest';
import { FakeClock } from '../../test/builders/fake-clock.ts';
import { minutes } from '../runtime/clock.ts';
import type { Reads } from './kit/vendor.ts';
import { Names } from './names.ts';

const { signal } = new AbortController();
const zoe = 'zoe@streamo.example';
const mailto = (asked: string[], name?: string): Reads => ({
  person: (mail) => (asked.push(mail), Promise.resolve(name)),
});

it('are as the first says that knows the person, and remembered for ten minutes', async () => {
  const clock = new FakeClock();
  const names = new Names(clock);
  const asked: string[] = [];
  const readers = [mailto(asked), {}, mailto(asked, 'Zoe Miller'), mailto(asked, 'Another')];
  expect((await names.of([zoe], readers, signal))(zoe)).toBe('Zoe Miller');
  expect((await names.of(['Zoe@Streamo.Example'], readers, signal))('Zoe@Streamo.Example')).toBe('Zoe Miller');
  expect(asked).toHaveLength(2);
  await clock.advance(minutes(11));
  await names.of([zoe], readers, signal);
  expect(asked).toHaveLength(4);
});

it('stay as written for whom nobody knows, who has no address, and where nobody answers', async () => {
  const names = new Names(new FakeClock());
  const away: Reads = { person: () => Promise.reject(new Error('away')) };
  const nameOf = await names.of([zoe, 'the night shift'], [away, mailto([])], signal);
  expect([nameOf(zoe), nameOf('the night shift')]).toEqual([zoe, 'the night shift']);
});
