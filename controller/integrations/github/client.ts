import { createAppAuth } from '@octokit/auth-app';
import { Octokit } from '@octokit/rest';
import type { RequestInit } from 'undici';
import type { GithubOptions } from '../../api/integration.gen.ts';
import type { Clock, Duration } from '../../runtime/clock.ts';
import type { Call } from '../../runtime/effect.ts';
import { Gone, phrase, Rejected } from '../../runtime/outcome.ts';
import type { Secrets, VendorContext } from '../kit/vendor.ts';
import { Budget, type Limits } from './budget.ts';
import { type Head, type Http, http, jsonOf, responseOf } from '../kit/http.ts';
import { retryAfter } from '../kit/retry-after.ts';
import { Answered, classify, refused } from './errors.ts';
import { list, record, string } from './shapes.ts';

export interface Tuning {
  readonly limits: Limits;
  /** Of one request, from the moment it leaves to the last byte of its answer. */
  readonly timeout: Duration;
  readonly settlingTime: Duration;
}

type Parameters = Readonly<Record<string, unknown>>;
/** What a write is told of its call. */
export type Sender = Pick<Call, 'signal' | 'priority' | 'go'>;

/** One page of a list; a list of more than `mostPages` pages is refused, since "not found" would prove nothing. */
const pageSize = 100;
const mostPages = 50;

/** Requests to one repository: within the budget, once each, with a time limit, and with a plain word on failure. */
export class Client {
  readonly options: GithubOptions;
  readonly tuning: Tuning;
  readonly budget: Budget;
  private readonly clock: Clock;
  private readonly out: Http;
  private readonly octokit: Octokit;
  private readonly app: boolean;
  private known: Promise<string> | undefined;

  constructor(options: GithubOptions, secrets: Secrets, context: VendorContext, tuning: Tuning) {
    this.options = options;
    this.tuning = tuning;
    this.clock = context.clock;
    this.out = http(context.clock);
    this.budget = new Budget(context.clock, tuning.limits);
    this.app = secrets['token'] === undefined;
    const silent = { debug() {}, info() {}, warn() {}, error() {} };
    // Octokit itself never repeats a request: retry and throttling are plugins of the package `octokit`.
    this.octokit = new Octokit({
      baseUrl: options.apiUrl.replace(/\/+$/, ''),
      userAgent: 'allclear',
      log: silent,
      request: { fetch: this.fetcher(), redirect: 'manual', log: silent },
      ...(this.app
        ? {
            authStrategy: createAppAuth,
            auth: {
              appId: secrets['appId'] ?? '',
              privateKey: secrets['privateKey'] ?? '',
              installationId: secrets['installationId'] ?? '',
              log: silent,
            },
          }
        : { auth: secrets['token'] ?? '' }),
    });
  }

  /** Reads change nothing, so every failure is Rejected, or Answered. */
  async read(route: string, parameters: Parameters, signal: AbortSignal, priority = 3): Promise<unknown> {
    try {
      return await this.send('read', route, parameters, { signal, priority, go() {} });
    } catch (error) {
      if (error instanceof Rejected || error instanceof Answered) throw error;
      throw new Rejected('Unreachable', phrase(error), { cause: error });
    }
  }

  /** A write: `call.go()` runs in the tick in which the request leaves. */
  write(route: string, parameters: Parameters, call: Sender): Promise<unknown> {
    return this.send('write', route, parameters, call);
  }

  /** Every item of a list, page by page. Link headers are not followed: they would go around a proxy. */
  async pages(
    route: string,
    parameters: Parameters,
    signal: AbortSignal,
    enough: (page: readonly unknown[]) => boolean = () => false,
  ): Promise<readonly unknown[]> {
    const items: unknown[] = [];
    for (let page = 1; page <= mostPages; page += 1) {
      const some = list(await this.read(route, { ...parameters, per_page: pageSize, page }, signal), 'a list');
      items.push(...some);
      if (some.length < pageSize || enough(some)) return items;
    }
    throw new Error(`more than ${mostPages * pageSize} items: what is looked for cannot be ruled out`);
  }

  /**
   * Runs `task`, which is about one known thing. When GitHub says 404 or 410 of it: Gone if the repository is
   * still there, else RepositoryNotFound.
   */
  async about<T>(what: string, signal: AbortSignal, task: () => Promise<T>): Promise<T> {
    try {
      return await task();
    } catch (error) {
      if (!(error instanceof Answered)) throw error;
      if (error.status === 404) {
        try {
          await this.read('GET /repos/{owner}/{repo}', {}, signal);
        } catch (missing) {
          throw refused(missing, this.name);
        }
      }
      if (error.status === 404 || error.status === 410) throw new Gone(`${what} is not in ${this.name} any more`);
      throw refused(error, this.name);
    }
  }

  /** Runs `task`, which is about the repository as a whole. */
  async repository<T>(task: () => Promise<T>): Promise<T> {
    try {
      return await task();
    } catch (error) {
      throw refused(error, this.name);
    }
  }

  /** Our own login: what we wrote carries it as its author. Asked once. */
  me(signal: AbortSignal): Promise<string> {
    this.known ??= this.whoami(signal).catch((error: unknown) => {
      this.known = undefined;
      throw refused(error, this.name);
    });
    return this.known;
  }

  /** Where people look: https://api.github.com → https://github.com, https://host/api/v3 → https://host. */
  page(path: string): string {
    const api = new URL(this.options.apiUrl);
    const origin = api.hostname === 'api.github.com' ? 'https://github.com' : api.origin;
    return `${origin}${path}`;
  }

  get name(): string {
    return `${this.options.owner}/${this.options.repo}`;
  }

  close(): void {
    this.budget.close();
    this.out.close();
  }

  private async whoami(signal: AbortSignal): Promise<string> {
    if (!this.app) return string(record(await this.read('GET /user', {}, signal), 'a user')['login'], 'a user');
    return `${string(record(await this.read('GET /app', {}, signal), 'an app')['slug'], 'an app')}[bot]`;
  }

  private async send(kind: 'read' | 'write', route: string, parameters: Parameters, call: Sender): Promise<unknown> {
    const done = await this.budget.slot(kind, call.priority, call.signal);
    let left = false;
    const go = () => {
      call.go();
      left = true;
    };
    try {
      const { owner, repo } = this.options;
      const response = (await this.octokit.request(route, {
        owner,
        repo,
        ...parameters,
        request: { fetch: this.fetcher(go), signal: call.signal },
      })) as { status: number; data: unknown };
      if (response.status >= 300) throw new Answered(response.status, 'moved', []);
      return response.data;
    } catch (error) {
      const failure = error instanceof Answered ? error : classify(error, this.clock, left);
      if (failure instanceof Rejected && failure.reason === 'RateLimited') this.budget.pause(failure.retryAfter ?? 0);
      throw failure;
    } finally {
      done();
    }
  }

  /** Whatever else an error says: a server that names a time is asked nothing until then. */
  private heed({ status, headers }: Head): void {
    const wait = retryAfter(headers.get('retry-after'), this.clock.now(), headers.get('date'));
    if (status >= 400 && wait !== undefined) this.budget.pause(wait);
  }

  /** What octokit sends with. @param go absent: the request signs in */
  private fetcher(go?: () => void) {
    return async (url: string, init: RequestInit = {}): Promise<Response> => {
      const { timeout } = this.tuning;
      const answer = await this.out.send(url, init, { timeout, go, onHead: (head) => this.heed(head) });
      const isJson = jsonOf(answer.text) !== undefined;
      const ok = answer.status >= 200 && answer.status < 300;
      // Signing in would take what it does not find in the answer for a token, and keep it for an hour.
      if (!go && ok && !isJson) throw new Error('GitHub answered with something other than JSON');
      // A type that octokit cannot parse throws there, and status and headers are lost with it.
      if (answer.status >= 400) answer.headers.set('content-type', isJson ? 'application/json' : 'text/plain');
      return responseOf(answer);
    };
  }
}
