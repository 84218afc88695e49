import { randomUUID } from 'node:crypto';
import { mkdir, readdir, readFile, rename, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

/** Older than this, a lock's holder no longer renews it: it is dead, or belongs to a machine that is off. */
const staleAfter = 30_000;
const renewEvery = 5_000;
const pollEvery = 500;

/** The folder for what is dear to get again. `ALLCLEAR_CACHE`, else `$XDG_CACHE_HOME/allclear`, else `~/.cache/allclear`. */
export function cacheFolder(env: NodeJS.ProcessEnv = process.env): string {
  return env['ALLCLEAR_CACHE'] || join(env['XDG_CACHE_HOME'] || join(homedir(), '.cache'), 'allclear');
}

/**
 * Runs `make` in an empty folder and moves that folder to `target` in one step, so that nobody sees half of it.
 * Only one process at a time does so for a `target`; the others wait (`onWait` is called once) and find it there.
 * When `make` throws, nothing is left.
 */
export async function installOnce(
  target: string,
  make: (folder: string) => Promise<void>,
  onWait: () => void = () => undefined,
): Promise<void> {
  await mkdir(dirname(target), { recursive: true });
  const unlock = await lock(`${target}.lock`, onWait);
  try {
    if (await exists(target)) return;
    await removeLeftovers(target);
    const partial = `${target}.partial-${randomUUID().slice(0, 8)}`;
    await mkdir(partial);
    try {
      await make(partial);
      await rename(partial, target);
    } finally {
      await rm(partial, { recursive: true, force: true });
    }
  } finally {
    await unlock();
  }
}

export async function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}

/** Two that take over one stale lock at the same moment both go on: they do the work twice, and the rename keeps it whole. */
async function lock(path: string, onWait: () => void): Promise<() => Promise<void>> {
  for (let waited = false; ; waited = true) {
    try {
      await mkdir(path);
      break;
    } catch (error) {
      if (!hasCode(error, 'EEXIST')) throw error;
    }
    if (await isStale(path)) await rm(path, { recursive: true, force: true });
    else {
      if (!waited) onWait();
      await sleep(pollEvery);
    }
  }
  await writeFile(join(path, 'pid'), String(process.pid));
  const renewal = setInterval(() => void utimes(path, new Date(), new Date()).catch(() => undefined), renewEvery);
  renewal.unref();
  return async () => {
    clearInterval(renewal);
    await rm(path, { recursive: true, force: true });
  };
}

async function isStale(path: string): Promise<boolean> {
  const pid = Number(await readFile(join(path, 'pid'), 'utf8').catch(() => ''));
  if (pid > 0 && !isAlive(pid)) return true;
  const found = await stat(path).catch(() => undefined);
  return found !== undefined && Date.now() - found.mtimeMs > staleAfter;
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return hasCode(error, 'EPERM');
  }
}

/** What a killed process left; called with the lock held. */
async function removeLeftovers(target: string): Promise<void> {
  const prefix = `${basename(target)}.partial-`;
  for (const name of await readdir(dirname(target))) {
    if (name.startsWith(prefix)) await rm(join(dirname(target), name), { recursive: true, force: true });
  }
}

function hasCode(error: unknown, code: string): boolean {
  return error instanceof Error && 'code' in error && error.code === code;
}
