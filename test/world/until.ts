import { setTimeout as sleep } from 'node:timers/promises';

/**
 * Asks again, every so many milliseconds, until the answer is neither undefined nor false; throws, with what was seen
 * last, after `most` milliseconds.
 */
export async function until<T>(
  what: string,
  ask: () => Promise<T | undefined | false> | T | undefined | false,
  most = 60_000,
  every = 100,
): Promise<T> {
  const end = Date.now() + most;
  let last: unknown;
  while (Date.now() < end) {
    try {
      const answer = await ask();
      if (answer !== undefined && answer !== false) return answer;
      last = answer;
    } catch (error) {
      last = error;
    }
    await sleep(every);
  }
  throw new Error(`waited ${most / 1000} s for ${what}`, { cause: last });
}
