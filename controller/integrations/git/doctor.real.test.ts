import { createServer, type Server } from 'node:http';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { aDoctorVisit } from '../../../test/builders/doctor-visit.ts';
import { listen, stop } from '../../../test/emulators/listen.ts';
import type { Finding } from '../kit/finding.ts';
import { gitDoctor } from './doctor.ts';

let server: Server;
let origin: string;
const asked: string[] = [];
beforeAll(async () => {
  server = createServer((request, response) => {
    asked.push(`${request.method} ${request.url}`);
    response.writeHead(request.url?.startsWith('/open/') ? 200 : 403).end();
  });
  origin = await listen(server);
});
afterAll(() => stop(server));

const options = { branch: 'main', authorName: 'AllClear', authorEmail: 'a@example.com' };
const at = (url: string): Promise<readonly Finding[]> =>
  gitDoctor(aDoctorVisit({ ...options, url }, { secrets: { token: 't' } }));

it.each<[string, () => string, object]>([
  ['that it may', () => `${origin}/open/x.git`, { ok: true, says: 'the credentials may push' }],
  [
    'that it may not',
    () => `${origin}/shut/x.git`,
    { ok: false, says: expect.stringContaining('do not allow writing'), todo: 'Mend Forbidden.' },
  ],
  ['nothing over ssh', () => 'ssh://git@example.com/acme/x.git', { says: expect.stringContaining('over ssh') }],
  [
    'that the address is refused',
    () => 'http://example.com/acme/x.git',
    { ok: false, says: expect.stringContaining('only https and ssh'), todo: 'Mend GitUrlRefused.' },
  ],
])('says of pushing %s', async (_, url, says) => {
  expect(await at(url())).toMatchObject([
    { about: 'I', says: 'checked' },
    { about: 'I push', ...says },
  ]);
});

it('asks what git asks before a push, and sends nothing', async () => {
  asked.length = 0;
  await at(`${origin}/open/x.git`);
  expect(asked).toEqual(['GET /open/x.git/info/refs?service=git-receive-pack']);
});
