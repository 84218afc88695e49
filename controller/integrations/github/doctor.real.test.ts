import { createServer, type Server } from 'node:http';
import { afterEach, expect, it } from 'vitest';
import { aDoctorVisit } from '../../../test/builders/doctor-visit.ts';
import { deadAddress, listen, stop } from '../../../test/emulators/listen.ts';
import { githubDoctor } from './doctor.ts';

const servers: Server[] = [];
afterEach(() => Promise.all(servers.splice(0).map(stop)));

const checked = { about: 'I', ok: true, says: 'checked' };
const at = (apiUrl: string, now: number) =>
  githubDoctor(aDoctorVisit({ apiUrl, owner: 'acme', repo: 'incidents' }, { now: () => now }));

it.each<[string, string | undefined, object]>([
  ['5 s apart', 'Tue, 03 Feb 2026 10:55:05 GMT', { ok: true, says: '5 s apart' }],
  ['behind', 'Tue, 03 Feb 2026 10:56:00 GMT', { ok: false, says: '60 s apart, this machine is behind' }],
  ['not told', undefined, { says: 'its answer has no date' }],
])('asks without the token for the clock of the server: %s', async (_, date, says) => {
  const seen: (string | undefined)[] = [];
  const server = createServer((request, response) => {
    seen.push(request.method, request.headers.authorization);
    response.sendDate = false;
    if (date !== undefined) response.setHeader('date', date);
    response.writeHead(401).end();
  });
  servers.push(server);
  const findings = await at(await listen(server), Date.parse('2026-02-03T10:55:00Z'));
  expect(findings).toMatchObject([checked, { about: 'Clock against GitHub', ...says }]);
  expect(seen).toEqual(['HEAD', undefined]);
});

it('does not know the clock of a server that does not answer', async () => {
  const [, clock] = await at(deadAddress, 0);
  expect(clock).toEqual({ about: 'Clock against GitHub', says: expect.stringMatching(/^no answer: .*ECONNREFUSED/) });
});
