import type { FetchFunction } from '@slack/web-api';
import { type Duration, seconds, systemClock } from '../../runtime/clock.ts';
import { http, jsonOf, responseOf } from '../kit/http.ts';
import { retryAfter } from '../kit/retry-after.ts';
import { object } from './parse.ts';

/** To stay away after a 429 that does not say how long: half of the minute that Slack counts in. */
const defaultRetryAfter: Duration = seconds(30);

export interface Transport {
  readonly fetch: FetchFunction;
  close(): void;
}

/**
 * The client's way out. The client itself takes an answer that is no JSON for a refusal and a 429 without Retry-After
 * for a bare error: here the first throws, since it may have happened, and the second gets its header. Retry-After is in
 * whole seconds afterwards, whatever the status. The client's own time limit covers the body, too.
 */
export function transport(): Transport {
  const out = http(systemClock);
  return {
    async fetch(url, init = {}) {
      const { method = 'POST', headers = {}, body, signal } = init;
      if (body !== undefined && typeof body !== 'string') throw new TypeError('only text is sent to Slack');
      const answer = await out.send(url, {
        method,
        headers,
        ...(body === undefined ? {} : { body }),
        ...(signal ? { signal } : {}),
      });
      const { status, headers: kept } = answer;
      const asked = retryAfter(kept.get('retry-after'), Date.now(), kept.get('date'));
      const wait = asked ?? (status === 429 ? defaultRetryAfter : undefined);
      if (wait === undefined) kept.delete('retry-after');
      else kept.set('retry-after', String(Math.ceil(wait / 1_000)));
      if (status === 200) assertSlacks(answer.text);
      return responseOf(answer);
    },
    close: () => out.close(),
  };
}

/** Every answer of Slack's is an object with `ok`; the client takes any other for a refusal. */
function assertSlacks(text: string): void {
  const body = jsonOf(text);
  if (!body) throw new Error('the answer is no JSON');
  const { ok, error } = object(body.value);
  if (ok !== true && (ok !== false || typeof error !== 'string')) throw new Error('the answer is none of Slack’s');
}
