import { afterEach, beforeEach, expect, it } from 'vitest';
import { type GitServer, startGitServer } from '../../test/emulators/git-server.ts';
import type { Integration } from '../api/integration.gen.ts';
import { credentialsType, hostsAnnotation } from '../api/names.ts';
import { systemClock } from '../runtime/clock.ts';
import { Connections } from './connections.ts';

let servers: GitServer[];
let connections: Connections;
beforeEach(async () => {
  servers = await Promise.all([startGitServer(), startGitServer()]);
});
afterEach(async () => {
  connections.close();
  await Promise.all(servers.map((server) => server.close()));
});

const hostOf = (server: GitServer | undefined): string => new URL(server?.url ?? '').host;

/** One Integration a server, connected. */
async function connected(): Promise<void> {
  const integrations = servers.map(({ url }, i): Integration => ({
    apiVersion: 'allclear.dev/v1alpha1',
    kind: 'Integration',
    metadata: {
      name: `git-${i}`,
      namespace: 'n',
      uid: String(i),
      resourceVersion: '1',
      generation: 1,
      creationTimestamp: '2026-01-01T00:00:00Z',
    },
    spec: {
      secretRef: { name: `git-${i}` },
      allowedNamespaces: { from: 'Same' },
      provider: {
        git: {
          url: `${url}/acme/incidents.git`,
          branch: 'main',
          authorName: 'AllClear',
          authorEmail: 'allclear@example.com',
        },
      },
    },
  }));
  connections = new Connections({
    clock: systemClock,
    install: 'test',
    tuning: {},
    releaseNamespace: 'n',
    integrations: () => integrations,
    integration: (_, name) => integrations.find(({ metadata }) => metadata.name === name),
    secret: async (_, name) => {
      const server = servers[Number(name.slice(-1))];
      return {
        type: credentialsType,
        metadata: { annotations: { [hostsAnnotation]: hostOf(server) } },
        data: { token: Buffer.from(server?.token ?? '').toString('base64') },
      };
    },
    writeStatus: async () => {},
    log() {},
  });
  for (const { metadata } of integrations) await connections.reconcile('n', metadata.name);
}

it('knows the highest number in any repository, and which gave no answer', async () => {
  const [one, two] = await Promise.all(servers.map((server) => server.create('acme', 'incidents')));
  await one?.commit('main', { 'incidents/2026/INC-00007/record.json': '{}' }, 'A record');
  await two?.commit('main', { 'incidents/2026/INC-00012/record.json': '{}' }, 'A record');
  await connected();
  expect(await connections.highestNumber(30_000)).toEqual({ highest: 12, unanswered: [] });
  await servers[1]?.close();
  expect(await connections.highestNumber(30_000)).toEqual({ highest: 7, unanswered: ['n/git-1'] });
  expect(await connections.highestNumber(0)).toEqual({ highest: 0, unanswered: ['n/git-0', 'n/git-1'] });
});
