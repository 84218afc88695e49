import { createServer, type Server, type ServerResponse } from 'node:http';
import { gzipSync } from 'node:zlib';
import { afterEach, describe, expect, it } from 'vitest';
import { FakeClock } from '../../../test/builders/fake-clock.ts';
import { failureOf, mayNotGo } from '../../../test/conformance/calls.ts';
import { listen, stop as stopServer } from '../../../test/emulators/listen.ts';
import { seconds } from '../../runtime/clock.ts';
import { http, responseOf } from './http.ts';

const open: { close(): void | Promise<void> }[] = [];
afterEach(async () => {
  for (const each of open.splice(0)) await each.close();
});

async function serve(handle: (response: ServerResponse) => void, largest?: number) {
  const received: string[] = [];
  const server: Server = createServer((request, response) => {
    received.push(request.url ?? '');
    handle(response);
  });
  const url = await listen(server);
  const clock = new FakeClock();
  const out = http(clock, largest);
  open.push(out, { close: () => stopServer(server) });
  return { url, clock, out, received };
}

describe('a request', () => {
  it('leaves in the tick of go, which is before anything is awaited', async () => {
    const { url, out, received } = await serve((response) => response.end('{}'));
    let gone = false;
    const sent = out.send(url, {}, { go: () => (gone = true) });
    expect(gone).toBe(true);
    expect(await sent).toMatchObject({ status: 200, text: '{}' });
    expect(received).toHaveLength(1);
  });

  it('does not leave when go throws', async () => {
    const { url, out, received } = await serve((response) => response.end());
    expect(String(await failureOf(out.send(url, {}, { go: mayNotGo })))).toContain('another process leads');
    expect(received).toEqual([]);
  });

  it('follows no redirect', async () => {
    const { url, out, received } = await serve((response) => response.writeHead(302, { location: '/other' }).end());
    expect(await out.send(url, {})).toMatchObject({ status: 302 });
    expect(received).toEqual(['/']);
  });
});

describe('the time limit', () => {
  it.each(['first byte', 'last byte'])('ends an answer whose %s does not come', async (part) => {
    const { url, out, clock } = await serve((response) => {
      if (part === 'last byte') response.writeHead(200).write('{');
    });
    const heads: number[] = [];
    const failure = failureOf(out.send(url, {}, { timeout: seconds(10), onHead: ({ status }) => heads.push(status) }));
    await expect.poll(() => heads).toEqual(part === 'last byte' ? [200] : []);
    await clock.advance(seconds(10));
    expect(String(await failure)).toContain('no answer in time');
    expect(clock.pending).toBe(0);
  });

  it('is given back with the answer', async () => {
    const { url, out, clock } = await serve((response) => response.end('{}'));
    await out.send(url, {}, { timeout: seconds(10) });
    expect(clock.pending).toBe(0);
  });

  it('stands beside the caller’s own signal', async () => {
    const { url, out } = await serve(() => {});
    const stop = new AbortController();
    const failure = failureOf(out.send(url, { signal: stop.signal }, { timeout: seconds(10) }));
    stop.abort(new Error('stopped'));
    expect(String(await failure)).toContain('stopped');
  });
});

describe('an answer', () => {
  it('is refused when it is larger than it may be', async () => {
    const { url, out } = await serve((response) => response.end('x'.repeat(101)), 100);
    expect(String(await failureOf(out.send(url, {})))).toContain('larger than 100 bytes');
  });

  it('of just that size is whole', async () => {
    const { url, out } = await serve((response) => response.end('x'.repeat(100)), 100);
    expect((await out.send(url, {})).text).toHaveLength(100);
  });

  it('tells status and headers although its body is cut', async () => {
    const { url, out } = await serve((response) => {
      response.writeHead(429, { 'retry-after': '7', 'content-length': '10' });
      response.write('{');
      setImmediate(() => response.destroy());
    });
    const heads: unknown[] = [];
    const onHead = ({ status, headers }: { status: number; headers: { get(name: string): string | null } }) =>
      heads.push([status, headers.get('retry-after')]);
    expect(await failureOf(out.send(url, {}, { onHead }))).toBeInstanceOf(Error);
    expect(heads).toEqual([[429, '7']]);
  });

  it('is decoded, and says so to whoever takes it for a Response', async () => {
    const { url, out } = await serve((response) =>
      response.writeHead(200, { 'content-encoding': 'gzip' }).end(gzipSync('{"ok":"ü"}')),
    );
    const response = responseOf(await out.send(url, {}));
    expect([response.headers.get('content-encoding'), await response.json()]).toEqual([null, { ok: 'ü' }]);
  });

  it('of 204 has no body', async () => {
    const { url, out } = await serve((response) => response.writeHead(204).end());
    expect(responseOf(await out.send(url, {})).body).toBeNull();
  });
});
