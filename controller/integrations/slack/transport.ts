import type { FetchFunction } from '@slack/web-api';
import { Agent, type Dispatcher, EnvHttpProxyAgent, fetch } from 'undici';
import { type Duration, seconds } from '../../runtime/clock.ts';
import { retryAfter } from '../retry-after.ts';
import { object } from './parse.ts';

/** Shorter than the whole, so that a connection that never came to be is known as such. */
const connectTimeout = 3_000;
/** To stay away after a 429 that does not say how long: half of the minute that Slack counts in. */
const defaultRetryAfter: Duration = seconds(30);

export interface Transport {
  readonly fetch: FetchFunction;
  close(): void;
}

/**
 * The client's way out. The client itself takes an answer that is no JSON for a refusal and a 429 without Retry-After
 * for a bare error: here the first throws, since it may have happened, and the second gets its header. Retry-After is in
 * whole seconds afterwards, whatever the status.
 */
export function transport(): Transport {
  const options = { allowH2: false, connect: { timeout: connectTimeout } };
  const dispatcher: Dispatcher =
    process.env['NODE_USE_ENV_PROXY'] === '1' ? new EnvHttpProxyAgent(options) : new Agent(options);
  return {
    async fetch(url, init = {}) {
      const { method = 'POST', headers = {}, body, signal } = init;
      if (body !== undefined && typeof body !== 'string') throw new TypeError('only text is sent to Slack');
      const response = await fetch(url, {
        method,
        headers,
        // Not followed: what answers so is not Slack, and refuses.
        redirect: 'manual',
        dispatcher,
        ...(body === undefined ? {} : { body }),
        ...(signal ? { signal } : {}),
      });
      const text = await response.text();
      const kept = new Headers([...response.headers]);
      const asked = retryAfter(kept.get('retry-after'), Date.now(), kept.get('date'));
      const wait = asked ?? (response.status === 429 ? defaultRetryAfter : undefined);
      if (wait === undefined) kept.delete('retry-after');
      else kept.set('retry-after', String(Math.ceil(wait / 1_000)));
      if (response.status === 200) assertSlacks(text);
      // The body is decoded by now.
      kept.delete('content-encoding');
      return new Response(text, { status: response.status, statusText: response.statusText, headers: kept });
    },
    close() {
      // Calls on the way end by their own timeout.
      dispatcher.close().catch(() => undefined);
    },
  };
}

/** Every answer of Slack's is an object with `ok`; the client takes any other for a refusal. */
function assertSlacks(text: string): void {
  let body: unknown;
  try {
    body = JSON.parse(text);
  } catch (error) {
    throw new Error('the answer is no JSON', { cause: error });
  }
  const { ok, error } = object(body);
  if (ok !== true && (ok !== false || typeof error !== 'string')) throw new Error('the answer is none of Slack’s');
}
