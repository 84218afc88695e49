import { expect, it } from 'vitest';
import type { Integration, Provider } from '../api/integration.gen.ts';
import { credentialsType, hostsAnnotation } from '../api/names.ts';
import { credentialsOf, refuseSecret, type CredentialSecret } from './credentials.ts';
import { bind } from './registry.ts';

const anIntegration = (provider: Provider): Integration => ({
  apiVersion: 'allclear.dev/v1alpha1',
  kind: 'Integration',
  metadata: { namespace: 'n', name: 'i', uid: 'u', resourceVersion: '1', generation: 1, creationTimestamp: '' },
  spec: { provider, secretRef: { name: 'keys' }, allowedNamespaces: { from: 'Same' } },
});

const aSecret = (hosts: string, keys: readonly string[]): CredentialSecret => ({
  type: credentialsType,
  metadata: { annotations: { [hostsAnnotation]: hosts } },
  data: Object.fromEntries(keys.map((key) => [key, Buffer.from(' value\n').toString('base64')])),
});

const slack = (apiUrl: string): Provider => ({ slack: { apiUrl, mode: 'Socket' } });
const github = (apiUrl: string): Provider => ({ github: { apiUrl, owner: 'o', repo: 'r' } });
const git = (url: string): Provider => ({ git: { url, branch: 'main', authorName: 'a', authorEmail: 'a@b' } });
const app = ['appId', 'installationId', 'privateKey'];

it.each<[string, Provider, readonly string[], readonly string[]]>([
  ['Slack', slack('https://slack.com/api/'), ['botToken', 'appToken'], ['slack.com']],
  ['a server of its own port', slack('http://127.0.0.1:4003/api/'), ['botToken'], ['127.0.0.1:4003']],
  ['GitHub with a token', github('https://api.github.com'), ['token'], ['api.github.com']],
  ['GitHub as an App', github('https://api.github.com'), app, ['api.github.com']],
  ['GitHub Enterprise Server', github('https://github.example:8443/api/v3'), app, ['github.example:8443']],
  ['Git over https', git('https://github.com/o/r.git'), ['token'], ['github.com']],
  ['Git over ssh', git('ssh://git@github.com:2222/o/r.git'), ['sshKey'], ['github.com:2222']],
  ['Git by the short form of ssh', git('git@github.com:o/r.git'), ['sshKey'], ['github.com']],
])('the values go to the hosts of %s, and nowhere that is not listed', (_, provider, keys, hosts) => {
  const integration = anIntegration(provider);
  expect(bind(integration)?.hosts).toEqual(hosts);
  const read = credentialsOf(integration, aSecret(`other.example, ${hosts.join(' ,')}`, keys));
  expect(read).toEqual({ secrets: Object.fromEntries(keys.map((key) => [key, 'value'])) });
  expect(credentialsOf(integration, aSecret('other.example', keys))).toMatchObject({
    problem: { reason: 'HostNotAllowed', message: expect.stringContaining(`may not be sent to ${hosts[0]};`) },
  });
});

it.each([
  ['a.example,b.example:8443', undefined],
  ['b.example:8443,c.example,a.example', undefined],
  ['a.example', 'b.example:8443'],
  ['a.example,b.example', 'b.example:8443'],
  ['', 'a.example and b.example:8443'],
])('of a vendor with several hosts all must be listed: %j lacks %s', (listed, missing) => {
  const integration = anIntegration(slack('https://a.example'));
  const bound = bind(integration);
  if (!bound) throw new Error('no vendor');
  const several = { ...bound, hosts: ['a.example', 'b.example:8443'] };
  const problem = refuseSecret(integration, several, aSecret(listed, ['botToken']));
  expect(problem?.message).toBe(
    missing && `Secret keys may not be sent to ${missing}; its annotation allclear.dev/hosts lists where it may.`,
  );
});
