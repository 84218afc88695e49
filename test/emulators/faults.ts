import { Agent, createServer, request as httpRequest, type IncomingMessage, type ServerResponse } from 'node:http';
import { liveRule, type LiveRule, type Match, type RuleHandle } from './rules.ts';

export type { RuleHandle } from './rules.ts';

/** One request as the proxy saw it, body whole. */
export interface Exchange {
  readonly method: string;
  /** Path with query. */
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
}

export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[]>>;
  readonly body: Buffer | string;
}

/** Where requests go: a base URL, or a function in this process. */
export type Target = string | ((exchange: Exchange) => Promise<Answer>);

/**
 * What happens to a matching request. "Before" means that the target never sees it, "After" that it does and only
 * the answer suffers.
 * - `dropBefore`, `reset`: the connection ends (FIN, RST) and the target sees nothing.
 * - `dropAfter`: the target accepts, the answer is lost. `cutBody`: half of the answer's body arrives.
 * - `html200`: the target accepts, the answer is a web page with status 200.
 * - `delay`: reaches the target `ms` late. `delayAnswer`: the answer comes `ms` late.
 * - `hold`: reaches the target when released, even if the sender is gone by then. `holdAnswer`: only the answer waits.
 * - `double`: reaches the target twice; the first answer counts.
 * - a number: that status at once. `'500After'`: that status after the target accepted.
 * - `answer`, `answerAfter`: `body` as it is, with status 200.
 */
export type Act =
  | 'dropBefore'
  | 'dropAfter'
  | 'reset'
  | 'delay'
  | 'delayAnswer'
  | 'hold'
  | 'holdAnswer'
  | 'double'
  | 'cutBody'
  | 'html200'
  | 'answer'
  | 'answerAfter'
  | number
  | `${number}After`;

export interface Rule extends Match<Exchange> {
  readonly act: Act;
  /** Milliseconds of `delay` and `delayAnswer`. */
  readonly ms?: number;
  /** Seconds in Retry-After of a 429; null: no such header. Default 1. */
  readonly retryAfter?: number | null;
  /** Of a number, `answer` or `answerAfter`. */
  readonly body?: string;
}

export interface Recorded {
  /** Milliseconds since the Unix epoch. */
  readonly at: number;
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  /** What was done to it. */
  fault?: Act;
  /** What the sender got; absent while pending or when it got nothing. */
  status?: number;
  /** What the sender got, as text. */
  answer?: string;
}

export interface FaultProxy {
  /** `http://127.0.0.1:<port>`, no slash at the end. */
  readonly url: string;
  readonly calls: Recorded[];
  rule(rule: Rule): RuleHandle;
  /** Removes all rules and lets go what they hold. */
  clear(): void;
  close(): Promise<void>;
}

type Live = LiveRule<Exchange, Rule>;

/** A reverse proxy on 127.0.0.1 that passes everything on, except where a rule says otherwise; the oldest rule wins. */
export async function startFaultProxy(target: Target, options: { name: string }): Promise<FaultProxy> {
  const agent = new Agent({ keepAlive: true });
  const forward = typeof target === 'string' ? (exchange: Exchange) => send(target, exchange, agent) : target;
  const calls: Recorded[] = [];
  let rules: Live[] = [];
  let closed = false;

  async function serve(incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
    const exchange = await receive(incoming);
    const { method, path, headers } = exchange;
    const recorded: Recorded = { at: Date.now(), method, path, headers, body: exchange.body.toString() };
    calls.push(recorded);
    const live = rules.find((candidate) => candidate.matches(exchange));
    const pass = async (): Promise<Answer> => {
      if (closed) throw new Error(`${options.name} is closed`);
      return forward(exchange);
    };
    const answer = async (with_: Answer): Promise<void> => {
      if (outgoing.destroyed) return;
      recorded.status = with_.status;
      recorded.answer = with_.body.toString();
      const body = Buffer.from(with_.body);
      outgoing.writeHead(with_.status, { ...with_.headers, 'content-length': String(body.length) });
      outgoing.end(body);
    };
    if (!live) return answer(await pass());
    recorded.fault = live.rule.act;
    live.act();
    await misbehave(live, pass, answer, outgoing);
  }

  const server = createServer((incoming, outgoing) => {
    serve(incoming, outgoing).catch((error: unknown) => {
      if (outgoing.headersSent || outgoing.destroyed) return void outgoing.destroy();
      outgoing.writeHead(502, { 'content-type': 'text/plain' }).end(`${options.name}: ${String(error)}`);
    });
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject).listen(0, '127.0.0.1', resolve);
  });
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error(`${options.name}: no port`);
  return {
    url: `http://127.0.0.1:${address.port}`,
    calls,
    rule(rule) {
      const live = liveRule<Exchange, Rule>(rule, () => {
        rules = rules.filter((other) => other !== live);
      });
      rules.push(live);
      return live;
    },
    clear() {
      const old = rules;
      rules = [];
      for (const live of old) live.release();
    },
    async close() {
      closed = true;
      for (const live of rules) live.release();
      rules = [];
      agent.destroy();
      server.closeAllConnections();
      await new Promise((resolve) => {
        server.close(resolve);
      });
    },
  };
}

async function misbehave(
  live: Live,
  pass: () => Promise<Answer>,
  answer: (with_: Answer) => Promise<void>,
  outgoing: ServerResponse,
): Promise<void> {
  const { act, ms = 0, body = '', retryAfter = 1 } = live.rule;
  if (typeof act === 'number') return answer(refusal(act, body, retryAfter));
  switch (act) {
    case 'dropBefore':
      return void outgoing.socket?.destroy();
    case 'reset':
      return void outgoing.socket?.resetAndDestroy();
    case 'dropAfter':
      await pass();
      return void outgoing.socket?.destroy();
    case 'delay':
      await pause(ms);
      return answer(await pass());
    case 'delayAnswer': {
      const kept = await pass();
      await pause(ms);
      return answer(kept);
    }
    case 'hold':
      await live.wait();
      return answer(await pass());
    case 'holdAnswer': {
      const kept = await pass();
      await live.wait();
      return answer(kept);
    }
    case 'double': {
      const first = await pass();
      await pass();
      return answer(first);
    }
    case 'cutBody': {
      const whole = await pass();
      const bytes = Buffer.from(whole.body);
      outgoing.writeHead(whole.status, { ...whole.headers, 'content-length': String(bytes.length) });
      outgoing.write(bytes.subarray(0, Math.floor(bytes.length / 2)), () => outgoing.socket?.destroy());
      return;
    }
    case 'html200':
      await pass();
      return answer({
        status: 200,
        headers: { 'content-type': 'text/html' },
        body: '<html><title>Sorry</title></html>',
      });
    case 'answer':
      return answer({ status: 200, headers: { 'content-type': 'application/json' }, body });
    case 'answerAfter':
      await pass();
      return answer({ status: 200, headers: { 'content-type': 'application/json' }, body });
    default:
      await pass();
      return answer(refusal(Number.parseInt(act, 10), body, retryAfter));
  }
}

function refusal(status: number, body: string, retryAfter: number | null): Answer {
  const late = status === 429 && retryAfter !== null ? { 'retry-after': String(retryAfter) } : {};
  return { status, headers: { 'content-type': 'text/plain', ...late }, body: body || `status ${status}` };
}

async function receive(incoming: IncomingMessage): Promise<Exchange> {
  const chunks: Buffer[] = [];
  for await (const chunk of incoming) chunks.push(Buffer.from(chunk));
  const headers: Record<string, string> = {};
  for (const [name, value] of Object.entries(incoming.headers)) {
    if (value !== undefined) headers[name] = Array.isArray(value) ? value.join(', ') : value;
  }
  return { method: incoming.method ?? 'GET', path: incoming.url ?? '/', headers, body: Buffer.concat(chunks) };
}

/** One request to `base`, answer whole, nothing decoded. */
function send(base: string, { method, path, headers, body }: Exchange, agent: Agent): Promise<Answer> {
  const { 'transfer-encoding': _chunked, connection: _connection, ...kept } = headers;
  const url = new URL(base.replace(/\/$/, '') + path);
  return new Promise((resolve, reject) => {
    const outgoing = httpRequest(
      url,
      { method, agent, headers: { ...kept, host: url.host, 'content-length': String(body.length) } },
      (incoming) => {
        const chunks: Buffer[] = [];
        incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
        incoming.on('error', reject);
        incoming.on('end', () => {
          const back: Record<string, string | string[]> = {};
          for (const [name, value] of Object.entries(incoming.headers)) {
            if (value !== undefined && !['transfer-encoding', 'connection', 'keep-alive'].includes(name)) {
              back[name] = value;
            }
          }
          resolve({ status: incoming.statusCode ?? 502, headers: back, body: Buffer.concat(chunks) });
        });
      },
    );
    outgoing.on('error', reject);
    outgoing.end(body);
  });
}

const pause = (ms: number): Promise<void> =>
  new Promise((resolve) => {
    setTimeout(resolve, ms);
  });
