import { readFileSync } from 'node:fs';

/** A process that SIGSTOP holds, as Linux's /proc says. */
export function isStopped(pid: number): boolean {
  const state = /^State:\s+(\S)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
  return state === 'T' || state === 't';
}
