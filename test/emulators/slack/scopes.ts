import { type Json, text } from './json.ts';

/** Bot scopes by method; any one of a list will do. https://docs.slack.dev/reference/scopes */
const needs: readonly (readonly [RegExp, readonly string[]])[] = [
  [/^chat\.(postMessage|update|delete|postEphemeral)$/, ['chat:write']],
  [
    /^conversations\.(create|archive|unarchive|rename|setPurpose|setTopic|invite|kick|leave)$/,
    ['channels:manage', 'groups:write'],
  ],
  [/^conversations\.join$/, ['channels:join', 'channels:manage']],
  [/^conversations\.(history|replies)$/, ['channels:history', 'groups:history', 'im:history']],
  [/^(conversations\.(info|list|members)|users\.conversations)$/, ['channels:read', 'groups:read', 'im:read']],
  [/^conversations\.open$/, ['im:write', 'mpim:write']],
  [/^pins\.(add|remove)$/, ['pins:write']],
  [/^pins\.list$/, ['pins:read']],
  [/^bookmarks\.list$/, ['bookmarks:read']],
  [/^bookmarks\./, ['bookmarks:write']],
  [/^users\.lookupByEmail$/, ['users:read.email']],
  [/^users\.(info|list)$/, ['users:read']],
  [/^usergroups\./, ['usergroups:read']],
  [/^reactions\.(add|remove)$/, ['reactions:write']],
];

/** Slack's refusal when the bot lacks a scope; undefined when it may, or when no manifest was installed. */
export function missingScope(
  scopes: readonly string[] | undefined,
  who: string,
  method: string,
  args: Json,
): Json | undefined {
  if (scopes === undefined || who !== 'bot') return undefined;
  const wanted = needs.find(([pattern]) => pattern.test(method))?.[1];
  if (wanted === undefined || wanted.some((scope) => scopes.includes(scope))) return undefined;
  return {
    ok: false,
    error: 'missing_scope',
    needed: args['is_private'] === true ? text(wanted.at(-1)) : text(wanted[0]),
    provided: scopes.join(','),
  };
}
