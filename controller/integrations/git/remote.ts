import { type Duration, seconds } from '../../runtime/clock.ts';
import { phrase, Rejected } from '../../runtime/outcome.ts';
import { causeOf } from '../kit/http.ts';
import { retryAfter } from '../kit/retry-after.ts';
import type { Address } from './address.ts';
import { basic } from './workspace.ts';

const probeTimeout: Duration = seconds(10);

/**
 * Why git could not talk to its remote. git has words for it and no codes, so over HTTP the same question is asked
 * again in a way that has: Rejected when that says why, undefined when the remote answers as it should.
 */
export async function diagnose(
  address: Address,
  token: string | undefined,
  service: 'git-upload-pack' | 'git-receive-pack',
  signal: AbortSignal,
): Promise<Rejected | undefined> {
  if (address.transport === 'ssh') return undefined;
  const terminal = { terminal: true } as const;
  let status: number;
  let wait: Duration | undefined;
  try {
    const answer = await fetch(`${address.url}/info/refs?service=${service}`, {
      headers: token === undefined ? {} : { authorization: basic(token) },
      redirect: 'manual',
      signal: AbortSignal.any([signal, AbortSignal.timeout(probeTimeout)]),
    });
    status = answer.status;
    wait = retryAfter(answer.headers.get('retry-after'), Date.now(), answer.headers.get('date'));
    await answer.body?.cancel();
  } catch (error) {
    signal.throwIfAborted();
    return new Rejected('Unreachable', `${address.page} cannot be reached: ${phrase(causeOf(error))}`);
  }
  if (status === 401) return new Rejected('InvalidToken', `${address.page} refused the credentials`, terminal);
  if (status === 429 || (status === 403 && wait !== undefined)) {
    return new Rejected('RateLimited', `${address.page} asked to wait`, { retryAfter: wait ?? seconds(60) });
  }
  if (status === 403) {
    const what = service === 'git-receive-pack' ? 'writing' : 'reading';
    return new Rejected('Forbidden', `the credentials do not allow ${what} ${address.page}`, terminal);
  }
  if (status === 404 || status === 410) {
    const message = `${address.page} does not exist, or the credentials cannot see it`;
    return new Rejected('RepositoryNotFound', message, terminal);
  }
  if (status >= 300 && status < 400) {
    return new Rejected('RepositoryMoved', `${address.page} has moved: name its new place`, terminal);
  }
  if (status >= 400) return new Rejected('Unreachable', `${address.page} answered ${status}`, { retryAfter: wait });
  return undefined;
}
