import { createHmac } from 'node:crypto';
import { isObject, type Json, parsed } from './json.ts';

/** Where an app without Socket Mode wants its payloads. */
export interface RequestUrl {
  readonly url: string;
  readonly signingSecret: string;
}

export type EnvelopeType = 'events_api' | 'slash_commands' | 'interactive';

/** `X-Slack-Signature` for a raw body: https://docs.slack.dev/authentication/verifying-requests-from-slack */
export const slackSignature = (secret: string, timestamp: number | string, body: string): string =>
  `v0=${createHmac('sha256', secret).update(`v0:${timestamp}:${body}`).digest('hex')}`;

/** The raw body of a payload as Slack posts it, with its content type. */
export function httpBody(type: EnvelopeType, payload: Json): { body: string; contentType: string } {
  if (type === 'events_api') return { body: JSON.stringify(payload), contentType: 'application/json' };
  const fields = type === 'interactive' ? { payload: JSON.stringify(payload) } : stringFields(payload);
  return { body: new URLSearchParams(fields).toString(), contentType: 'application/x-www-form-urlencoded' };
}

/**
 * One signed request. Returns the ack's body.
 * @throws when there was no answer before `signal` aborted, or none with a status of 200.
 */
export async function post(
  target: RequestUrl,
  type: EnvelopeType,
  payload: Json,
  { attempt, reason, signal }: { attempt: number; reason: string; signal: AbortSignal },
): Promise<Json> {
  const { body, contentType } = httpBody(type, payload);
  const timestamp = Math.floor(Date.now() / 1_000);
  const response = await fetch(target.url, {
    method: 'POST',
    body,
    headers: {
      'content-type': contentType,
      'user-agent': 'Slackbot 1.0 (+https://api.slack.com/robots)',
      'x-slack-request-timestamp': String(timestamp),
      'x-slack-signature': slackSignature(target.signingSecret, timestamp, body),
      ...(attempt === 0 ? {} : { 'x-slack-retry-num': String(attempt), 'x-slack-retry-reason': reason }),
    },
    signal,
  });
  const answer = await response.text();
  if (response.status !== 200) throw new Error(`http_error ${response.status}`);
  const said = parsed(answer);
  return isObject(said) ? said : { text: answer };
}

const stringFields = (payload: Json): Record<string, string> =>
  Object.fromEntries(Object.entries(payload).map(([name, value]) => [name, String(value)]));
