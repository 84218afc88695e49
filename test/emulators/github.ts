import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createEmulator, type SeedConfig } from 'emulate';
import { BareRepository } from './git-repository.ts';
import { gitHandler, tokenOf } from './git-server.ts';
import { Mirror } from './github-mirror.ts';
import { servePage } from './github-pages.ts';
import { refusal } from './github-rules.ts';

export interface IssueTruth {
  readonly number: number;
  readonly title: string;
  readonly body: string;
  readonly state: 'open' | 'closed';
  readonly stateReason: string | null;
  readonly labels: readonly string[];
  readonly author: string;
}

export interface CommentTruth {
  readonly id: number;
  readonly body: string;
  readonly author: string;
}

export interface PullTruth {
  readonly number: number;
  readonly title: string;
  readonly body: string;
  readonly state: 'open' | 'closed';
  readonly merged: boolean;
  readonly mergedAt: string | null;
  readonly draft: boolean;
  readonly head: string;
  readonly base: string;
  readonly reviewers: readonly string[];
  readonly author: string;
}

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
  /** A call as a person, for edits by hand: `as('PATCH', '/issues/1', {state: 'closed'})`; below the repository. */
  as(method: string, path: string, body?: unknown): Promise<unknown>;
  /** Carries out the next request that matches, and cuts the line instead of answering. */
  loseAnswer(method: string, path: RegExp): void;
  /** Answers the next request that matches in emulate's place. */
  answerWith(method: string, path: RegExp, answer: CannedAnswer): void;
  /** From now on the controller's token is refused with 401. */
  revokeToken(): void;
  readonly received: readonly Received[];
  close(): Promise<void>;
}

export interface CannedAnswer {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body: string;
}

const bot = 'allclear-bot';
const person = 'casey';
/** emulate refuses a token's 5,000th request in an hour: many tokens for one account. */
const callsOfToken = 4_000;
const tokensOfAccount = 250;

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
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;

  const token = options.token ?? `ghp_${randomBytes(12).toString('hex')}`;
  const personToken = `ghp_${randomBytes(12).toString('hex')}`;
  const accounts = new Map<string, Account>([
    [token, { login: bot, calls: 0 }],
    [personToken, { login: person, calls: 0 }],
  ]);
  const admin: Account = { login: owner === person ? person : 'admin', calls: 0 };
  const installations = new Set<string>();
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
      const some = (await call(admin, 'GET', `${path}${sep}per_page=100&page=${page}`)) as Json[];
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
    issues: async () =>
      (await all(`${base}/issues?state=all&direction=asc`)).map((issue) => ({
        number: issue['number'] as number,
        title: issue['title'] as string,
        body: (issue['body'] as string | null) ?? '',
        state: issue['state'] as 'open' | 'closed',
        stateReason: issue['state_reason'] as string | null,
        labels: (issue['labels'] as { name: string }[]).map((label) => label.name),
        author: (issue['user'] as { login: string }).login,
      })),
    comments: async (number) =>
      (await all(`${base}/issues/${number}/comments`)).map((comment) => ({
        id: comment['id'] as number,
        body: comment['body'] as string,
        author: (comment['user'] as { login: string }).login,
      })),
    pulls: async () =>
      (await all(`${base}/pulls?state=all&direction=asc`)).map((pull) => ({
        number: pull['number'] as number,
        title: pull['title'] as string,
        body: (pull['body'] as string | null) ?? '',
        state: pull['state'] as 'open' | 'closed',
        merged: pull['merged_at'] !== null,
        mergedAt: pull['merged_at'] as string | null,
        draft: pull['draft'] as boolean,
        head: (pull['head'] as { ref: string }).ref,
        base: (pull['base'] as { ref: string }).ref,
        reviewers: (pull['requested_reviewers'] as { login: string }[]).map((user) => user.login),
        author: (pull['user'] as { login: string }).login,
      })),
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
    loseAnswer: (method, path) => void canned.push({ method, path, answer: 'lost' }),
    answerWith: (method, path, given) => void canned.push({ method, path, answer: given }),
    revokeToken: () => void accounts.delete(token),
    async close() {
      server.closeAllConnections();
      await new Promise<void>((resolve) => server.close(() => resolve()));
      await inner.close();
      await rm(root, { recursive: true, force: true });
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
    const body = parsed(text);
    const refused = await refusal(method, path, body, { owner, repository, pulls: github.pulls });
    if (refused) {
      reply(refused.status, JSON.stringify(refused.body));
      return;
    }
    const merge = method === 'PUT' ? new RegExp(`^${base}/pulls/(\\d+)/merge$`).exec(path)?.[1] : undefined;
    const pull = merge === undefined ? undefined : (await github.pulls()).find((one) => one.number === Number(merge));
    const authorization = account ? `token ${spend(account)}` : (req.headers.authorization ?? '');
    const accept = req.headers.accept ?? 'application/json';
    const result = await forward(method, `${path}${target.search}`, authorization, text || undefined, accept);
    if (/^\/app\/installations\/\d+\/access_tokens$/.test(path) && result.status === 201) {
      installations.add((JSON.parse(result.text) as { token: string }).token);
    }
    if (pull && result.status === 200) {
      await repository.merge(pull.head, pull.base, `Merge pull request #${pull.number} from ${owner}/${pull.head}`);
      await mirror.run();
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

type Json = Readonly<Record<string, unknown>>;

interface Account {
  readonly login: string;
  calls: number;
}

const appId = 4242;
const installationId = 4243;

let made: string | undefined;
/** One key for all: making it takes a fifth of a second. */
function privateKey(): string {
  made ??= generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey.export({ type: 'pkcs1', format: 'pem' });
  return made;
}

/** The next of an account's inner tokens. */
function spend(account: Account): string {
  account.calls += 1;
  return `${account.login}-${Math.floor(account.calls / callsOfToken) % tokensOfAccount}`;
}

function seed(owner: string, repo: string): SeedConfig {
  const logins = [bot, person, 'admin'];
  const tokens = logins.flatMap((login) =>
    Array.from({ length: tokensOfAccount }, (_, n) => [`${login}-${n}`, { login, scopes: ['repo', 'user'] }] as [string, { login: string; scopes: string[] }]),
  );
  const permissions = { contents: 'write', issues: 'write', pull_requests: 'write', metadata: 'read' };
  return {
    tokens: Object.fromEntries(tokens),
    github: {
      users: [...logins, 'riley', 'sam'].map((login) => ({ login, name: login, email: `${login}@example.com` })),
      orgs: [{ login: owner, name: owner, members: logins.map((login) => ({ login, role: 'admin' })) }],
      repos: [{ owner, name: repo, default_branch: 'main', auto_init: false }],
      apps: [
        {
          app_id: appId,
          slug: 'allclear-app',
          name: 'AllClear',
          private_key: privateKey(),
          permissions,
          installations: [{ installation_id: installationId, account: owner, repository_selection: 'all', permissions }],
        },
      ],
    },
  };
}

async function bodyOf(req: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of req as AsyncIterable<Buffer>) chunks.push(chunk);
  return Buffer.concat(chunks).toString();
}

function parsed(text: string): Json | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? (value as Json) : undefined;
  } catch {
    return undefined;
  }
}
