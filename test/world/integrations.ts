import type { GitHub } from '../emulators/github.ts';
import type { Workspace } from '../emulators/slack/workspace.ts';

const owner = 'acme';
const repo = 'incidents';
export const repository = { owner, repo } as const;

/** The objects that connect a namespace with these emulators: three Integrations and their Secrets. `appToken` starts a Slack listener. */
export function integrationObjects(
  namespace: string,
  { slack, slackUrl, github, appToken }: { slack: Workspace; slackUrl: string; github: GitHub; appToken?: string },
): object[] {
  return [
    secret(namespace, 'slack', slackUrl, { botToken: slack.botToken, ...(appToken ? { appToken } : {}) }),
    integration(namespace, 'slack', { slack: { apiUrl: slackUrl } }),
    secret(namespace, 'github', github.apiUrl, { token: github.token }),
    integration(namespace, 'github', { github: { apiUrl: github.apiUrl, ...repository } }),
    secret(namespace, 'git', github.gitUrl, { token: github.token }),
    integration(namespace, 'git', { git: { url: github.gitUrl, authorEmail: 'allclear@example.com' } }),
  ];
}

export const policyObject = (namespace: string, spec: object = {}): object => ({
  apiVersion: 'allclear.dev/v1alpha1',
  kind: 'ResponsePolicy',
  metadata: { namespace, name: 'default' },
  spec: {
    severities: { SEV1: { label: 'Critical' }, SEV2: { label: 'High' } },
    invitees: ['bo@example.com'],
    notices: [{ channel: '#stakeholders' }],
    bookmarks: [{ title: 'Runbook', url: 'https://runbooks.example.com/login' }],
    record: { reviewers: ['casey'] },
    ...spec,
  },
});

export function secret(namespace: string, name: string, url: string, stringData: Record<string, string>): object {
  return {
    apiVersion: 'v1',
    kind: 'Secret',
    type: 'allclear.dev/credentials',
    metadata: { namespace, name, annotations: { 'allclear.dev/hosts': new URL(url).host } },
    stringData,
  };
}

export const integration = (namespace: string, name: string, provider: object): object => ({
  apiVersion: 'allclear.dev/v1alpha1',
  kind: 'Integration',
  metadata: { namespace, name },
  spec: { provider, secretRef: { name } },
});
