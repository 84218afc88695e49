// Holds a cluster's processes and its temporary folder, so that both are gone however the starter ends: when the
// channel to it closes, even by SIGKILL, everything here is killed and removed.
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { openSync, closeSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export interface StartRequest {
  name: string;
  command: string;
  args: string[];
  /** Both outputs are appended to it. */
  log: string;
}

export type Request =
  | { id: number; start: StartRequest }
  /** SIGTERM, then SIGKILL after `grace` milliseconds; SIGKILL at once when it is 0. */
  | { id: number; stop: { name: string; grace: number } };

export type Notice =
  | { folder: string }
  | { id: number; pid?: number; error?: string }
  | { exited: string; pid: number };

const folder = mkdtempSync(join(tmpdir(), 'allclear-cluster-'));
const children = new Map<string, ChildProcess>();

function notify(notice: Notice): void {
  // The starter may be gone; 'disconnect' says so.
  if (process.connected) process.send?.(notice, () => undefined);
}

function start(id: number, { name, command, args, log }: StartRequest): void {
  const output = openSync(log, 'a');
  const child = spawn(command, args, { stdio: ['ignore', output, output], cwd: folder });
  closeSync(output);
  children.set(name, child);
  child.once('error', (error) => notify({ id, error: error.message }));
  child.once('spawn', () => notify({ id, pid: child.pid ?? 0 }));
  child.once('exit', () => {
    if (children.get(name) === child) children.delete(name);
    notify({ exited: name, pid: child.pid ?? 0 });
  });
}

function stop(id: number, { name, grace }: { name: string; grace: number }): void {
  const child = children.get(name);
  if (!child) {
    notify({ id });
    return;
  }
  const kill = setTimeout(() => child.kill('SIGKILL'), grace);
  child.once('exit', () => {
    clearTimeout(kill);
    notify({ id });
  });
  child.kill(grace > 0 ? 'SIGTERM' : 'SIGKILL');
}

async function end(): Promise<void> {
  // Waited for, since nobody reaps them once this process is gone.
  const exits = [...children.values()].map((child) => once(child, 'exit'));
  for (const child of children.values()) child.kill('SIGKILL');
  await Promise.all(exits);
  rmSync(folder, { recursive: true, force: true });
  process.exit(0);
}

process.on('message', (request: Request) => {
  if ('start' in request) start(request.id, request.start);
  else stop(request.id, request.stop);
});
for (const event of ['disconnect', 'SIGTERM', 'SIGINT', 'SIGHUP']) process.once(event, () => void end());
notify({ folder });
