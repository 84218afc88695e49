import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { createServer as createTcpServer, type Socket } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { FakeClock } from '../../test/builders/fake-clock.ts';
import { failureOf } from '../../test/conformance/calls.ts';
import { deadAddress } from '../../test/emulators/listen.ts';
import type { Endpoint } from './kube-endpoint.ts';
import { KubeError, KubeUnreachable } from './kube-errors.ts';
import type { Requested } from './kube-transport.ts';
import { KubeClient } from './kube.ts';

const ended: (() => unknown)[] = [];
afterEach(async () => {
  for (const end of ended.splice(0).toReversed()) await end();
});

/** Longest that a call may take. */
const timeout = 200;

/** A client of a server that answers as the test wants. Its time passes only when the test says so. */
async function aClient(
  answer: (request: IncomingMessage, response: ServerResponse) => void,
  { onRequest, ...endpoint }: Partial<Endpoint> & { readonly onRequest?: () => void } = {},
) {
  const server = createServer(answer).listen(0, '127.0.0.1');
  await once(server, 'listening');
  ended.push(
    () => server.close(),
    () => server.closeAllConnections(),
  );
  const address = server.address();
  const port = typeof address === 'object' && address ? address.port : 0;
  const requests: Requested[] = [];
  const dates: unknown[][] = [];
  const clock = new FakeClock();
  const client = new KubeClient({
    clock,
    endpoint: {
      server: `http://127.0.0.1:${port}/prefix/`,
      namespace: undefined,
      credentials: async () => ({ headers: {}, tls: {} }),
      ...endpoint,
    },
    fieldManager: 'tester',
    userAgent: 'tests',
    timeout,
    onRequest: (request) => {
      requests.push(request);
      onRequest?.();
    },
    onDate: (...heard) => void dates.push(heard),
  });
  ended.push(() => client.close());
  return { client, clock, server, requests, dates };
}

const json = (response: ServerResponse, status: number, body: unknown): void => {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
};
const things = { group: 'example.dev', version: 'v1', plural: 'things' };
const object = { metadata: { name: 'a', namespace: 'ns' } };

const page = (items: unknown[], next?: string) => ({
  kind: 'ThingList',
  apiVersion: 'example.dev/v1',
  metadata: { resourceVersion: '9', continue: next },
  items,
});

const line = (name: string) => `${JSON.stringify({ type: 'ADDED', object: { metadata: { name } } })}\n`;

describe('a request', () => {
  it('goes where the resource is, below the path of the server', async () => {
    const seen: (string | undefined)[] = [];
    const { client } = await aClient((request, response) => {
      seen.push(`${request.method} ${request.url}`);
      json(response, 200, {
        items: [],
        metadata: { resourceVersion: '1' },
        kind: 'ThingList',
        apiVersion: 'example.dev/v1',
      });
    });
    const namespace = 'ns';
    await client.get(things, 'a', { namespace });
    await client.list(things, { labelSelector: 'a=b,c' });
    await client.get({ group: '', version: 'v1', plural: 'namespaces', namespaced: false }, 'x');
    await client.create(things, object);
    await client.patch(things, 'a', {}, { namespace, type: 'apply', subresource: 'status', force: true, dryRun: true });
    expect(seen).toEqual([
      'GET /prefix/apis/example.dev/v1/namespaces/ns/things/a',
      'GET /prefix/apis/example.dev/v1/things?limit=500&labelSelector=a%3Db%2Cc',
      'GET /prefix/api/v1/namespaces/x',
      'POST /prefix/apis/example.dev/v1/namespaces/ns/things?fieldValidation=Strict&fieldManager=tester',
      'PATCH /prefix/apis/example.dev/v1/namespaces/ns/things/a/status?fieldValidation=Strict&fieldManager=tester&dryRun=All&force=true',
    ]);
  });

  it('carries the type of its patch, the credentials and what was asked for', async () => {
    const seen: unknown[] = [];
    const { client } = await aClient(
      ({ headers }, response) => {
        seen.push([headers['content-type'], headers.authorization, headers['user-agent'], headers['impersonate-user']]);
        json(response, 200, object);
      },
      { credentials: async () => ({ headers: { authorization: 'Bearer t' }, tls: {} }) },
    );
    const namespace = 'ns';
    const headers = { 'impersonate-user': 'rosa' };
    for (const type of ['merge', 'json', 'apply'] as const)
      await client.patch(things, 'a', [], { namespace, type, headers });
    expect(seen).toEqual(
      ['merge-patch+json', 'json-patch+json', 'apply-patch+yaml'].map((t) => [
        `application/${t}`,
        'Bearer t',
        'tests',
        'rosa',
      ]),
    );
  });

  it('without a name or a namespace is a bug, not a request to a wider place', async () => {
    const { client, requests } = await aClient(() => {});
    await expect(client.get(things, '', { namespace: 'ns' })).rejects.toThrow(TypeError);
    await expect(client.get(things, 'a')).rejects.toThrow(TypeError);
    await expect(client.delete(things, '', { namespace: 'ns' })).rejects.toThrow(TypeError);
    await expect(client.create(things, { metadata: { name: 'a' } })).rejects.toThrow(TypeError);
    expect(requests).toEqual([]);
  });

  it('is counted with its outcome', async () => {
    const answers = [200, 404];
    const { client, clock, requests } = await aClient((_, response) => {
      clock.tick(70);
      json(response, answers.shift() ?? 500, object);
    });
    await client.get(things, 'a', { namespace: 'ns' });
    expect(await client.find(things, 'a', { namespace: 'ns' })).toBeUndefined();
    const patching = client.patch(things, 'a', {}, { namespace: 'ns', type: 'merge', subresource: 'status' });
    await expect(patching).rejects.toMatchObject({ status: 500, ambiguous: true });
    expect(requests.map(({ verb, resource, code }) => `${verb} ${resource} ${code}`)).toEqual([
      'get things 200',
      'get things 404',
      'patch things/status 500',
    ]);
    expect(requests.map(({ duration }) => duration)).toEqual([70, 70, 70]);
  });
});

describe('credentials that are refused', () => {
  it('are fetched afresh once, and the request is made again', async () => {
    const asked: boolean[] = [];
    const credentials = async (fresh: boolean) => {
      asked.push(fresh);
      return { headers: { authorization: fresh ? 'new' : 'old' }, tls: {} };
    };
    const { client } = await aClient(
      ({ headers }, response) => json(response, headers.authorization === 'new' ? 200 : 401, object),
      { credentials },
    );
    expect(await client.get(things, 'a', { namespace: 'ns' })).toEqual(object);
    expect(asked).toEqual([false, true]);
  });

  it('again are an error', async () => {
    let count = 0;
    const { client } = await aClient((_, response) => {
      count++;
      json(response, 401, { kind: 'Status', code: 401, reason: 'Unauthorized', message: 'Unauthorized' });
    });
    await expect(client.get(things, 'a', { namespace: 'ns' })).rejects.toMatchObject({
      status: 401,
      reason: 'Unauthorized',
    });
    expect(count).toBe(2);
  });

  it('that cannot be had mean that nothing was sent', async () => {
    const { client, requests } = await aClient(() => {}, {
      credentials: () => Promise.reject(new Error('the plugin failed')),
    });
    await expect(client.create(things, object)).rejects.toMatchObject({
      code: 'CREDENTIALS',
      neverSent: true,
      message: /the plugin failed/,
    });
    expect(requests[0]?.code).toBe('CREDENTIALS');
  });

  it('that never come are waited for no longer than anything else', async () => {
    const { client, clock } = await aClient(() => {}, { credentials: () => new Promise(() => {}) });
    const failed = failureOf(client.create(things, object));
    await clock.advance(timeout);
    expect(await failed).toMatchObject({ code: 'TIMEOUT' });
  });
});

describe('a server that is not there', () => {
  it('is known to have stored nothing', async () => {
    const { client, requests } = await aClient(() => {}, { server: deadAddress });
    const error: unknown = await client.create(things, object).catch((e: unknown) => e);
    expect(error).toBeInstanceOf(KubeUnreachable);
    expect(error).toMatchObject({ refused: true, neverSent: true });
    expect(requests[0]?.code).toBe('ECONNREFUSED');
  });
});

it('does not wait for a connection longer than for anything else', async () => {
  const mute = createTcpServer(() => {}).listen(0, '127.0.0.1');
  await once(mute, 'listening');
  ended.push(() => mute.close());
  const sockets = new Set<Socket>();
  mute.on('connection', (socket) => sockets.add(socket.on('error', () => {})));
  ended.push(() => sockets.forEach((socket) => socket.destroy()));
  const address = mute.address();
  const port = typeof address === 'object' && address ? address.port : 0;
  const { client, clock } = await aClient(() => {}, { server: `https://127.0.0.1:${port}` });
  const failed = failureOf(client.create(things, object));
  await once(mute, 'connection');
  await clock.advance(timeout);
  expect(await failed).toMatchObject({ code: 'TIMEOUT' });
});

describe('an answer', () => {
  it('that never comes ends in time, in doubt', async () => {
    const arrived = Promise.withResolvers<void>();
    const { client, clock, requests } = await aClient(() => arrived.resolve());
    const failed = failureOf(client.create(things, object));
    await arrived.promise;
    await clock.advance(timeout);
    const error: unknown = await failed;
    expect(error).toBeInstanceOf(KubeUnreachable);
    expect(error).toMatchObject({ code: 'TIMEOUT', neverSent: false, refused: false });
    expect(requests[0]).toMatchObject({ code: 'TIMEOUT' });
  });

  it('whose end never comes ends in time', async () => {
    const begun = Promise.withResolvers<void>();
    const { client, clock } = await aClient((_, response) => response.writeHead(200).write('{"metadata"'), {
      onRequest: begun.resolve,
    });
    const failed = failureOf(client.create(things, object));
    await begun.promise;
    await clock.advance(timeout);
    expect(await failed).toMatchObject({ code: 'TIMEOUT' });
  });

  it('tells the server’s date with when it was asked for, not that of a balancer in its place', async () => {
    const date = 'Mon, 15 Jun 2026 21:16:06 GMT';
    const statuses = [200, 404, 502];
    const { client, clock, dates } = await aClient((_, response) => {
      clock.tick(30);
      response.setHeader('date', date);
      json(response, statuses.shift() ?? 200, object);
    });
    clock.tick(1_000);
    for (let i = 0; i < 3; i++) await client.get(things, 'a', { namespace: 'ns' }).catch(() => undefined);
    expect(dates).toEqual([
      [date, 1_000, 1_030],
      [date, 1_030, 1_060],
    ]);
  });

  it('that is cut is in doubt', async () => {
    const { client } = await aClient((_, response) => {
      response.writeHead(200, { 'content-length': '1000' }).write('{"metadata"', () => response.destroy());
    });
    const error: unknown = await client.create(things, object).catch((e: unknown) => e);
    expect(error).toBeInstanceOf(KubeUnreachable);
    expect(error).toMatchObject({ neverSent: false });
  });

  it('that is no JSON is in doubt', async () => {
    const { client } = await aClient((_, response) => response.end('<html>'));
    await expect(client.create(things, object)).rejects.toMatchObject({ code: 'CUT', neverSent: false });
  });

  it('is not waited for once the caller has left', async () => {
    const leaving = new AbortController();
    const { signal } = leaving;
    const { client } = await aClient(() => leaving.abort());
    await expect(client.get(things, 'a', { namespace: 'ns', signal })).rejects.toMatchObject({ code: 'ABORTED' });
    await expect(client.get(things, 'a', { namespace: 'ns', signal })).rejects.toMatchObject({ code: 'ABORTED' });
  });
});

describe('a list', () => {
  it('is all its pages, each object with its kind', async () => {
    const { client, requests } = await aClient(({ url }, response) =>
      json(
        response,
        200,
        url?.includes('continue=next') ? page([{ metadata: { name: 'b' } }]) : page([object], 'next'),
      ),
    );
    const { items, resourceVersion } = await client.list(things, { limit: 1 });
    expect(items).toEqual([
      { kind: 'Thing', apiVersion: 'example.dev/v1', ...object },
      { kind: 'Thing', apiVersion: 'example.dev/v1', metadata: { name: 'b' } },
    ]);
    expect(resourceVersion).toBe('9');
    expect(requests).toHaveLength(2);
  });

  it('whose snapshot expired between pages is read again as one', async () => {
    const { client } = await aClient(({ url = '' }, response) => {
      if (url.includes('continue')) json(response, 410, { kind: 'Status', code: 410, reason: 'Expired' });
      else json(response, 200, url.includes('limit') ? page([object], 'next') : page([object, object]));
    });
    expect((await client.list(things, { limit: 1 })).items).toHaveLength(2);
  });

  it('that is too old at once is an error', async () => {
    const { client } = await aClient((_, response) => json(response, 410, { kind: 'Status', code: 410 }));
    await expect(client.list(things)).rejects.toThrow(KubeError);
  });
});

describe('a watch', () => {
  it('that falls silent is broken off, though the connection stands', async () => {
    const { client, clock } = await aClient((_, response) => response.writeHead(200).write(line('a')));
    const watch = client.watch(things, { idle: 100 });
    expect((await watch.next()).value).toMatchObject({ object: { metadata: { name: 'a' } } });
    let over = false;
    const failed = failureOf(watch.next().finally(() => (over = true)));
    await clock.advance(99);
    expect(over).toBe(false);
    await clock.advance(1);
    expect(await failed).toMatchObject({ code: 'TIMEOUT' });
  });

  it('lasts longer than a call while events come', async () => {
    const answered = Promise.withResolvers<ServerResponse>();
    const { client, clock } = await aClient((_, response) => answered.resolve(response.writeHead(200)));
    const watch = client.watch(things, { idle: timeout });
    let next = watch.next();
    const response = await answered.promise;
    for (let n = 0; n < 8; n++) {
      response.write(line(`${n}`));
      expect((await next).value).toMatchObject({ object: { metadata: { name: `${n}` } } });
      next = watch.next();
      await clock.advance(timeout - 1);
    }
    response.end();
    expect(await next).toMatchObject({ done: true });
  });

  it('may begin with a silence longer than a call', async () => {
    const answered = Promise.withResolvers<ServerResponse>();
    const stands = Promise.withResolvers<void>();
    const { client, clock } = await aClient((_, response) => {
      response.writeHead(200).flushHeaders();
      answered.resolve(response);
    });
    const events = Array.fromAsync(client.watch(things, { idle: 5_000, opened: stands.resolve }));
    await stands.promise;
    await clock.advance(2 * timeout);
    (await answered.promise).end(line('a'));
    expect(await events).toHaveLength(1);
  });

  it('tells when it stands, before any event', async () => {
    const { client } = await aClient((_, response) => response.writeHead(200).flushHeaders());
    const abort = new AbortController();
    await Array.fromAsync(client.watch(things, { signal: abort.signal, opened: () => abort.abort() }));
    expect(abort.signal.aborted).toBe(true);
  });

  it('that is left closes its connection', async () => {
    const closed = Promise.withResolvers<void>();
    const { client } = await aClient((_, response) => {
      response.on('close', closed.resolve);
      response.writeHead(200).write(line('a'));
    });
    for await (const _ of client.watch(things)) break;
    await expect(closed.promise).resolves.toBeUndefined();
  });

  it('that is refused says why', async () => {
    const { client } = await aClient((_, response) =>
      json(response, 403, { kind: 'Status', code: 403, reason: 'Forbidden', message: 'no' }),
    );
    await expect(Array.fromAsync(client.watch(things))).rejects.toMatchObject({ status: 403, message: 'no' });
  });
});

it('uses a connection again and again', async () => {
  const { client, server } = await aClient((_, response) => json(response, 200, object));
  let connections = 0;
  server.on('connection', () => connections++);
  for (let n = 0; n < 50; n++) await client.get(things, 'a', { namespace: 'ns' });
  expect(connections).toBeLessThan(3);
});
