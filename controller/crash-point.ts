import type { AtBoundary } from './runtime/execution.ts';

/**
 * For tests only: `ALLCLEAR_TEST_CRASH=accepted:channel:2` kills this process, as SIGKILL does, the second time that an
 * effect of key `channel` is at that boundary. Without the variable there is nothing.
 */
export function crashPoint(env: Readonly<Record<string, string | undefined>>): AtBoundary | undefined {
  const stated = env['ALLCLEAR_TEST_CRASH'];
  if (!stated) return undefined;
  const [at, key, occurrence = '1'] = stated.split(':');
  let left = Number(occurrence);
  return async (boundary, _, effect) => {
    if (boundary !== at || effect !== key || --left > 0) return;
    process.kill(process.pid, 'SIGKILL');
    // Nothing may follow while the signal is on its way.
    await new Promise(() => {});
  };
}
