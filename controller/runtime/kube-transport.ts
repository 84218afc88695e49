import PQueue from 'p-queue';
import type { Dispatcher } from 'undici';
import type { Clock, Duration } from './clock.ts';
import { seconds, systemClock } from './clock.ts';
import { deadline, type Deadline } from './kube-deadline.ts';
import { Dialer, type Endpoint } from './kube-endpoint.ts';
import { KubeError, kubeError, KubeUnreachable, unreachable } from './kube-errors.ts';

export type Verb = 'get' | 'list' | 'watch' | 'create' | 'patch' | 'delete' | 'raw';

/** One request as it ended, for metrics. A watch is told when it begins. */
export interface Requested {
  readonly verb: Verb;
  /** Plural, with `/status` where the subresource was meant; a path for raw requests. */
  readonly resource: string;
  /** The HTTP status, or what broke below it: `ECONNREFUSED`, `TIMEOUT`. */
  readonly code: number | string;
  readonly duration: Duration;
}

export interface KubeClientOptions {
  readonly endpoint: Endpoint;
  readonly clock?: Clock;
  /** Longest that one call may take, from asking for credentials to the last byte. Default: 10 s. */
  readonly timeout?: Duration;
  /** Owner of the fields that are written. */
  readonly fieldManager?: string;
  readonly userAgent?: string;
  onRequest?(request: Requested): void;
  /** An answer began: its `Date` header, and when (monotonic) it was asked for and when it was there. */
  onDate?(date: string | undefined, sent: Duration, received: Duration): void;
}

export interface CallOptions {
  readonly namespace?: string | undefined;
  readonly timeout?: Duration;
  readonly signal?: AbortSignal | undefined;
  /** Somebody waits for it: it goes before what only the controller waits for. */
  readonly urgent?: boolean;
  /** For impersonation. */
  readonly headers?: Readonly<Record<string, string | string[]>>;
}

export type Query = Readonly<Record<string, string | number | boolean | undefined>>;

export interface KubeRequest extends CallOptions {
  readonly verb: Verb;
  readonly resource: string;
  readonly method: Dispatcher.HttpMethod;
  readonly path: string;
  readonly query?: Query;
  readonly body?: unknown;
  readonly contentType?: string;
}

interface StreamOptions<T> {
  readonly idle: Duration;
  /** The answer has begun. */
  readonly opened: (() => void) | undefined;
  readonly decode: (body: AsyncIterable<Uint8Array>) => AsyncIterable<T>;
}

const defaultTimeout: Duration = seconds(10);
/**
 * Calls under way at a time; watches apart. More would not be served sooner: an API server on one core answers about 200
 * guarded writes a second (make bench), and a burst that it must queue also holds up whatever else asks it.
 */
const atOnce = 32;

/** Requests to one API server: credentials, one pool of connections, a timeout on everything, errors as classes. */
export class Transport {
  readonly #options: KubeClientOptions;
  readonly #clock: Clock;
  readonly #dialer = new Dialer();
  readonly #calls = new PQueue({ concurrency: atOnce });
  readonly #origin: string;
  readonly #base: string;

  constructor(options: KubeClientOptions) {
    this.#options = options;
    this.#clock = options.clock ?? systemClock;
    const { origin, pathname } = new URL(options.endpoint.server);
    this.#origin = origin;
    this.#base = pathname.replace(/\/+$/, '');
  }

  async call<T>(request: KubeRequest): Promise<T> {
    const limit = this.#limit(request);
    const priority = request.urgent ? 1 : 0;
    try {
      return await this.#calls.add(() => this.#ask<T>(request, limit), { priority, signal: limit.signal });
    } catch (error) {
      throw explain(error, request, limit);
    } finally {
      limit.done();
    }
  }

  async #ask<T>(request: KubeRequest, limit: Deadline): Promise<T> {
    const body = await this.#open(request, limit);
    const answer: T = parse(await body.text());
    return answer;
  }

  /** The body as it comes. After each piece the next one may take `idle`. */
  async *stream<T>(request: KubeRequest, { idle, opened, decode }: StreamOptions<T>): AsyncGenerator<T, void> {
    const limit = this.#limit(request);
    try {
      const body = await this.#open(request, limit);
      limit.extend(idle);
      opened?.();
      for await (const item of decode(body)) {
        yield item;
        limit.extend(idle);
      }
    } catch (error) {
      if (request.signal?.aborted) return;
      throw explain(error, request, limit);
    } finally {
      limit.done();
    }
  }

  close(): Promise<void> {
    return this.#dialer.close();
  }

  #limit({ timeout, signal }: KubeRequest): Deadline {
    return deadline(this.#clock, timeout ?? this.#options.timeout ?? defaultTimeout, signal);
  }

  /** Sends, and returns the body of an answer that says yes. */
  async #open(request: KubeRequest, limit: Deadline): Promise<Dispatcher.ResponseData['body']> {
    const started = this.#clock.monotonic();
    let code: number | string | undefined;
    try {
      let response = await this.#send(request, limit, false);
      if (response.statusCode === 401) {
        await response.body.dump();
        response = await this.#send(request, limit, true);
      }
      code = response.statusCode;
      if (code < 300) return response.body;
      const retryAfter = response.headers['retry-after'];
      throw kubeError(code, await response.body.text(), typeof retryAfter === 'string' ? retryAfter : undefined);
    } catch (error) {
      const why = explain(error, request, limit);
      if (why instanceof KubeUnreachable) code = why.code;
      throw why;
    } finally {
      const { verb, resource } = request;
      const duration = this.#clock.monotonic() - started;
      this.#options.onRequest?.({ verb, resource, code: code ?? 'UNKNOWN', duration });
    }
  }

  async #send(request: KubeRequest, limit: Deadline, fresh: boolean): Promise<Dispatcher.ResponseData> {
    const credentials = await limit.race(this.#credentials(fresh));
    const hasBody = request.body !== undefined;
    const dispatcher = this.#dialer.to(credentials);
    const sent = this.#clock.monotonic();
    const answer = dispatcher.request({
      origin: this.#origin,
      path: this.#base + request.path + queryOf(request.query ?? {}),
      method: request.method,
      headers: {
        accept: 'application/json',
        ...(hasBody && { 'content-type': request.contentType ?? 'application/json' }),
        ...(this.#options.userAgent !== undefined && { 'user-agent': this.#options.userAgent }),
        ...credentials.headers,
        ...request.headers,
      },
      body: hasBody ? JSON.stringify(request.body) : null,
      signal: limit.signal,
    });
    try {
      // undici heeds the signal only once there is a connection.
      const response = await limit.race(answer);
      const { date } = response.headers;
      // Above that it may be a balancer that answers.
      if (response.statusCode < 500)
        this.#options.onDate?.(typeof date === 'string' ? date : undefined, sent, this.#clock.monotonic());
      return response;
    } catch (error) {
      if (limit.expired()) this.#dialer.retire(dispatcher);
      throw error;
    }
  }

  async #credentials(fresh: boolean) {
    try {
      return await this.#options.endpoint.credentials(fresh);
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error);
      throw new KubeUnreachable('CREDENTIALS', `no credentials for the API server: ${message}`, { cause: error });
    }
  }
}

function queryOf(query: Query): string {
  const given = Object.entries(query).flatMap(([k, v]) => (v === undefined ? [] : [[k, String(v)]]));
  return given.length ? `?${new URLSearchParams(given).toString()}` : '';
}

/** The API server's schema vouches for the type that the caller gives it. */
function parse(text: string) {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new KubeUnreachable('CUT', 'the API server answered with something other than JSON', { cause: error });
  }
}

function explain(error: unknown, { verb, method, path }: KubeRequest, limit: Deadline): KubeError | KubeUnreachable {
  if (error instanceof KubeError) return error;
  const what = `${method} ${path}`;
  if (limit.expired()) {
    const silence = verb === 'watch' ? 'silence' : 'no answer in time';
    return new KubeUnreachable('TIMEOUT', `${silence} from the API server: ${what}`);
  }
  if (limit.signal.aborted) return new KubeUnreachable('ABORTED', `broken off: ${what}`);
  return unreachable(error);
}
