import { createHmac } from 'node:crypto';
import { createServer } from 'node:http';
import { request as send } from 'node:http';
import { afterEach, describe, expect, it } from 'vitest';
import { FakeClock } from '../../../test/builders/fake-clock.ts';
import { listen, stop } from '../../../test/emulators/listen.ts';
import { minutes, seconds } from '../../runtime/clock.ts';
import { rawBody, signatures, type Signed } from './webhook.ts';

const signed = (clock: FakeClock, secret: string, body: string, more: Partial<Signed> = {}): Signed => ({
  mac: createHmac('sha256', secret).update(body).digest('hex'),
  at: clock.now(),
  content: [Buffer.from(body)],
  ...more,
});

describe('a signature', () => {
  it.each<[string, readonly string[], string, Partial<Signed>, string]>([
    ['of the secret', ['new'], 'new', {}, 'genuine'],
    ['of the secret that is being exchanged', ['new', 'old'], 'old', {}, 'genuine'],
    ['of another secret', ['new', 'old'], 'other', {}, 'forged'],
    ['over another body', ['new'], 'new', { content: ['c'] }, 'forged'],
    ['over the same body in pieces', ['new'], 'new', { content: ['a', Buffer.from('b')] }, 'genuine'],
    ['that is cut', ['new'], 'new', { mac: '00ff' }, 'forged'],
    ['where there is no secret', [], 'new', {}, 'forged'],
  ])('%s', (_, secrets, secret, more, is) => {
    const clock = new FakeClock();
    expect(signatures(secrets, clock, minutes(5)).check(signed(clock, secret, 'ab', more))).toBe(is);
  });

  it.each([
    [minutes(5), 'genuine'],
    [-minutes(5), 'genuine'],
    [minutes(5) + 1, 'stale'],
    [-minutes(5) - 1, 'stale'],
  ])('made %d ms away is %s', (offset, is) => {
    const clock = new FakeClock();
    const judge = signatures(['s'], clock, minutes(5));
    const at = clock.now() + offset;
    expect([judge.check(signed(clock, 's', 'ab', { at })), judge.isStale(at)]).toEqual([is, is === 'stale']);
  });

  it('is a replay as long as it would be fresh, unless it was not answered as done', async () => {
    const clock = new FakeClock();
    const judge = signatures(['s'], clock, minutes(5));
    const one = signed(clock, 's', 'ab', { at: clock.now() + minutes(5) });
    expect([judge.check(one), judge.check(one)]).toEqual(['genuine', 'replayed']);
    await clock.advance(minutes(10) - 1);
    expect(judge.check(one)).toBe('replayed');
    judge.forget(one.mac);
    expect(judge.check(one)).toBe('genuine');
  });
});

describe('a body', () => {
  const open: (() => Promise<void>)[] = [];
  afterEach(async () => {
    for (const close of open.splice(0)) await close();
  });

  /** What rawBody makes of a request with these chunks; it is not ended where `cut`. */
  async function received(chunks: readonly string[], { length, cut = false }: { length?: number; cut?: boolean } = {}) {
    const clock = new FakeClock();
    const { promise, resolve } = Promise.withResolvers<{ body: Promise<Buffer | undefined> }>();
    const server = createServer((request, response) => {
      const body = rawBody(request, clock, { largest: 10, timeout: seconds(5) });
      resolve({ body });
      void body.finally(() => response.end()).catch(() => undefined);
    });
    const url = await listen(server);
    open.push(() => stop(server));
    const out = send(url, {
      method: 'POST',
      ...(length === undefined ? {} : { headers: { 'content-length': length } }),
    });
    out.on('error', () => undefined);
    out.flushHeaders();
    for (const chunk of chunks) out.write(chunk);
    if (!cut) out.end();
    const { body } = await promise;
    return { body, clock };
  }

  it('is whole', async () => {
    expect(String(await (await received(['abc', 'de'])).body)).toBe('abcde');
  });

  it('of the largest size is whole', async () => {
    expect(String(await (await received(['0123456789'])).body)).toBe('0123456789');
  });

  it('that is too large is not read to its end', async () => {
    expect(await (await received(['01234567890'], { cut: true })).body).toBeUndefined();
  });

  it('that says it is too large is not read at all', async () => {
    expect(await (await received([], { length: 11, cut: true })).body).toBeUndefined();
  });

  it('that does not come in time throws', async () => {
    const { body, clock } = await received(['a'], { cut: true });
    const failure = body.catch(String);
    await clock.advance(seconds(5));
    expect(await failure).toContain('did not come in time');
  });
});
