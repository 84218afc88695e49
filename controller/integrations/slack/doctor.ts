import type { SlackOptions } from '../../api/integration.gen.ts';
import { isRecord } from '../../api/schema.ts';
import { phrase } from '../../runtime/outcome.ts';
import { fine, unknown, wrong, type Finding } from '../kit/finding.ts';
import { causeOf } from '../kit/http.ts';
import { skew } from '../kit/skew.ts';
import type { DoctorVisit } from '../kit/vendor.ts';
import { botScopes, type Needs } from './app.ts';
import { needsOf } from './needs.ts';
import { text } from './parse.ts';

type Visit = DoctorVisit<SlackOptions>;

/** Token, workspace, scopes, clock, channels, and how presses reach us. Two to four reads; no socket is opened. */
export async function slackDoctor(visit: Visit): Promise<readonly Finding[]> {
  const { about } = visit;
  const test = await call(visit, 'auth.test', 'botToken');
  const at = visit.now();
  if ('unreachable' in test)
    return [
      wrong(
        `${about} token`,
        `no usable answer from ${visit.options.apiUrl}: ${test.unreachable}`,
        'Look at apiUrl, the network and Slack’s status page.',
      ),
    ];
  const clock = skew('Slack', test.date, at);
  if (!test.ok) return [refusedToken(`${about} token`, test.error), clock];
  const interactive = await frontDoor(visit);
  return [account(visit, test.body), scopes(visit, test.scopes), clock, interactive, ...(await channels(visit))];
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

function account(visit: Visit, body: Readonly<Record<string, unknown>>): Finding {
  const about = `${visit.about} token`;
  const [team, id] = [text(body['team']), text(body['team_id'])];
  if (body['is_enterprise_install'] === true)
    return wrong(about, 'it is of an installation for a whole organisation', 'Install the app in one workspace.');
  const known = visit.account;
  if (known && known.id !== id)
    return wrong(
      about,
      `it is of workspace ${team} (${id}), and everything recorded is in ${known.name} (${known.id})`,
      'Restore the token of that workspace, or make another Integration for this one.',
    );
  return fine(about, `valid, of workspace ${team} (${id})`);
}

/** Slack says in a header of each answer what the token may do. */
function scopes(visit: Visit, granted: readonly string[] | undefined): Finding {
  const name = `${visit.about} scopes`;
  if (granted === undefined) return unknown(name, 'the answer does not say which the token has');
  const wanted = botScopes(needs(visit)).filter((scope) => !scope.frontDoor || hasFrontDoor(visit));
  const missing = wanted.filter((scope) => !granted.includes(scope.name));
  if (missing.length === 0) return fine(name, `all ${wanted.length} are granted`);
  return wrong(
    name,
    `missing: ${missing.map((scope) => scope.name).join(', ')}`,
    'Paste what `allclear slack manifest` prints into the app’s manifest, install the app again, and put its token into the Secret.',
  );
}

const needs = ({ name, options, policies }: Visit): Needs => needsOf(name, options.mode, policies);
const keyOf = ({ options }: Visit): 'signingSecret' | 'appToken' =>
  options.mode === 'Http' ? 'signingSecret' : 'appToken';
const hasFrontDoor = (visit: Visit): boolean => visit.secrets[keyOf(visit)] !== undefined;

async function frontDoor(visit: Visit): Promise<Finding> {
  const { about } = visit;
  const key = keyOf(visit);
  if (!hasFrontDoor(visit))
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
  const opened = await call(visit, 'apps.connections.open', 'appToken');
  if ('unreachable' in opened) return wrong(name, `no usable answer: ${opened.unreachable}`, 'Try again.');
  if (opened.ok) return fine(name, 'Slack offers one to the app token');
  const todo =
    opened.error === 'missing_scope'
      ? 'Give the app-level token the scope connections:write, or make one with it.'
      : 'Make an app-level token (xapp-…) with connections:write, switch Socket Mode on, and put the token into the Secret’s key appToken.';
  return wrong(name, `Slack refuses the app token: ${opened.error}`, todo);
}

/** The bot is a member wherever it posts. */
async function channels(visit: Visit): Promise<Finding[]> {
  const { about, name, policies } = visit;
  const mine = ({ integrationRef }: { integrationRef?: { name: string } }): boolean =>
    (integrationRef?.name ?? name) === name;
  const named = policies.flatMap(({ spec }) => [...(spec.notices ?? []), ...(spec.triage ? [spec.triage] : [])]);
  const wanted = [...new Set(named.filter(mine).map(({ channel }) => channel))];
  if (wanted.length === 0) return [];
  const types = needs(visit).privateChannels ? 'public_channel,private_channel' : 'public_channel';
  const answer = await call(visit, 'users.conversations', 'botToken', {
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
  { options, secrets, http, timeout }: Visit,
  method: string,
  key: 'botToken' | 'appToken',
  args: Readonly<Record<string, string>> = {},
): Promise<Answer> {
  try {
    const answer = await http.send(`${options.apiUrl.replace(/\/*$/, '/')}${method}`, {
      method: 'POST',
      redirect: 'error',
      headers: { authorization: `Bearer ${secrets[key] ?? ''}`, 'content-type': 'application/x-www-form-urlencoded' },
      body: new URLSearchParams(args).toString(),
      signal: AbortSignal.timeout(timeout),
    });
    const body: unknown = JSON.parse(answer.text);
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
    return { unreachable: phrase(causeOf(error), 200) };
  }
}
