import { fork } from 'node:child_process';
import { once } from 'node:events';
import { rmSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { Notice, Request, StartRequest } from './supervisor.ts';

/** Processes and a temporary folder that do not outlive this process. */
export interface Supervised {
  readonly folder: string;
  start(request: StartRequest): Promise<void>;
  /** Ends a process and waits for it: SIGTERM, then SIGKILL after `grace` milliseconds. 0 kills at once. */
  stop(name: string, grace: number): Promise<void>;
  isRunning(name: string): boolean;
  /** Kills all that is left and removes the folder. */
  end(): Promise<void>;
}

type Answer = Extract<Notice, { id: number }>;

export async function supervise(): Promise<Supervised> {
  const script = fileURLToPath(new URL('supervisor.ts', import.meta.url));
  // Detached: Ctrl-C in a terminal reaches the whole group, and the starter wants to end things in order.
  const supervisor = fork(script, { detached: true, execArgv: [], stdio: ['ignore', 'ignore', 'inherit', 'ipc'] });
  const pids = new Map<string, number>();
  const waiting = new Map<number, (answer: Answer) => void>();
  let path: string | undefined;
  let lastId = 0;

  const exited = once(supervisor, 'exit');
  supervisor.once('exit', () => {
    // Only if it was killed itself is anything left.
    for (const pid of pids.values()) killQuietly(pid);
    if (path) rmSync(path, { recursive: true, force: true, maxRetries: 5 });
    for (const [id, resolve] of waiting) resolve({ id, error: 'the cluster supervisor has ended' });
  });
  const folder = new Promise<string>((resolve, reject) => {
    supervisor.on('message', (notice: Notice) => {
      if ('folder' in notice) {
        path = notice.folder;
        resolve(path);
      } else if ('exited' in notice) {
        if (pids.get(notice.exited) === notice.pid) pids.delete(notice.exited);
      } else {
        waiting.get(notice.id)?.(notice);
        waiting.delete(notice.id);
      }
    });
    supervisor.once('error', reject);
    supervisor.once('exit', () => reject(new Error('the cluster supervisor ended at once')));
  });

  async function ask(make: (id: number) => Request): Promise<Answer> {
    const id = ++lastId;
    const answer = await new Promise<Answer>((resolve) => {
      waiting.set(id, resolve);
      supervisor.send(make(id), (error) => {
        if (error) resolve({ id, error: error.message });
      });
    });
    if (answer.error) throw new Error(answer.error);
    return answer;
  }

  return {
    folder: await folder,
    async start(request) {
      const { pid } = await ask((id) => ({ id, start: request }));
      if (pid) pids.set(request.name, pid);
    },
    async stop(name, grace) {
      await ask((id) => ({ id, stop: { name, grace } }));
    },
    isRunning: (name) => pids.has(name),
    async end() {
      if (supervisor.connected) supervisor.disconnect();
      await exited;
    },
  };
}

function killQuietly(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // It has ended already.
  }
}
