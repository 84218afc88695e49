import { createServer, type Server } from 'node:http';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { listen, stop } from '../../../test/emulators/listen.ts';
import { parseAddress } from './address.ts';
import { diagnose } from './remote.ts';

let server: Server;
let url: string;
let answer: { status: number; headers: Record<string, string> } = { status: 200, headers: {} };
beforeAll(async () => {
  server = createServer((_request, response) =>
    response.writeHead(answer.status, { 'content-type': 'text/html', ...answer.headers }).end('<html>Unicorn!</html>'),
  );
  url = await listen(server);
});
afterAll(() => stop(server));

const in30 = { 'retry-after': '30' };
const date = { date: 'Sat, 21 Nov 2026 10:00:00 GMT', 'retry-after': 'Sat, 21 Nov 2026 10:02:00 GMT' };

it.each<[number, Record<string, string>, { reason: string; terminal: boolean; retryAfter: number | undefined }]>([
  [401, {}, { reason: 'InvalidToken', terminal: true, retryAfter: undefined }],
  [403, {}, { reason: 'Forbidden', terminal: true, retryAfter: undefined }],
  [403, in30, { reason: 'RateLimited', terminal: false, retryAfter: 30_000 }],
  [404, {}, { reason: 'RepositoryNotFound', terminal: true, retryAfter: undefined }],
  [410, {}, { reason: 'RepositoryNotFound', terminal: true, retryAfter: undefined }],
  [301, {}, { reason: 'RepositoryMoved', terminal: true, retryAfter: undefined }],
  [429, {}, { reason: 'RateLimited', terminal: false, retryAfter: 60_000 }],
  [429, in30, { reason: 'RateLimited', terminal: false, retryAfter: 30_000 }],
  [429, date, { reason: 'RateLimited', terminal: false, retryAfter: 120_000 }],
  [502, {}, { reason: 'Unreachable', terminal: false, retryAfter: undefined }],
  [503, in30, { reason: 'Unreachable', terminal: false, retryAfter: 30_000 }],
])('a remote that answers %d with %o', async (status, headers, outcome) => {
  answer = { status, headers };
  const address = parseAddress(`${url}/acme/incidents.git`);
  const why = await diagnose(address, 'token', 'git-upload-pack', AbortSignal.timeout(10_000));
  expect(why).toMatchObject({ name: 'Rejected', ...outcome });
});

it('a remote that answers as it should explains nothing', async () => {
  answer = { status: 200, headers: {} };
  const address = parseAddress(`${url}/acme/incidents.git`);
  expect(await diagnose(address, undefined, 'git-receive-pack', AbortSignal.timeout(10_000))).toBeUndefined();
});
