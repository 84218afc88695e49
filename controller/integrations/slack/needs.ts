import type { SlackOptions } from '../../api/integration.gen.ts';
import type { ResponsePolicy } from '../../api/response-policy.gen.ts';
import type { Needs } from './app.ts';

/**
 * What the app of one Integration must be able to do, by the policies that may use it.
 * @param name of the Integration; undefined: there is none yet, and every policy counts
 */
export function needsOf(
  name: string | undefined,
  mode: SlackOptions['mode'],
  policies: readonly ResponsePolicy[],
): Needs {
  const channels = policies
    .map(({ spec }) => spec.channel)
    .filter((channel) => name === undefined || (channel?.integrationRef?.name ?? name) === name);
  return {
    mode,
    privateChannels: channels.some((channel) => channel?.visibility === 'Private'),
    userGroups: policies.some(({ spec }) => Object.keys(spec.respond?.groups ?? {}).length > 0),
  };
}
