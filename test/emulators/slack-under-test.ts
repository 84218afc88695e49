import { setTimeout as sleep } from 'node:timers/promises';
import { type Exchange, startFaultProxy } from './faults.ts';
import { type Json, isObject, object, text } from './slack/json.ts';
import { type Truth, truthOf } from './slack/truth.ts';
import { startSlack, type Slack, type SlackFault } from './slack.ts';

/** What the conformance suite needs of a workspace. */
export type SlackUnderTest = Truth &
  Pick<Slack, 'url' | 'botToken' | 'call' | 'clearFaults' | 'close'> & {
    fault(fault: Pick<SlackFault, 'act' | 'methods' | 'error' | 'times' | 'nth'>): unknown;
    /** Reads leave out what was written lately, or no longer. */
    setLag(on: boolean): void;
    /** The next channel is made though another has its name; a real workspace cannot be told to. */
    readonly letThrough?: () => void;
    /** Mail addresses of three people. */
    readonly mails: readonly string[];
    readonly people: Readonly<Record<string, { readonly id: string; readonly email: string }>>;
    /** 1: the vendor's budgets; Infinity: none. */
    readonly rateFactor: number;
  };

/** A real workspace where the environment names one, else the emulated one. */
export async function slackUnderTest(): Promise<SlackUnderTest> {
  return (await realSlack(process.env)) ?? emulated(await startSlack());
}

function emulated(slack: Slack): SlackUnderTest {
  return {
    ...slack,
    mails: ['ana', 'bo', 'chi'].flatMap((name) => slack.people[name]?.email ?? []),
    rateFactor: Infinity,
    setLag: (on) => void (slack.lag = on ? Infinity : 0),
  };
}

const variables = ['SLACK_BOT_TOKEN', 'SLACK_USER_TOKEN', 'SLACK_PEOPLE'] as const;

/**
 * A workspace of your own, for tests: `SLACK_BOT_TOKEN` of an app made from our manifest, `SLACK_USER_TOKEN` of a person
 * (channels:write, chat:write, bookmarks:write), `SLACK_PEOPLE` with the mail addresses of three members. Undefined without
 * them. Its channels are archived in the end. `SLACK_API_URL` is Slack's own unless stated.
 */
async function realSlack(env: NodeJS.ProcessEnv): Promise<SlackUnderTest | undefined> {
  const missing = variables.filter((name) => !env[name]);
  if (missing.length === variables.length) return undefined;
  if (missing.length > 0) throw new Error(`a real workspace needs ${missing.join(' and ')}, too`);
  const api = env['SLACK_API_URL'] ?? 'https://slack.com/api/';
  const botToken = env['SLACK_BOT_TOKEN'] ?? '';
  const call = async (who: string, method: string, args: Json = {}): Promise<Json> => {
    for (;;) {
      const response = await fetch(new URL(method, api), {
        method: 'POST',
        headers: { authorization: `Bearer ${who === 'bot' ? botToken : env['SLACK_USER_TOKEN']}` },
        body: form(args),
      });
      if (response.status !== 429) return object(await response.json());
      await sleep(1_000 * Number(response.headers.get('retry-after') ?? 1));
    }
  };
  const truth = truthOf('this workspace', (method, args) => call('bot', method, args), {
    list: 'users.conversations',
  });
  const proxy = await startFaultProxy((exchange) => passOn(api, exchange), { name: 'Slack' });
  const mails = (env['SLACK_PEOPLE'] ?? '').split(',').map((mail) => mail.trim());
  const people: Record<string, { id: string; email: string }> = {};
  for (const email of mails) {
    const { user, error } = await call('bot', 'users.lookupByEmail', { email });
    if (!isObject(user)) throw new Error(`SLACK_PEOPLE: ${email}: ${text(error)}`);
    people[email] = { id: text(user['id']), email };
  }
  const made: string[] = [];
  return {
    ...truth,
    url: `${proxy.url}/`,
    botToken,
    mails,
    people,
    rateFactor: 1,
    async call(who, method, args) {
      const body = await call(who, method, args);
      const id = text(object(body['channel'])['id']);
      if (method === 'conversations.create' && id !== '') made.push(id);
      return body;
    },
    clearFaults: () => proxy.clear(),
    fault({ act, methods, error, times, nth }) {
      const refusal = { act: 'answer', body: JSON.stringify({ ok: false, error }) } as const;
      return proxy.rule({
        ...(act === 'okFalse' ? refusal : { act: 'dropAfter' }),
        when: ({ path }) => methods?.has(methodOf(path)) === true,
        ...(times === undefined ? {} : { times }),
        ...(nth === undefined ? {} : { nth }),
      });
    },
    setLag(on) {
      if (!on) return proxy.clear();
      const body = JSON.stringify({ ok: true, messages: [], has_more: false });
      proxy.rule({ act: 'answer', body, when: ({ path }) => methodOf(path) === 'conversations.replies' });
    },
    async close() {
      for (const channel of made) await call('bot', 'conversations.archive', { channel });
      await proxy.close();
    },
  };
}

const methodOf = (path: string): string => path.replace(/\?.*$/, '').replace(/^.*\//, '');

/** Slack takes forms for every method, and JSON only for some. */
function form(args: Json): URLSearchParams {
  const given = Object.entries(args).filter(([, value]) => value !== undefined);
  return new URLSearchParams(
    given.map(([name, value]) => [name, typeof value === 'string' ? value : JSON.stringify(value)]),
  );
}

async function passOn(api: string, { method, path, headers, body }: Exchange) {
  const { host: _, connection: __, 'content-length': ___, ...kept } = headers;
  const response = await fetch(new URL(path.replace(/^\//, ''), api), {
    method,
    headers: kept,
    ...(method === 'GET' ? {} : { body: new Uint8Array(body) }),
  });
  const type = response.headers.get('content-type') ?? 'application/json';
  const retry = response.headers.get('retry-after');
  return {
    status: response.status,
    headers: { 'content-type': type, ...(retry ? { 'retry-after': retry } : {}) },
    body: Buffer.from(await response.arrayBuffer()),
  };
}
