import type { Integration } from '../../api/integration.gen.ts';
import type { ResponsePolicy } from '../../api/response-policy.gen.ts';
import type { Needs } from '../../integrations/slack/app.ts';

/** What the app of one Slack Integration must be able to do, by the policies that may use it. */
export function needsOf(integration: Integration | undefined, policies: readonly ResponsePolicy[]): Needs {
  const name = integration?.metadata.name;
  const channels = policies
    .map(({ spec }) => spec.channel)
    .filter((channel) => name === undefined || (channel?.integrationRef?.name ?? name) === name);
  return {
    mode: integration?.spec.provider?.slack?.mode ?? 'Socket',
    privateChannels: channels.some((channel) => channel?.visibility === 'Private'),
    userGroups: policies.some(({ spec }) => Object.keys(spec.respond?.groups ?? {}).length > 0),
  };
}
