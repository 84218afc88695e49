import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { Agent, request } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { liveRule, type LiveRule, type Match, type RuleHandle } from '../emulators/rules.ts';
import { apiCallOf, type ApiRequest } from './api-request.ts';
import { WatchStream, type WatchTrouble } from './watch-stream.ts';

/**
 * What happens to a matching request.
 * - `dropBefore`, `reset`: the connection ends (FIN, RST) and the API server sees nothing.
 * - `dropAfter`: stored, and the answer is lost. `cutBody`: stored, and half of the answer arrives.
 * - `delay`: reaches the API server `ms` late. `hold`: when released, even if its sender is gone by then.
 * - `holdAnswer`: stored, and the answer waits.
 * - a number: that status at once. `'500After'`: that status after it was stored.
 */
export type ApiAct =
  | 'dropBefore'
  | 'dropAfter'
  | 'reset'
  | 'cutBody'
  | 'delay'
  | 'hold'
  | 'holdAnswer'
  | number
  | `${number}After`;

export interface ApiRule extends Match<ApiRequest> {
  readonly act: ApiAct;
  /** Milliseconds of `delay`. */
  readonly ms?: number;
  /** Seconds in Retry-After of a 429. */
  readonly retryAfter?: number;
}

export interface ApiCall extends Omit<ApiRequest, 'body'> {
  /** Milliseconds since the Unix epoch. */
  readonly at: number;
  fault?: ApiAct;
  /** What the sender got. */
  status?: number;
}

/** Nobody listens; connections are reset; they are taken and never answered. */
export type Away = 'refused' | 'reset' | 'silent';

export interface ApiProxy {
  /** For a controller that is to go through this proxy. */
  readonly kubeconfig: string;
  /** All but the watches that were let through. */
  readonly calls: readonly ApiCall[];
  /** A watch can only be refused: with a number, `reset` or `dropBefore`. */
  rule(rule: ApiRule): RuleHandle;
  /** From now on every watch event of these resources, or of all, comes so many milliseconds late. */
  lag(ms: number, plural?: string): void;
  /** From now on every answer is dated so many milliseconds later. */
  later(ms: number): void;
  /** To the watches that stand now, of one resource or of all; returns how many these were. */
  trouble(what: WatchTrouble, plural?: string): number;
  /** Watches that were opened so far. */
  readonly watches: number;
  /** The API server cannot be reached until `back`. */
  away(how: Away): void;
  back(): Promise<void>;
  [Symbol.asyncDispose](): Promise<void>;
}

type Live = LiveRule<ApiRequest, ApiRule>;

interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer | string;
}

/** A proxy before the API server of one cluster, on 127.0.0.1, for one world; the oldest rule wins. */
export async function startApiProxy(cluster: { server: string; ca: string; token: string }): Promise<ApiProxy> {
  const agent = new Agent({ keepAlive: true, ca: cluster.ca });
  const calls: ApiCall[] = [];
  const streams = new Set<WatchStream>();
  const lags = new Map<string, number>();
  let rules: Live[] = [];
  let away: Away | undefined;
  let opened = 0;
  let later = 0;

  const lagOf = (plural: string): number => lags.get(plural) ?? lags.get('') ?? 0;

  async function serve(incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
    if (away === 'reset') return void incoming.socket.resetAndDestroy();
    if (away === 'silent') return;
    const body = await whole(incoming);
    const asked = apiCallOf(incoming.method ?? 'GET', incoming.url ?? '/', body.toString());
    const live = rules.find((rule) => rule.matches(asked));
    if (asked.verb === 'watch' && !live) return watch(incoming, outgoing, asked);
    const { body: _, ...bare } = asked;
    const call: ApiCall = { ...bare, at: Date.now() };
    calls.push(call);
    const pass = (): Promise<Answer> => forward(incoming, body);
    const answer = ({ status, headers, body: text }: Answer): void => {
      if (outgoing.destroyed) return;
      call.status = status;
      const bytes = Buffer.from(text);
      outgoing.writeHead(status, { ...headers, 'content-length': String(bytes.length) }).end(bytes);
    };
    if (!live) return answer(await pass());
    call.fault = live.rule.act;
    live.act();
    await misbehave(live, pass, answer, outgoing);
  }

  function send(incoming: IncomingMessage, taken: (upstream: IncomingMessage) => void, lost: (error: Error) => void) {
    const { connection: _, host: __, ...headers } = incoming.headers;
    const outgoing = request(
      `${cluster.server}${incoming.url ?? '/'}`,
      { method: incoming.method, agent, headers },
      taken,
    );
    outgoing.on('error', lost);
    return outgoing;
  }

  const forward = (incoming: IncomingMessage, body: Buffer): Promise<Answer> =>
    new Promise((resolve, reject) => {
      send(
        incoming,
        (upstream) => {
          whole(upstream).then(
            (text) =>
              resolve({ status: upstream.statusCode ?? 502, headers: dated(endToEnd(upstream), later), body: text }),
            reject,
          );
        },
        reject,
      ).end(body);
    });

  function watch(incoming: IncomingMessage, outgoing: ServerResponse, { plural }: ApiRequest): Promise<void> {
    return new Promise((resolve, reject) => {
      const upstream = send(
        incoming,
        (answer) => {
          opened += 1;
          const stream = new WatchStream(plural, answer, outgoing, () => lagOf(plural));
          streams.add(stream);
          outgoing.once('close', () => {
            streams.delete(stream);
            upstream.destroy();
            resolve();
          });
        },
        reject,
      );
      // Its asker may leave before there is an answer.
      outgoing.once('close', () => upstream.destroy());
      upstream.end();
    });
  }

  const server = createServer((incoming, outgoing) => {
    serve(incoming, outgoing).catch(() => outgoing.destroy());
  });
  const listen = (port: number): Promise<void> =>
    new Promise((resolve, reject) => {
      server.once('error', reject).listen(port, '127.0.0.1', () => {
        server.off('error', reject);
        resolve();
      });
    });
  await listen(0);
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the API proxy has no port');
  const { port } = address;
  const folder = await mkdtemp(join(tmpdir(), 'allclear-api-'));
  const kubeconfig = join(folder, 'kubeconfig');
  await writeFile(kubeconfig, kubeconfigFor(`http://127.0.0.1:${port}`, cluster.token), { mode: 0o600 });

  return {
    kubeconfig,
    calls,
    get watches() {
      return opened;
    },
    rule(rule) {
      const live = liveRule<ApiRequest, ApiRule>(rule, () => {
        rules = rules.filter((other) => other !== live);
      });
      rules.push(live);
      return live;
    },
    lag: (ms, plural = '') => void lags.set(plural, ms),
    later: (ms) => void (later = ms),
    trouble(what, plural) {
      const meant = [...streams].filter((stream) => plural === undefined || stream.plural === plural);
      for (const stream of meant) stream.trouble(what);
      return meant.length;
    },
    away(how) {
      away = how;
      if (how === 'refused') server.close();
      if (how === 'silent') for (const stream of streams) stream.trouble('silence');
      else server.closeAllConnections();
    },
    async back() {
      const former = away;
      away = undefined;
      server.closeAllConnections();
      if (former === 'refused') await listen(port);
    },
    async [Symbol.asyncDispose]() {
      for (const rule of rules) rule.release();
      rules = [];
      agent.destroy();
      server.closeAllConnections();
      await new Promise((resolve) => {
        server.close(resolve);
      });
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** JSON is YAML. Without TLS a token is sent only to a cluster that need not prove itself. */
const kubeconfigFor = (server: string, token: string): string =>
  JSON.stringify({
    apiVersion: 'v1',
    kind: 'Config',
    'current-context': 'proxy',
    clusters: [{ name: 'proxy', cluster: { server, 'insecure-skip-tls-verify': true } }],
    users: [{ name: 'proxy', user: { token } }],
    contexts: [{ name: 'proxy', context: { cluster: 'proxy', user: 'proxy', namespace: 'default' } }],
  });

async function misbehave(
  live: Live,
  pass: () => Promise<Answer>,
  answer: (with_: Answer) => void,
  outgoing: ServerResponse,
): Promise<void> {
  const { act, ms = 0, retryAfter } = live.rule;
  if (typeof act === 'number') return answer(refusal(act, retryAfter));
  switch (act) {
    case 'dropBefore':
      return void outgoing.socket?.destroy();
    case 'reset':
      return void outgoing.socket?.resetAndDestroy();
    case 'dropAfter':
      await pass();
      return void outgoing.socket?.destroy();
    case 'cutBody': {
      const { status, headers, body } = await pass();
      const bytes = Buffer.from(body);
      outgoing.writeHead(status, { ...headers, 'content-length': String(bytes.length) });
      outgoing.write(bytes.subarray(0, Math.floor(bytes.length / 2)), () => outgoing.socket?.destroy());
      return;
    }
    case 'delay':
      await new Promise((resolve) => {
        setTimeout(resolve, ms);
      });
      return answer(await pass());
    case 'hold':
      await live.wait();
      return answer(await pass());
    case 'holdAnswer': {
      const kept = await pass();
      await live.wait();
      return answer(kept);
    }
    default:
      await pass();
      return answer(refusal(Number.parseInt(act, 10), retryAfter));
  }
}

/** As the API server words it. */
function refusal(code: number, retryAfter: number | undefined): Answer {
  const reason = { 409: 'Conflict', 410: 'Expired', 422: 'Invalid', 429: 'TooManyRequests' }[code] ?? 'InternalError';
  return {
    status: code,
    headers: {
      'content-type': 'application/json',
      ...(retryAfter === undefined ? {} : { 'retry-after': String(retryAfter) }),
    },
    body: JSON.stringify({
      kind: 'Status',
      apiVersion: 'v1',
      status: 'Failure',
      message: 'the proxy before the API server says so',
      reason,
      code,
    }),
  };
}

async function whole(incoming: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of incoming) chunks.push(Buffer.from(chunk));
  return Buffer.concat(chunks);
}

/** By the clock of an API server that is so many milliseconds ahead. */
const dated = ({ date, ...headers }: Readonly<Record<string, string>>, later: number): Record<string, string> =>
  date === undefined ? headers : { ...headers, date: new Date(Date.parse(date) + later).toUTCString() };

function endToEnd({ headers }: IncomingMessage): Record<string, string> {
  const kept = Object.entries(headers).filter(
    ([name, value]) => value !== undefined && !['transfer-encoding', 'connection', 'keep-alive'].includes(name),
  );
  return Object.fromEntries(kept.map(([name, value]) => [name, String(value)]));
}
