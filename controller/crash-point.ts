import type { Log } from './log.ts';
import type { AtBoundary } from './runtime/execution.ts';

/**
 * For tests only; without these variables there is nothing. `ALLCLEAR_TEST_CRASH=accepted:channel:2` kills this process,
 * as SIGKILL does, the second time that an effect of key `channel` is at that boundary; `ALLCLEAR_TEST_FREEZE` stops it
 * there, as SIGSTOP does, until somebody lets it go on. `ALLCLEAR_TEST_THROW=Incident/login` throws in each pass over
 * that object that would send something. `ALLCLEAR_TEST_TRACE=1` logs every boundary that is passed.
 */
export function crashPoint(env: Readonly<Record<string, string | undefined>>, log: Log): AtBoundary | undefined {
  const crash = occurrence(env['ALLCLEAR_TEST_CRASH']);
  const freeze = occurrence(env['ALLCLEAR_TEST_FREEZE']);
  const poisoned = env['ALLCLEAR_TEST_THROW'];
  const trace = env['ALLCLEAR_TEST_TRACE'] === '1';
  if (!crash && !freeze && !poisoned && !trace) return undefined;
  return async (at, owner, effect) => {
    if (at === 'intent' && poisoned === `${owner.kind}/${owner.name}`) throw new Error('a fault that a test asked for');
    if (trace) log.info('boundary', { at, effect, kind: owner.kind });
    if (freeze?.(at, effect)) process.kill(process.pid, 'SIGSTOP');
    if (!crash?.(at, effect)) return;
    process.kill(process.pid, 'SIGKILL');
    // Nothing may follow while the signal is on its way.
    await new Promise(() => {});
  };
}

/** True the stated time, once. */
function occurrence(stated: string | undefined): ((at: string, effect: string) => boolean) | undefined {
  if (!stated) return undefined;
  const [wantedAt, wantedEffect, time = '1'] = stated.split(':');
  let left = Number(time);
  return (at, effect) => at === wantedAt && effect === wantedEffect && --left === 0;
}
