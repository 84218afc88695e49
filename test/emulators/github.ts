import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createEmulator } from 'emulate';
import { BareRepository } from './git-repository.ts';
import { gitHandler, tokenOf } from './git-server.ts';
import { Mirror } from './github-mirror.ts';
import { servePage } from './github-pages.ts';
import { refusal } from './github-rules.ts';
import { type Account, appId, bot, installationId, person, privateKey, seed, spend } from './github-seed.ts';
import {
  type CommentTruth,
  commentTruth,
  type IssueTruth,
  issueTruth,
  type PullTruth,
  pullTruth,
} from './github-truth.ts';
import { type Json, jsonList, parseJson, text as textOf } from './json.ts';
import { listen, stop } from './listen.ts';

export type { CommentTruth, IssueTruth, PullTruth } from './github-truth.ts';

/** One request that reached us, for counting. */
export interface Received {
  /** The account of the token: `allclear-bot`, `casey`, or `app` for a GitHub App's; `-` for none that is known. */
  readonly by: string;
  readonly method: string;
  readonly path: string;
  readonly status: number;
}

export interface GitHubApp {
  readonly appId: string;
  readonly installationId: string;
  readonly privateKey: string;
}

/**
 * GitHub with one repository, on 127.0.0.1: emulate's REST interface, real git at gitUrl, pages for people at
 * htmlUrl (emulate's html_url has no page of its own). The bare repository is the truth of branches; pushes
 * appear in emulate before their answer is given, and a merge is a real merge.
 */
export interface GitHub {
  readonly apiUrl: string;
  readonly gitUrl: string;
  readonly htmlUrl: string;
  readonly owner: string;
  readonly repo: string;
  /** Of the account that the controller is given: `allclear-bot`. Good for REST and git. */
  readonly token: string;
  /** Of a person with the same rights: `casey`. */
  readonly personToken: string;
  /** The same rights as a GitHub App; its login is `allclear-app[bot]`. */
  readonly app: GitHubApp;
  readonly repository: BareRepository;
  issues(): Promise<readonly IssueTruth[]>;
  comments(number: number): Promise<readonly CommentTruth[]>;
  pulls(): Promise<readonly PullTruth[]>;
  /** As a person presses Merge; a draft is made ready first. Throws when it can't be merged. */
  mergePull(number: number, options?: { deleteBranch?: boolean }): Promise<void>;
  closePull(number: number): Promise<void>;
  /** A person pushes one commit; the branch is made from main if it is not there. Null removes a file. */
  push(branch: string, files: Readonly<Record<string, string | null>>, message: string): Promise<void>;
  /** A call as a person, for edits by hand: `as('PATCH', '/issues/1', {state: 'closed'})`; below the repository. */
  as(method: string, path: string, body?: unknown): Promise<unknown>;
  /** An administrator deletes an issue. */
  removeIssue(number: number): void;
  /** Carries out the next request that matches, and cuts the line instead of answering. */
  loseAnswer(method: string, path: RegExp): void;
  /** Answers the next request that matches in emulate's place. */
  answerWith(method: string, path: RegExp, answer: CannedAnswer): void;
  /** From now on the controller's token is refused with 401. */
  revokeToken(): void;
  /** It is good again. */
  restoreToken(): void;
  readonly received: readonly Received[];
  close(): Promise<void>;
}

export interface CannedAnswer {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body: string;
}

/** Starts one. Each is a world of its own: any number side by side in a process. */
export async function startGitHub(options: { owner: string; repo: string; token?: string }): Promise<GitHub> {
  const { owner, repo } = options;
  const base = `/repos/${owner}/${repo}`;
  const root = await mkdtemp(join(tmpdir(), 'allclear-github-'));
  const repository = await BareRepository.create(join(root, owner, `${repo}.git`));
  const inner = await createEmulator({ service: 'github', port: 0, seed: seed(owner, repo) });
  const innerUrl = inner.url.replace('localhost', '127.0.0.1');
  const server = createServer((req, res) => {
    void answer(req, res).catch((error: unknown) => {
      if (!res.headersSent) res.writeHead(500, { 'content-type': 'text/plain' });
      res.end(String(error));
    });
  });
  const url = await listen(server);

  const token = options.token ?? `ghp_${randomBytes(12).toString('hex')}`;
  const personToken = `ghp_${randomBytes(12).toString('hex')}`;
  const accounts = new Map<string, Account>([
    [token, { login: bot, calls: 0 }],
    [personToken, { login: person, calls: 0 }],
  ]);
  const admin: Account = { login: owner === person ? person : 'admin', calls: 0 };
  const installations = new Set<string>();
  const removed = new Set<number>();
  const received: Received[] = [];
  const canned: { method: string; path: RegExp; answer: CannedAnswer | 'lost' }[] = [];

  /** One call to emulate; the texts of its answer name us instead of it. */
  const forward = async (method: string, path: string, authorization: string, body?: string, accept?: string) => {
    const response = await fetch(`${innerUrl}${path}`, {
      method,
      headers: {
        authorization,
        accept: accept ?? 'application/json',
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      },
      ...(body === undefined ? {} : { body }),
    });
    const text = (await response.text()).replaceAll(inner.url, url);
    return { status: response.status, headers: response.headers, text };
  };
  const call = async (account: Account, method: string, path: string, body?: unknown): Promise<unknown> => {
    const given = body === undefined ? undefined : JSON.stringify(body);
    const { status, text } = await forward(method, path, `token ${spend(account)}`, given);
    if (status >= 400) throw new Error(`${method} ${path}: ${status} ${text}`);
    return text === '' ? undefined : JSON.parse(text);
  };
  /** Every page of a list, as its owner sees it. */
  const all = async (path: string): Promise<readonly Json[]> => {
    const items: Json[] = [];
    for (let page = 1; ; page += 1) {
      const sep = path.includes('?') ? '&' : '?';
      const some = jsonList(await call(admin, 'GET', `${path}${sep}per_page=100&page=${page}`));
      items.push(...some);
      if (some.length < 100) return items;
    }
  };
  const mirror = new Mirror(repository, (method, path, body) => call(admin, method, path, body), owner, repo);
  await mirror.run();
  const handleGit = gitHandler({
    root,
    authorize: (given) => given !== undefined && (accounts.has(given) || installations.has(given)),
    onPush: () => mirror.run(),
  });

  const github: GitHub = {
    apiUrl: url,
    gitUrl: `${url}/${owner}/${repo}.git`,
    htmlUrl: url,
    owner,
    repo,
    token,
    personToken,
    app: {
      appId: String(appId),
      installationId: String(installationId),
      privateKey: privateKey(),
    },
    repository,
    received,
    issues: async () => {
      const issues = await all(`${base}/issues?state=all&direction=asc`);
      return issues.map(issueTruth).filter((issue) => !removed.has(issue.number));
    },
    comments: async (number) => (await all(`${base}/issues/${number}/comments`)).map(commentTruth),
    pulls: async () => (await all(`${base}/pulls?state=all&direction=asc`)).map(pullTruth),
    async mergePull(number, { deleteBranch = false } = {}) {
      const pull = (await github.pulls()).find((one) => one.number === number);
      if (!pull) throw new Error(`no pull request ${number}`);
      if (pull.draft) await github.as('PATCH', `/pulls/${number}`, { draft: false });
      await github.as('PUT', `/pulls/${number}/merge`, {});
      if (!deleteBranch) return;
      await repository.deleteBranch(pull.head);
      await mirror.run();
    },
    async closePull(number) {
      await github.as('PATCH', `/pulls/${number}`, { state: 'closed' });
    },
    async push(branch, files, message) {
      await repository.commit(branch, files, message);
      await mirror.run();
    },
    async as(method, path, body) {
      const response = await fetch(`${url}${base}${path}`, {
        method,
        headers: { authorization: `token ${personToken}`, 'content-type': 'application/json' },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      });
      const text = await response.text();
      if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${text}`);
      return text === '' ? undefined : JSON.parse(text);
    },
    removeIssue: (number) => void removed.add(number),
    loseAnswer: (method, path) => void canned.push({ method, path, answer: 'lost' }),
    answerWith: (method, path, given) => void canned.push({ method, path, answer: given }),
    revokeToken: () => void accounts.delete(token),
    restoreToken: () => void accounts.set(token, { login: bot, calls: 0 }),
    async close() {
      await stop(server);
      await inner.close();
      await rm(root, { recursive: true, force: true, maxRetries: 3 });
    },
  };

  async function answer(req: IncomingMessage, res: ServerResponse): Promise<void> {
    const method = req.method ?? 'GET';
    const target = new URL(req.url ?? '/', url);
    const path = target.pathname;
    const given = tokenOf(req);
    const account = given === undefined ? undefined : accounts.get(given);
    // A GitHub App signs in by itself; what it then gets is emulate's own token.
    const appCall = given !== undefined && (installations.has(given) || given.split('.').length === 3);
    const by = account?.login ?? (appCall ? 'app' : '-');
    if (handleGit(req, res)) {
      res.once('finish', () => received.push({ by, method, path, status: res.statusCode }));
      return;
    }
    if (await servePage(req, res, target, github)) return;
    const text = await bodyOf(req);
    const at = canned.findIndex((one) => one.method === method && one.path.test(path));
    const surprise = at < 0 ? undefined : canned.splice(at, 1)[0]?.answer;
    const reply = (status: number, body: string, headers: Readonly<Record<string, string>> = {}) => {
      received.push({ by, method, path, status });
      if (surprise === 'lost') req.socket.destroy();
      else res.writeHead(status, { 'content-type': 'application/json; charset=utf-8', ...headers }).end(body);
    };
    if (surprise !== undefined && surprise !== 'lost') {
      received.push({ by, method, path, status: surprise.status });
      res.writeHead(surprise.status, { 'content-type': 'application/json', ...surprise.headers }).end(surprise.body);
      return;
    }
    if (!account && !appCall) {
      const message = given === undefined ? 'Requires authentication' : 'Bad credentials';
      reply(401, JSON.stringify({ message, documentation_url: 'https://docs.github.com/rest', status: '401' }));
      return;
    }
    const body = parseJson(text);
    const refused = await refusal(method, path, body, { owner, repository, pulls: () => github.pulls() });
    if (refused) {
      reply(refused.status, JSON.stringify(refused.body));
      return;
    }
    const issue = Number(new RegExp(`^${base}/issues/(\\d+)(/|$)`).exec(path)?.[1] ?? Number.NaN);
    if (removed.has(issue)) {
      reply(410, JSON.stringify({ message: 'This issue was deleted', status: '410' }));
      return;
    }
    const merge = method === 'PUT' ? new RegExp(`^${base}/pulls/(\\d+)/merge$`).exec(path)?.[1] : undefined;
    const pull = merge === undefined ? undefined : (await github.pulls()).find((one) => one.number === Number(merge));
    const authorization = account ? `token ${spend(account)}` : (req.headers.authorization ?? '');
    const accept = req.headers.accept ?? 'application/json';
    const result = await forward(method, `${path}${target.search}`, authorization, text || undefined, accept);
    if (/^\/app\/installations\/\d+\/access_tokens$/.test(path) && result.status === 201) {
      installations.add(textOf(parseJson(result.text)?.['token']));
    }
    if (pull && result.status === 200) {
      await repository.merge(pull.head, pull.base, `Merge pull request #${pull.number} from ${owner}/${pull.head}`);
      await mirror.run();
    }
    if (removed.size > 0 && method === 'GET' && path === `${base}/issues` && result.status === 200) {
      const list = jsonList(JSON.parse(result.text));
      result.text = JSON.stringify(list.filter((one) => !removed.has(Number(one['number']))));
    }
    const headers: Record<string, string> = {};
    for (const name of ['content-type', 'x-ratelimit-limit', 'x-ratelimit-remaining', 'x-ratelimit-reset']) {
      const value = result.headers.get(name);
      if (value !== null) headers[name] = value;
    }
    reply(result.status, result.text, headers);
  }

  return github;
}

async function bodyOf(req: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of req as AsyncIterable<Buffer>) chunks.push(chunk);
  return Buffer.concat(chunks).toString();
}
