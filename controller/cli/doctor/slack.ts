import { fetch } from 'undici';
import type { Integration } from '../../api/integration.gen.ts';
import type { ResponsePolicy } from '../../api/response-policy.gen.ts';
import { isRecord } from '../../api/schema.ts';
import { botScopes, type Needs } from '../../integrations/slack/app.ts';
import { text } from '../../integrations/slack/parse.ts';
import type { Secrets } from '../../integrations/kit/vendor.ts';
import type { Instant } from '../../runtime/clock.ts';
import { phrase } from '../../runtime/outcome.ts';
import { requestTimeout } from '../cluster.ts';
import { fine, unknown, wrong, type Finding } from './finding.ts';
import { skew } from './skew.ts';

export interface SlackVisit {
  readonly about: string;
  readonly integration: Integration;
  readonly secrets: Secrets;
  readonly needs: Needs;
  readonly policies: readonly ResponsePolicy[];
  readonly now: () => Instant;
}

/** Token, workspace, scopes, clock, channels, and how presses reach us. Two to four reads; no socket is opened. */
export async function slack(visit: SlackVisit): Promise<readonly Finding[]> {
  const { about, integration, secrets, now } = visit;
  const apiUrl = integration.spec.provider?.slack?.apiUrl ?? '';
  const test = await call(apiUrl, 'auth.test', secrets['botToken'] ?? '');
  const at = now();
  if ('unreachable' in test)
    return [
      wrong(
        `${about} token`,
        `no usable answer from ${apiUrl}: ${test.unreachable}`,
        'Look at apiUrl, the network and Slack’s status page.',
      ),
    ];
  const clock = skew('Slack', test.date, at);
  if (!test.ok) return [refusedToken(`${about} token`, test.error), clock];
  const interactive = await frontDoor(visit, apiUrl);
  return [
    account(`${about} token`, integration, test.body),
    scopes(visit, test.scopes),
    clock,
    interactive,
    ...(await channels(visit, apiUrl)),
  ];
}

function refusedToken(about: string, error: string): Finding {
  return wrong(
    about,
    `Slack refuses it: ${error}`,
    error === 'not_authed' || error === 'invalid_auth'
      ? 'Put the Bot User OAuth Token (xoxb-…) of the installed app into the Secret’s key botToken.'
      : 'Install the app again in the workspace, and put its new Bot User OAuth Token into the Secret’s key botToken.',
  );
}

function account(about: string, { status }: Integration, body: Readonly<Record<string, unknown>>): Finding {
  const [team, id] = [text(body['team']), text(body['team_id'])];
  if (body['is_enterprise_install'] === true)
    return wrong(about, 'it is of an installation for a whole organisation', 'Install the app in one workspace.');
  const known = status?.account;
  if (known && known.id !== id)
    return wrong(
      about,
      `it is of workspace ${team} (${id}), and everything recorded is in ${known.name} (${known.id})`,
      'Restore the token of that workspace, or make another Integration for this one.',
    );
  return fine(about, `valid, of workspace ${team} (${id})`);
}

/** Slack says in a header of each answer what the token may do. */
function scopes({ about, integration, secrets, needs }: SlackVisit, granted: readonly string[] | undefined): Finding {
  const name = `${about} scopes`;
  if (granted === undefined) return unknown(name, 'the answer does not say which the token has');
  const wanted = botScopes(needs).filter((scope) => !scope.frontDoor || hasFrontDoor(integration, secrets));
  const missing = wanted.filter((scope) => !granted.includes(scope.name));
  if (missing.length === 0) return fine(name, `all ${wanted.length} are granted`);
  return wrong(
    name,
    `missing: ${missing.map((scope) => scope.name).join(', ')}`,
    'Paste what `allclear slack manifest` prints into the app’s manifest, install the app again, and put its token into the Secret.',
  );
}

const keyOf = ({ spec }: Integration): 'signingSecret' | 'appToken' =>
  spec.provider?.slack?.mode === 'Http' ? 'signingSecret' : 'appToken';
const hasFrontDoor = (integration: Integration, secrets: Secrets): boolean => secrets[keyOf(integration)] !== undefined;

async function frontDoor({ about, integration, secrets }: SlackVisit, apiUrl: string): Promise<Finding> {
  const key = keyOf(integration);
  if (!hasFrontDoor(integration, secrets))
    return unknown(
      `${about} commands and buttons`,
      `off, since the Secret has no ${key}`,
      `To have them, add ${key} to the Secret (docs/slack.md).`,
    );
  if (key === 'signingSecret')
    return fine(
      `${about} commands and buttons`,
      'the Secret has signingSecret; whether Slack reaches us shows only a command',
    );
  const name = `${about} socket`;
  const opened = await call(apiUrl, 'apps.connections.open', secrets['appToken'] ?? '');
  if ('unreachable' in opened) return wrong(name, `no usable answer: ${opened.unreachable}`, 'Try again.');
  if (opened.ok) return fine(name, 'Slack offers one to the app token');
  const todo =
    opened.error === 'missing_scope'
      ? 'Give the app-level token the scope connections:write, or make one with it.'
      : 'Make an app-level token (xapp-…) with connections:write, switch Socket Mode on, and put the token into the Secret’s key appToken.';
  return wrong(name, `Slack refuses the app token: ${opened.error}`, todo);
}

/** The bot is a member wherever it posts. */
async function channels(
  { about, policies, integration, secrets, needs }: SlackVisit,
  apiUrl: string,
): Promise<Finding[]> {
  const { name } = integration.metadata;
  const mine = ({ integrationRef }: { integrationRef?: { name: string } }): boolean =>
    (integrationRef?.name ?? name) === name;
  const named = policies.flatMap(({ spec }) => [...(spec.notices ?? []), ...(spec.triage ? [spec.triage] : [])]);
  const wanted = [...new Set(named.filter(mine).map(({ channel }) => channel))];
  if (wanted.length === 0) return [];
  const types = needs.privateChannels ? 'public_channel,private_channel' : 'public_channel';
  const answer = await call(apiUrl, 'users.conversations', secrets['botToken'] ?? '', {
    types,
    limit: '999',
    exclude_archived: 'true',
  });
  const title = `${about} channels`;
  if ('unreachable' in answer || !answer.ok)
    return [
      unknown(
        title,
        `which the bot is in is not known: ${'unreachable' in answer ? answer.unreachable : answer.error}`,
      ),
    ];
  const list: readonly unknown[] = Array.isArray(answer.body['channels']) ? answer.body['channels'] : [];
  const member = new Set(list.map((each) => (isRecord(each) ? `#${text(each['name'])}` : '')));
  const more = isRecord(answer.body['response_metadata']) && Boolean(answer.body['response_metadata']['next_cursor']);
  const missing = wanted.filter((channel) => !member.has(channel));
  if (missing.length === 0) return [fine(title, `the bot is in ${wanted.join(', ')}`)];
  if (more) return [unknown(title, `the bot is in more than 999; among them were not: ${missing.join(', ')}`)];
  return [wrong(title, `the bot is not in ${missing.join(', ')}`, 'Invite it there, or correct the ResponsePolicy.')];
}

type Answer =
  | { readonly unreachable: string }
  | {
      readonly ok: boolean;
      readonly error: string;
      readonly body: Readonly<Record<string, unknown>>;
      readonly scopes?: readonly string[];
      readonly date?: string;
    };

async function call(
  apiUrl: string,
  method: string,
  token: string,
  args: Readonly<Record<string, string>> = {},
): Promise<Answer> {
  try {
    const answer = await fetch(`${apiUrl.replace(/\/*$/, '/')}${method}`, {
      method: 'POST',
      redirect: 'error',
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/x-www-form-urlencoded' },
      body: new URLSearchParams(args).toString(),
      signal: AbortSignal.timeout(requestTimeout),
    });
    const body: unknown = await answer.json();
    if (!isRecord(body)) return { unreachable: 'it is no object' };
    const [granted, date] = [answer.headers.get('x-oauth-scopes'), answer.headers.get('date')];
    return {
      ok: body['ok'] === true,
      error: text(body['error']) || `status ${answer.status}`,
      body,
      ...(granted === null ? {} : { scopes: granted.split(',').map((scope) => scope.trim()) }),
      ...(date === null ? {} : { date }),
    };
  } catch (error) {
    const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
    return { unreachable: phrase(cause, 200) };
  }
}
