/** How long Slack waits, in milliseconds. A test may say other figures; these are Slack's. */
export interface Timing {
  /** Until an ack: https://docs.slack.dev/interactivity/handling-user-interaction#acknowledgment_response */
  readonly ackWithin: number;
  /** From a failed delivery of an event to the next: https://docs.slack.dev/apis/events-api/#retries */
  readonly retryAfter: readonly number[];
  /** A trigger_id lives so long, and works once. */
  readonly triggerLife: number;
  /** A response_url lives so long, and works five times. */
  readonly responseLife: number;
  /** Between two pings of a socket. */
  readonly pingEvery: number;
  /** From a disconnect message to the end of the socket. */
  readonly disconnectGrace: number;
}

export const slackTiming: Timing = {
  ackWithin: 3_000,
  retryAfter: [0, 60_000, 300_000],
  triggerLife: 3_000,
  responseLife: 30 * 60_000,
  pingEvery: 10_000,
  disconnectGrace: 10_000,
};
