import {
  type Answer,
  type Exchange,
  type FaultProxy,
  type Recorded,
  type RuleHandle,
  startFaultProxy,
} from './faults.ts';
import type { Act, Rule } from './faults.ts';
import { callMethod } from './slack/gateway.ts';
import { RateLimits } from './slack/rate-limits.ts';
import { isObject, type Json, object, parsed, text } from './slack/json.ts';
import { type Backend, startWorkspace, type Workspace, type WorkspaceOptions } from './slack/workspace.ts';

export interface SlackOptions extends WorkspaceOptions {
  /** Enforce Slack's rate limits with 429 and Retry-After. Off by default. */
  readonly rateLimits?: boolean;
  /** Name of the first workspace. */
  readonly team?: string;
}

/** A fault for Web API calls: `method` is Slack's ('chat.postMessage'); `okFalse` refuses with `error` before it is accepted. */
export interface SlackFault extends Omit<Rule, 'act' | 'method' | 'path' | 'when'> {
  readonly act: Act | 'okFalse' | 'okFalseAfter';
  readonly method?: string;
  /** Any of these methods. */
  readonly methods?: ReadonlySet<string>;
  /** Only calls of this workspace. */
  readonly workspace?: Workspace;
  /** Only calls whose arguments satisfy this. */
  readonly args?: (args: Json) => boolean;
  /** Default `fatal_error`. */
  readonly error?: string;
}

export interface SlackCall {
  readonly at: number;
  /** Slack's method: 'chat.postMessage'. */
  readonly method: string;
  readonly team: string | undefined;
  readonly args: Json;
  readonly fault: SlackFault['act'] | undefined;
  readonly status: number | undefined;
  /** Slack's error code, 'ok', or undefined when the sender got no JSON. */
  readonly result: string | undefined;
}

export interface Slack extends Workspace {
  /** For Integration.spec.provider.slack.apiUrl; ends with /api/. */
  readonly url: string;
  /** Every call that reached the front, in order. */
  calls(method?: string): SlackCall[];
  /** Another workspace behind the same URL, told apart by its token. */
  addWorkspace(name: string): Promise<Workspace>;
  fault(rule: SlackFault): RuleHandle;
  clearFaults(): void;
  close(): Promise<void>;
}

/** emulate's Slack behind our front and a fault proxy, on 127.0.0.1. This value is its first workspace, too. */
export async function startSlack(options: SlackOptions = {}): Promise<Slack> {
  const first = await startWorkspace(1, options.team ?? 'Example', options);
  const workspaces: Backend[] = [first];
  const limits = new Map<Backend, RateLimits>();

  const proxy: FaultProxy = await startFaultProxy((exchange) => answer(exchange), { name: 'Slack' });

  first.app.origin = proxy.url;

  async function answer(exchange: Exchange): Promise<Answer> {
    const method = methodOf(exchange.path);
    if (exchange.path.startsWith('/respond/')) return respond(exchange);
    if (method === undefined) return { status: 404, headers: {}, body: 'not found' };
    const token = tokenOf(exchange);
    if (token === '') return json({ ok: false, error: 'not_authed' });
    const workspace = workspaces.find((one) => one.tokens.has(token));
    const who = workspace?.tokens.get(token);
    if (!workspace || who === undefined) return json({ ok: false, error: 'invalid_auth' });
    if (workspace.refuseToken !== undefined) return json({ ok: false, error: workspace.refuseToken });
    const args = argumentsOf(exchange);
    if (options.rateLimits) {
      const counter = limits.get(workspace) ?? new RateLimits();
      limits.set(workspace, counter);
      const channel = typeof args['channel'] === 'string' ? args['channel'] : undefined;
      const wait = counter.refuse(method, channel, workspace.app.clock.monotonic());
      if (wait !== undefined) {
        return json({ ok: false, error: 'ratelimited' }, 429, { 'retry-after': String(wait) });
      }
    }
    const body = await callMethod(workspace, who, method, args);
    // emulate knows one team only, and each of its instances calls it the same.
    const { scopes } = workspace.app.config;
    const granted = who === 'app' ? 'connections:write' : scopes?.join(',');
    const headers: Record<string, string> = granted === undefined ? {} : { 'x-oauth-scopes': granted };
    return json(body, 200, headers, (whole) => whole.replaceAll('"T000000001"', `"${workspace.team.id}"`));
  }

  /** A response_url is its own credential. */
  async function respond({ path, body }: Exchange): Promise<Answer> {
    for (const workspace of workspaces) {
      const { ephemerals } = workspace.app;
      const place = ephemerals.use(path);
      if (place === 'expired_url') continue;
      if (typeof place === 'string') return json({ ok: false, error: place }, 404);
      const given = object(parsed(body.toString()));
      const said = await ephemerals.respond(place, given, (method, args) => callMethod(workspace, 'bot', method, args));
      return said === 'ok'
        ? { status: 200, headers: { 'content-type': 'text/plain' }, body: 'ok' }
        : json({ ok: false, error: said }, said === 'no_text' ? 400 : 200);
    }
    return json({ ok: false, error: 'expired_url' }, 404);
  }

  const slack = {
    url: `${proxy.url}/api/`,
    calls: (method?: string) =>
      proxy.calls
        .map((recorded) => slackCall(recorded, workspaces))
        .filter((call) => method === undefined || call.method === method),
    async addWorkspace(name: string) {
      const workspace = await startWorkspace(workspaces.length + 1, name, options);
      workspace.app.origin = proxy.url;
      workspaces.push(workspace);
      return workspace;
    },
    fault: ({ act, method, methods, workspace, args, error = 'fatal_error', ...rest }: SlackFault) =>
      proxy.rule({
        ...rest,
        act: act === 'okFalse' ? 'answer' : act === 'okFalseAfter' ? 'answerAfter' : act,
        ...(act === 'okFalse' || act === 'okFalseAfter' ? { body: JSON.stringify({ ok: false, error }) } : {}),
        when: (exchange) =>
          (method === undefined || methodOf(exchange.path) === method) &&
          (methods === undefined || methods.has(methodOf(exchange.path) ?? '')) &&
          (workspace === undefined || tokenOf(exchange) === workspace.botToken) &&
          (args === undefined || args(argumentsOf(exchange))),
      }),
    clearFaults: () => proxy.clear(),
    async close() {
      await proxy.close();
      await Promise.all(workspaces.map((workspace) => workspace.end()));
    },
  };
  // The first workspace itself, so that `slack.lag = …` reaches it.
  return Object.assign(first, slack);
}

const methodOf = (path: string): string | undefined => /^\/api\/([\w.]+)/.exec(path)?.[1];

const tokenOf = (exchange: Pick<Exchange, 'headers'>): string =>
  (exchange.headers['authorization'] ?? '').replace(/^Bearer\s*/i, '');

/** JSON body, form or query; in a form, objects and lists are JSON. */
function argumentsOf({ path, headers, body }: Pick<Exchange, 'path' | 'headers'> & { body: Buffer | string }): Json {
  if ((headers['content-type'] ?? '').includes('application/json')) return object(parsed(body.toString()));
  const args: Record<string, unknown> = Object.fromEntries(new URL(path, 'http://slack').searchParams);
  for (const [name, value] of new URLSearchParams(body.toString())) {
    args[name] = ['blocks', 'metadata', 'attachments', 'view'].includes(name) ? parsed(value) : value;
  }
  return args;
}

function json(
  body: Json,
  status = 200,
  headers: Record<string, string> = {},
  rewrite: (whole: string) => string = (whole) => whole,
): Answer {
  return {
    status,
    headers: { 'content-type': 'application/json; charset=utf-8', ...headers },
    body: rewrite(JSON.stringify(body)),
  };
}

function slackCall(recorded: Recorded, workspaces: readonly Backend[]): SlackCall {
  const token = tokenOf(recorded);
  const body = parsed(recorded.answer ?? '');
  return {
    at: recorded.at,
    method: methodOf(recorded.path) ?? recorded.path,
    team: workspaces.find((one) => one.tokens.has(token))?.team.id,
    args: argumentsOf(recorded),
    fault: recorded.fault,
    status: recorded.status,
    result: isObject(body) ? (body['ok'] === true ? 'ok' : text(body['error'])) : undefined,
  };
}
