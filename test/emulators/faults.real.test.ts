import { createServer } from 'node:http';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { type Act, type FaultProxy, startFaultProxy } from './faults.ts';

let seen: string[] = [];
const server = createServer((request, response) => {
  let body = '';
  request.on('data', (chunk: Buffer) => (body += chunk.toString()));
  request.on('end', () => {
    seen.push(`${request.method} ${request.url} ${body}`);
    response.writeHead(201, { 'content-type': 'text/plain', 'x-kept': 'yes' }).end(`hello ${request.url}`);
  });
});
let proxy: FaultProxy;

beforeAll(async () => {
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  proxy = await startFaultProxy(`http://127.0.0.1:${address.port}`, { name: 'test' });
});
afterEach(() => {
  proxy.clear();
  proxy.calls.length = 0;
  seen = [];
});
afterAll(async () => {
  await proxy.close();
  server.close();
});

const get = async (path = '/a'): Promise<string> => {
  const response = await fetch(proxy.url + path);
  return `${response.status} ${await response.text()}`;
};
const outcome = (path?: string): Promise<string> => get(path).catch(() => 'broken');

const diced = async (): Promise<string> => {
  const rule = proxy.rule({ act: 500, probability: 0.5, seed: 7 });
  const answers = [];
  for (let n = 0; n < 20; n++) answers.push((await get()).slice(0, 3));
  rule.remove();
  return answers.join(' ');
};

describe('the fault proxy', () => {
  it('passes on as it is, and counts', async () => {
    const response = await fetch(`${proxy.url}/a?b=c`, { method: 'PUT', body: 'data' });
    expect([response.status, response.headers.get('x-kept'), await response.text()]).toEqual([
      201,
      'yes',
      'hello /a?b=c',
    ]);
    expect(seen).toEqual(['PUT /a?b=c data']);
    expect(proxy.calls).toMatchObject([{ method: 'PUT', path: '/a?b=c', body: 'data', status: 201 }]);
  });

  it.each<[Act, string, number]>([
    ['dropBefore', 'broken', 0],
    ['reset', 'broken', 0],
    ['dropAfter', 'broken', 1],
    ['cutBody', 'broken', 1],
    ['html200', '200 <html><title>Sorry</title></html>', 1],
    ['double', '201 hello /a', 2],
    ['delay', '201 hello /a', 1],
    ['delayAnswer', '201 hello /a', 1],
    [500, '500 status 500', 0],
    ['503After', '503 status 503', 1],
    ['answer', '200 words', 0],
    ['answerAfter', '200 words', 1],
  ])('%s', async (act, answer, reached) => {
    const rule = proxy.rule({ act, ...(String(act).startsWith('answer') ? { body: 'words' } : {}), times: 1 });
    expect(await outcome()).toBe(answer);
    expect(seen).toHaveLength(reached);
    expect(rule.hits).toBe(1);
    expect(proxy.calls).toMatchObject([{ fault: act }]);
    expect(await outcome()).toBe('201 hello /a');
  });

  it('429 with and without a time', async () => {
    proxy.rule({ act: 429, retryAfter: 7, times: 1 });
    proxy.rule({ act: 429, retryAfter: null });
    expect((await fetch(proxy.url)).headers.get('retry-after')).toBe('7');
    expect((await fetch(proxy.url)).headers.get('retry-after')).toBeNull();
  });

  it('lets a held call land when released, after its sender is gone', async () => {
    const rule = proxy.rule({ act: 'hold', times: 1 });
    const stop = new AbortController();
    const sent = fetch(proxy.url, { signal: stop.signal }).catch(() => 'stopped');
    await rule.hit();
    stop.abort();
    expect(await sent).toBe('stopped');
    expect(seen).toEqual([]);
    rule.release();
    await expect.poll(() => seen).toEqual(['GET / ']);
  });

  it('holds an answer', async () => {
    const rule = proxy.rule({ act: 'holdAnswer' });
    const sent = get();
    await rule.hit();
    await expect.poll(() => seen).toHaveLength(1);
    rule.release();
    expect(await sent).toBe('201 hello /a');
  });

  it('acts where and when the rule says', async () => {
    proxy.rule({ act: 500, path: '/b', method: 'GET', nth: 2 });
    proxy.rule({ act: 400, path: /c$/, when: ({ headers }) => headers['x-bad'] === undefined });
    expect([await get('/a'), await get('/b'), await get('/b'), await get('/b'), await get('/c')]).toEqual([
      '201 hello /a',
      '201 hello /b',
      '500 status 500',
      '201 hello /b',
      '400 status 400',
    ]);
  });

  it('throws the same dice for the same seed', async () => {
    const first = await diced();
    expect(first).toContain('500');
    expect(first).toContain('201');
    expect(await diced()).toBe(first);
  });

  it('answers 502 when the target is gone', async () => {
    const lost = await startFaultProxy(() => Promise.reject(new Error('away')), { name: 'lost' });
    const response = await fetch(lost.url);
    expect([response.status, await response.text()]).toEqual([502, 'lost: Error: away']);
    await lost.close();
  });
});
