import { Agent, type Dispatcher, EnvHttpProxyAgent, fetch, type RequestInit } from 'undici';
import type { Clock, Duration } from '../../runtime/clock.ts';

/** Shorter than any request's time limit, so that a connection that never came to be is known as such. */
const connectTimeout: Duration = 3_000;
/** Bytes of an answer. The largest that is asked for, 100 issues with bodies of 65,536 characters, stays below. */
const usualLargest = 64 * 1_048_576;

export interface Head {
  readonly status: number;
  readonly headers: { get(name: string): string | null };
}

/** An answer to its last byte. */
export interface Answer {
  readonly status: number;
  readonly statusText: string;
  /** A copy that may be changed, without content-encoding: the text is decoded. */
  readonly headers: Headers;
  readonly text: string;
}

export interface Sending {
  /** From the send to the last byte of the answer. Absent: only `init.signal` ends it. */
  readonly timeout?: Duration;
  /** Runs in the tick in which the request leaves: whoever may not send any more throws here. */
  readonly go?: (() => void) | undefined;
  /** Sees status and headers also of an answer whose body is cut off. */
  readonly onHead?: (head: Head) => void;
}

/** The way out of one connection: each request is sent once, and no redirect is followed. */
export interface Http {
  send(url: string | URL, init: RequestInit, sending?: Sending): Promise<Answer>;
  /** Idle sockets close at once; requests on the way end by their own time limit. */
  close(): void;
}

/** Goes through the proxy of the environment where NODE_USE_ENV_PROXY=1. */
export function http(clock: Pick<Clock, 'after'>, largest = usualLargest): Http {
  const options = { allowH2: false, connect: { timeout: connectTimeout } };
  const dispatcher: Dispatcher =
    process.env['NODE_USE_ENV_PROXY'] === '1' ? new EnvHttpProxyAgent(options) : new Agent(options);
  return {
    async send(url, init, { timeout, go, onHead } = {}) {
      const late = new AbortController();
      const cancel =
        timeout === undefined ? undefined : clock.after(timeout, () => late.abort(new Error('no answer in time')));
      const signal = init.signal ? AbortSignal.any([init.signal, late.signal]) : late.signal;
      try {
        // Nothing may come between these two: a former leader must not send.
        go?.();
        const answer = await fetch(url, { redirect: 'manual', ...init, signal, dispatcher });
        onHead?.(answer);
        const text = await textOf(answer.body, largest);
        const headers = new Headers([...answer.headers]);
        headers.delete('content-encoding');
        return { status: answer.status, statusText: answer.statusText, headers, text };
      } finally {
        cancel?.();
      }
    },
    close() {
      dispatcher.close().catch(() => undefined);
    },
  };
}

/** What went wrong, where fetch says only that it failed. */
export const causeOf = (error: unknown): unknown =>
  error instanceof Error && error.cause instanceof Error ? error.cause : error;

/** The answer for a client that takes the Response of fetch. */
export function responseOf({ status, statusText, headers, text }: Answer): Response {
  const bodyless = [204, 205, 304].includes(status);
  return new Response(bodyless ? null : text, { status, statusText, headers });
}

/** undefined: the text is no JSON. */
export function jsonOf(text: string): { readonly value: unknown } | undefined {
  try {
    return { value: JSON.parse(text) };
  } catch {
    return undefined;
  }
}

/** Throws when it has more than `largest` bytes. */
async function textOf(body: AsyncIterable<unknown> | null, largest: number): Promise<string> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of body ?? []) {
    if (!(chunk instanceof Uint8Array)) continue;
    size += chunk.byteLength;
    if (size > largest) throw new Error(`the answer is larger than ${largest} bytes`);
    chunks.push(chunk);
  }
  return new TextDecoder().decode(Buffer.concat(chunks));
}
