import type { FetchFunction } from '@slack/web-api';
import { Agent, type Dispatcher, EnvHttpProxyAgent, fetch } from 'undici';

/** Shorter than the whole, so that a connection that never came to be is known as such. */
const connectTimeout = 3_000;
/** Seconds to stay away after a 429 that does not say how long: half of the minute that Slack counts in. */
const defaultRetryAfter = '30';

export interface Transport {
  readonly fetch: FetchFunction;
  close(): void;
}

/**
 * The client's way out. The client itself takes an answer that is no JSON for a refusal and a 429 without Retry-After
 * for a bare error: here the first throws, since it may have happened, and the second gets its header.
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
        redirect: 'error',
        dispatcher,
        ...(body === undefined ? {} : { body }),
        ...(signal ? { signal } : {}),
      });
      const text = await response.text();
      const kept = new Headers([...response.headers]);
      if (response.status === 429 && !/^\d+$/.test(kept.get('retry-after') ?? '')) {
        kept.set('retry-after', defaultRetryAfter);
      }
      if (response.status === 200) assertJson(text);
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

function assertJson(text: string): void {
  try {
    JSON.parse(text);
  } catch (error) {
    throw new Error('the answer is no JSON', { cause: error });
  }
}
