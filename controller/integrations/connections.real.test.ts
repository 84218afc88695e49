import { afterEach, describe, expect, it } from 'vitest';
import { FakeClock } from '../../test/builders/fake-clock.ts';
import { startSlack, type Slack } from '../../test/emulators/slack.ts';
import type { Integration } from '../api/integration.gen.ts';
import { credentialsType, hostsAnnotation } from '../api/names.ts';
import { KubeError } from '../runtime/kube-errors.ts';
import { Connections } from './connections.ts';
import type { CredentialSecret } from './credentials.ts';
import { reachIn } from './reach.ts';

const nowhere = 'http://127.0.0.1:9/api/';

function anIntegration(apiUrl: string): Integration {
  return {
    apiVersion: 'allclear.dev/v1alpha1',
    kind: 'Integration',
    metadata: {
      namespace: 'n',
      name: 'slack',
      uid: 'u',
      resourceVersion: '1',
      generation: 1,
      creationTimestamp: '2026-01-01T00:00:00Z',
    },
    spec: {
      provider: { slack: { apiUrl, mode: 'Socket' } },
      secretRef: { name: 'slack' },
      allowedNamespaces: { from: 'Same' },
    },
  };
}

const aSecret = (apiUrl: string, botToken: string): CredentialSecret => ({
  type: credentialsType,
  metadata: { annotations: { [hostsAnnotation]: new URL(apiUrl).host } },
  data: { botToken: Buffer.from(botToken).toString('base64') },
});

interface Cluster {
  integration?: Integration | undefined;
  secret?: CredentialSecret | undefined;
  /** The API server refuses to hand out the Secret, or to take a status, with this. */
  unread?: KubeError | undefined;
  unwritten?: KubeError | undefined;
  readonly changed: string[];
  readonly written: object[];
}

const opened: { close(): void | Promise<void> }[] = [];
afterEach(async () => {
  for (const each of opened.splice(0)) await each.close();
});

function connect(parts: Omit<Cluster, 'changed' | 'written'>): Cluster & { readonly connections: Connections } {
  const cluster: Cluster = { ...parts, changed: [], written: [] };
  const connections = new Connections({
    clock: new FakeClock(),
    install: 'test',
    tuning: { rateFactor: Infinity },
    releaseNamespace: 'allclear-system',
    integrations: () => (cluster.integration ? [cluster.integration] : []),
    integration: () => cluster.integration,
    secret: async () => {
      if (cluster.unread) throw cluster.unread;
      return cluster.secret;
    },
    writeStatus: async (_, patch) => {
      if (cluster.unwritten) throw cluster.unwritten;
      cluster.written.push(patch);
    },
    log: () => {},
  });
  connections.onChange((namespace) => cluster.changed.push(namespace));
  opened.push(connections);
  return Object.assign(cluster, { connections });
}

async function slackServer(): Promise<Slack> {
  const slack = await startSlack();
  opened.push(slack);
  return slack;
}

const lost = ({ connections }: { connections: Connections }): string | undefined =>
  connections.lost('n', 'slack', 'message');

describe('what only a person can mend', () => {
  it('is an Integration that is not there, or leaves', async () => {
    expect(lost(connect({}))).toContain('There is no Integration slack');
    const there = anIntegration(nowhere);
    const leaving = { ...there, metadata: { ...there.metadata, deletionTimestamp: '2026-01-01T00:00:00Z' } };
    expect(lost(connect({ integration: leaving }))).toContain('There is no Integration slack');
  });

  it('is a Secret that is not there, or may not be sent where it says', async () => {
    const cluster = connect({ integration: anIntegration(nowhere) });
    await cluster.connections.reconcile('n', 'slack');
    expect(lost(cluster)).toContain('There is no Secret slack');
    cluster.secret = aSecret('http://elsewhere.example.com/', 'xoxb');
    await cluster.connections.reconcile('n', 'slack');
    expect(lost(cluster)).toContain('may not be sent to 127.0.0.1:9');
  });

  it('is an Integration without a vendor, as those that were stored before spec.provider existed', async () => {
    const there = anIntegration(nowhere);
    const { provider: _, ...spec } = there.spec;
    const cluster = connect({ integration: { ...there, spec } });
    await cluster.connections.reconcile('n', 'slack');
    expect(lost(cluster)).toContain(
      'spec.provider names no vendor that this version knows. Apply the Integration again',
    );
    const condition = { type: 'Ready', status: 'False', reason: 'UnknownVendor' };
    expect(cluster.written).toMatchObject([{ conditions: [condition] }]);
  });

  it('is a Secret that may not be read: its status says so, until it may', async () => {
    const slack = await slackServer();
    const cluster = connect({ integration: anIntegration(slack.url), secret: aSecret(slack.url, slack.botToken) });
    cluster.unread = new KubeError(403, 'Forbidden', 'secrets "slack" is forbidden');
    await cluster.connections.reconcile('n', 'slack');
    expect(lost(cluster)).toContain('may not be read: secrets "slack" is forbidden');
    const condition = { type: 'Ready', status: 'False', reason: 'SecretNotFound' };
    expect(cluster.written).toMatchObject([{ conditions: [condition] }]);
    cluster.unread = undefined;
    await cluster.connections.reconcile('n', 'slack');
    expect(lost(cluster)).toBeUndefined();
    expect(cluster.changed).toEqual(['n', 'n']);
  });

  it('is no API server in trouble: what worked goes on', async () => {
    const slack = await slackServer();
    const cluster = connect({ integration: anIntegration(slack.url), secret: aSecret(slack.url, slack.botToken) });
    await cluster.connections.reconcile('n', 'slack');
    cluster.unread = new KubeError(500, 'InternalError', 'etcd');
    await expect(cluster.connections.reconcile('n', 'slack')).rejects.toThrow('etcd');
    expect(cluster.connections.port('n', 'slack', 'message').port).toBeDefined();
  });

  it('is a refusal for good', async () => {
    const slack = await slackServer();
    slack.refuseToken = 'account_inactive';
    const cluster = connect({ integration: anIntegration(slack.url), secret: aSecret(slack.url, slack.botToken) });
    await cluster.connections.reconcile('n', 'slack');
    expect(lost(cluster)).toContain('does not take the bot token');
  });

  it('is not what has not been looked at yet, or cannot be reached', async () => {
    const cluster = connect({ integration: anIntegration(nowhere), secret: aSecret(nowhere, 'xoxb') });
    expect(lost(cluster)).toBeUndefined();
    await cluster.connections.reconcile('n', 'slack');
    expect(lost(cluster)).toBeUndefined();
    expect(cluster.connections.port('n', 'slack', 'message')).toMatchObject({ reason: 'IntegrationNotReady' });
  });

  it('is a kind of effect that its vendor does not do', async () => {
    const slack = await slackServer();
    const cluster = connect({ integration: anIntegration(slack.url), secret: aSecret(slack.url, slack.botToken) });
    await cluster.connections.reconcile('n', 'slack');
    expect(lost(cluster)).toBeUndefined();
    expect(cluster.connections.lost('n', 'slack', 'record')).toContain('does not do records in Git');
  });
});

describe('everything that uses an Integration looks again', () => {
  it('when it connects, when it breaks, and when it is gone', async () => {
    const slack = await slackServer();
    const cluster = connect({ integration: anIntegration(slack.url), secret: aSecret(slack.url, slack.botToken) });
    const changes = async (): Promise<number> => {
      await cluster.connections.reconcile('n', 'slack');
      return cluster.changed.splice(0).length;
    };
    expect([await changes(), await changes()]).toEqual([1, 0]);
    expect(cluster.connections.port('n', 'slack', 'message').port).toBeDefined();
    cluster.secret = undefined;
    expect([await changes(), await changes()]).toEqual([1, 0]);
    expect(cluster.connections.port('n', 'slack', 'message').port).toBeUndefined();
    cluster.integration = undefined;
    expect(await changes()).toBe(1);
  });
});

it('what waits for an Integration is woken, although the status of that one could not be written', async () => {
  const slack = await slackServer();
  const cluster = connect({ integration: anIntegration(slack.url), secret: aSecret(slack.url, slack.botToken) });
  cluster.unwritten = new KubeError(409, 'Conflict', 'stale');
  await expect(cluster.connections.reconcile('n', 'slack')).rejects.toThrow('stale');
  cluster.unwritten = undefined;
  await cluster.connections.reconcile('n', 'slack');
  expect(cluster.changed).toEqual(['n']);
});

describe('an Integration that has never connected', () => {
  it('is known by what its vendor can do, and what waits for it waits for a moment', () => {
    const { connections } = connect({ integration: anIntegration(nowhere) });
    const reach = reachIn(connections, 'n');
    expect(reach.choose('channel')).toEqual({ name: 'slack' });
    expect(reach.choose('ticket')).toMatchObject({ none: { reason: 'NotConfigured' } });
    expect(reach.lacks('slack', 'record')).toBe('Integration slack does not do records in Git.');
    expect(reach.lacks('slack', 'pin')).toBeUndefined();
    expect(connections.port('n', 'slack', 'channel')).toMatchObject({ reason: 'IntegrationNotReady', soon: true });
  });

  it('is named with its reason once it was tried', async () => {
    const { connections } = connect({ integration: anIntegration(nowhere), secret: aSecret('http://e.example/', 'x') });
    await connections.reconcile('n', 'slack');
    const found = connections.port('n', 'slack', 'channel');
    expect(found).toMatchObject({
      reason: 'IntegrationNotReady',
      message: expect.stringMatching(
        /^Integration slack is not ready: HostNotAllowed: Secret slack may not be sent to /,
      ),
    });
    expect(found).not.toHaveProperty('soon');
    expect(reachIn(connections, 'n').choose('channel')).toEqual({ name: 'slack' });
  });
});
