import { spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createGunzip } from 'node:zlib';
import { BareRepository } from './git-repository.ts';
import { isolatedGit } from './git-run.ts';
import { listen, stop } from './listen.ts';

export interface Push {
  /** Path of the repository below the root: `acme/incidents.git`. */
  readonly repository: string;
}

export type PushStep = 'asks' | 'sends';

export interface GitHandlerOptions {
  /** The folder that holds `owner/name.git`. */
  readonly root: string;
  /** Whether a bearer token, or the password of basic authentication, is good. */
  authorize(token: string | undefined): boolean;
  /** Awaited when git asks what there is before it pushes (`asks`), and when the push arrives (`sends`). */
  beforePush?(push: Push, step: PushStep): Promise<void>;
  /** Asked for each push that landed: true cuts the line instead of answering. */
  losesAnswer?(push: Push): boolean;
  /** Awaited after a push landed and before its answer is given. A throw answers 500. */
  onPush?(push: Push): Promise<void>;
}

/** Answers git's smart HTTP through `git http-backend`; false if the request is not git's. */
export function gitHandler(options: GitHandlerOptions): (req: IncomingMessage, res: ServerResponse) => boolean {
  return (req, res) => {
    const url = new URL(req.url ?? '/', 'http://git');
    const match = /^\/([\w.-]+\/[\w.-]+\.git)\/(info\/refs|git-upload-pack|git-receive-pack|HEAD|objects\/.*)$/.exec(
      url.pathname,
    );
    if (!match?.[1]) return false;
    if (!options.authorize(tokenOf(req))) {
      req.resume();
      res.writeHead(401, { 'www-authenticate': 'Basic realm="git"' }).end('Bad credentials\n');
      return true;
    }
    void serve(req, res, url, match[1], options).catch((error: unknown) => {
      if (!res.headersSent) res.writeHead(500);
      res.end(`${error instanceof Error ? error.message : String(error)}\n`);
    });
    return true;
  };
}

/** The secret part of an Authorization header: a bearer token or a basic password. */
export function tokenOf(req: IncomingMessage): string | undefined {
  const [scheme = '', value = ''] = (req.headers.authorization ?? '').split(/\s+/, 2);
  if (/^(bearer|token)$/i.test(scheme)) return value;
  if (/^basic$/i.test(scheme)) return Buffer.from(value, 'base64').toString().split(':').slice(1).join(':');
  return undefined;
}

async function serve(
  req: IncomingMessage,
  res: ServerResponse,
  url: URL,
  repository: string,
  options: GitHandlerOptions,
): Promise<void> {
  const pushes = url.pathname.endsWith('/git-receive-pack');
  const push = pushes && req.method === 'POST' ? { repository } : undefined;
  if (push) await options.beforePush?.(push, 'sends');
  const asks = url.searchParams.get('service') === 'git-receive-pack';
  if (asks && String(req.headers['user-agent']).startsWith('git/')) await options.beforePush?.({ repository }, 'asks');
  const zipped = req.headers['content-encoding'] === 'gzip';
  const child = spawn('git', ['http-backend'], {
    env: {
      ...isolatedGit,
      GIT_PROJECT_ROOT: options.root,
      GIT_HTTP_EXPORT_ALL: '1',
      REQUEST_METHOD: req.method ?? 'GET',
      PATH_INFO: url.pathname,
      QUERY_STRING: url.search.slice(1),
      CONTENT_TYPE: req.headers['content-type'] ?? '',
      ...(zipped || !req.headers['content-length'] ? {} : { CONTENT_LENGTH: req.headers['content-length'] }),
      ...(req.headers['git-protocol'] ? { GIT_PROTOCOL: String(req.headers['git-protocol']) } : {}),
      REMOTE_USER: 'git',
      REMOTE_ADDR: '127.0.0.1',
    },
    stdio: ['pipe', 'pipe', 'ignore'],
  });
  // A client that goes away closes the pipe: git ends, which is no error of ours.
  child.stdin.on('error', () => {});
  req.on('error', () => child.kill());
  if (zipped) {
    const gunzip = createGunzip().on('error', () => child.kill());
    req.pipe(gunzip).pipe(child.stdin);
  } else req.pipe(child.stdin);

  const ended = new Promise<void>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', () => resolve());
  });
  // The answer to a push is small, and must not arrive before onPush is through: held back whole.
  const held: Buffer[] = [];
  let head = Buffer.alloc(0);
  let started = false;
  for await (const chunk of child.stdout as AsyncIterable<Buffer>) {
    if (started) {
      if (pushes) held.push(chunk);
      else if (!res.write(chunk)) await drained(res);
      continue;
    }
    head = Buffer.concat([head, chunk]);
    const end = head.indexOf('\r\n\r\n');
    if (end < 0) continue;
    started = true;
    writeHead(res, head.subarray(0, end).toString());
    held.push(head.subarray(end + 4));
    if (!pushes) res.write(held.pop());
  }
  await ended;
  if (!started) throw new Error('git http-backend gave no answer');
  if (push) await options.onPush?.(push);
  if (push && options.losesAnswer?.(push)) {
    req.socket.destroy();
    return;
  }
  for (const chunk of held) res.write(chunk);
  res.end();
}

function writeHead(res: ServerResponse, head: string): void {
  for (const line of head.split('\r\n')) {
    const at = line.indexOf(':');
    const name = line.slice(0, at).toLowerCase();
    const value = line.slice(at + 1).trim();
    if (name === 'status') res.statusCode = Number.parseInt(value, 10);
    else res.setHeader(name, value);
  }
}

function drained(res: ServerResponse): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      res.off('drain', done).off('close', done);
      resolve();
    };
    res.on('drain', done).on('close', done);
  });
}

export interface GitServer {
  readonly url: string;
  readonly token: string;
  /** A new repository `owner/name`, served at `url/owner/name.git`. */
  create(owner: string, name: string): Promise<BareRepository>;
  /** Runs `act` at this step of each of the next `times` pushes, with 1, 2, … */
  beforePush(step: PushStep, times: number, act: (n: number) => Promise<void>): void;
  /** Carries out the next push, and cuts the line instead of answering. */
  loseAnswer(): void;
  close(): Promise<void>;
}

/** A git server of its own on 127.0.0.1, with repositories in a temporary folder that goes with it. */
export async function startGitServer(
  options: { token?: string; onPush?: (push: Push) => Promise<void> } = {},
): Promise<GitServer> {
  const token = options.token ?? 'git-test-token';
  const root = await mkdtemp(join(tmpdir(), 'allclear-git-server-'));
  let before: { step: PushStep; times: number; n: number; act: (n: number) => Promise<void> } | undefined;
  let losing = false;
  const handle = gitHandler({
    root,
    async beforePush(_push, step) {
      if (before?.step === step && before.n < before.times) await before.act((before.n += 1));
    },
    losesAnswer() {
      const lost = losing;
      losing = false;
      return lost;
    },
    authorize: (given) => given === token,
    ...(options.onPush ? { onPush: options.onPush } : {}),
  });
  const server = createServer((req, res) => {
    if (!handle(req, res)) res.writeHead(404).end();
  });
  const url = await listen(server);
  return {
    url,
    token,
    create: (owner, name) => BareRepository.create(join(root, owner, `${name}.git`)),
    beforePush(step, times, act) {
      before = { step, times, n: 0, act };
    },
    loseAnswer() {
      losing = true;
    },
    async close() {
      await stop(server);
      await rm(root, { recursive: true, force: true, maxRetries: 3 });
    },
  };
}
