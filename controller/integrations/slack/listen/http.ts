import type { IncomingMessage, ServerResponse } from 'node:http';
import { rawBody } from '../../kit/webhook.ts';
import type { Log } from '../../../log.ts';
import { seconds, type Clock } from '../../../runtime/clock.ts';
import type { Delivery, AckResult, Source } from './receiver.ts';
import { verifier } from './signature.ts';

export interface HttpSource extends Source {
  /** Answers one request. Never throws. */
  handle(request: IncomingMessage, response: ServerResponse): Promise<void>;
}

/** Bytes. Slack's own payloads stay far below; a view is at most 250 KB. */
export const largestBody = 1_048_576;
const bodyMost = seconds(5);

/**
 * Signed requests, one URL for events, commands and interactivity. The headers are judged before the body is read, the
 * signature before it is parsed. No ack is status 503, which makes Slack deliver events again.
 */
export function httpSource(signingSecret: string, clock: Clock, log: Pick<Log, 'warn'>): HttpSource {
  const signatures = verifier(signingSecret, clock);
  let deliver: ((delivery: Delivery) => Promise<AckResult>) | undefined;

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    if (request.method !== 'POST') return end(response, 405);
    const signature = header(request, 'x-slack-signature');
    const timestamp = header(request, 'x-slack-request-timestamp');
    const early = signatures.early(signature, timestamp);
    if (early) return refuse(response, early);
    const raw = await rawBody(request, clock, { largest: largestBody, timeout: bodyMost });
    if (raw === undefined) return end(response, 413);
    const verdict = signatures.verify(signature, timestamp, raw);
    if (verdict !== 'genuine') return refuse(response, verdict);
    const body = parse(raw.toString('utf8'), header(request, 'content-type'));
    if (body === undefined) return end(response, 400);
    if (body['type'] === 'url_verification') return end(response, 200, { challenge: body['challenge'] });
    // It has not been begun, and may be sent again.
    if (deliver === undefined) return undone(response, signature);
    const retry = header(request, 'x-slack-retry-num');
    const outcome = await deliver({
      body,
      ...(retry === '' ? {} : { retryNum: Number(retry), retryReason: header(request, 'x-slack-retry-reason') }),
    });
    if (!outcome.acked) return undone(response, signature);
    end(response, 200, outcome.payload);
  }

  function undone(response: ServerResponse, signature: string): void {
    signatures.forget(signature);
    end(response, 503);
  }

  function refuse(response: ServerResponse, why: string): void {
    log.warn('slack.request-refused', { why });
    end(response, 401);
  }

  return {
    start(handler) {
      deliver = handler;
      return Promise.resolve();
    },
    stop() {
      deliver = undefined;
      return Promise.resolve();
    },
    async handle(request, response) {
      try {
        await answer(request, response);
      } catch (error) {
        log.warn('slack.request-broken', { error });
        if (!response.headersSent) end(response, 400);
      }
    },
  };
}

function end(response: ServerResponse, status: number, payload?: unknown): void {
  const text = typeof payload === 'string' ? payload : payload === undefined ? '' : JSON.stringify(payload);
  const type = typeof payload === 'object' ? 'application/json; charset=utf-8' : 'text/plain; charset=utf-8';
  response.writeHead(status, {
    'content-type': type,
    'x-content-type-options': 'nosniff',
    // What is refused unread must not stay in the pipe.
    ...(status === 200 ? {} : { connection: 'close' }),
  });
  response.end(text);
}

const header = (request: IncomingMessage, name: string): string => {
  const value = request.headers[name];
  return typeof value === 'string' ? value : '';
};

/** JSON for events; a form for commands; a form with JSON in `payload` for interactivity. */
function parse(text: string, type: string): Readonly<Record<string, unknown>> | undefined {
  try {
    if (type.includes('application/json')) return record(JSON.parse(text));
    const form = new URLSearchParams(text);
    const payload = form.get('payload');
    return payload === null ? Object.fromEntries(form) : record(JSON.parse(payload));
  } catch {
    return undefined;
  }
}

const record = (value: unknown): Readonly<Record<string, unknown>> | undefined =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : undefined;
