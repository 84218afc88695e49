import { LogLevel, SocketModeClient } from '@slack/socket-mode';
import { type ChatPostMessageArguments, type ChatPostMessageResponse, WebClient } from '@slack/web-api';
import { FakeClock } from '../../builders/fake-clock.ts';
import { type Slack, startSlack } from '../slack.ts';
import type { Json } from './json.ts';

/** What @slack/socket-mode hands over. */
export interface Received {
  readonly ack: (response?: object) => Promise<void>;
  readonly type: string;
  readonly body: Json;
  readonly retry_num?: number;
  readonly envelope_id: string;
}

/** A workspace whose patience a test owns, and real clients of it. */
export interface Lab {
  readonly slack: Slack;
  /** Slack's: acks are late, triggers expire and deliveries are repeated only when it is told that time passes. */
  readonly clock: FakeClock;
  readonly web: WebClient;
  /** A real socket client; `handle` gets all that comes. */
  connect(handle: (received: Received) => unknown): Promise<SocketModeClient>;
  say(args: ChatPostMessageArguments): Promise<ChatPostMessageResponse>;
  /** views.open with a trigger of that person's. */
  open(view: object, who?: string): Json;
  close(): Promise<void>;
}

export async function startLab(): Promise<Lab> {
  const clock = new FakeClock();
  const slack = await startSlack({ clock });
  const web = new WebClient(slack.botToken, { slackApiUrl: slack.url, retryConfig: { retries: 0 } });
  const clients: SocketModeClient[] = [];
  return {
    slack,
    clock,
    web,
    async connect(handle) {
      const client = new SocketModeClient({
        appToken: slack.appToken,
        logLevel: LogLevel.ERROR,
        // A process that stood still for a while must not take its connection for dead.
        clientPingTimeout: 60_000,
        clientOptions: { slackApiUrl: slack.url },
      });
      // Not of its public face: it would wait as long before it reconnects.
      Reflect.set(client, 'delayReconnectAttempt', (again: () => Promise<unknown>) => Reflect.apply(again, client, []));
      client.on('slack_event', (received: Received) => void handle(received));
      clients.push(client);
      await client.start();
      return client;
    },
    say: (args) => web.apiCall('chat.postMessage', { ...args }),
    open: (view, who = 'ana') => slack.app.views.open({ view, trigger_id: slack.app.triggers.give({ who }) }),
    async close() {
      await Promise.all(clients.map((client) => client.disconnect()));
      await slack.close();
    },
  };
}

/** Throws when it is not so within twenty seconds. */
export async function until(is: () => boolean): Promise<void> {
  const end = performance.now() + 20_000;
  while (!is()) {
    if (performance.now() > end) throw new Error('it did not come');
    await new Promise((resolve) => {
      setTimeout(resolve, 10);
    });
  }
}

export const modal = (blocks: readonly object[] = [], more: object = {}): object => ({
  type: 'modal',
  callback_id: 'declare',
  title: { type: 'plain_text', text: 'Declare Incident' },
  submit: { type: 'plain_text', text: 'Create' },
  blocks,
  ...more,
});

export const input = (id: string, more: object = {}, element: object = { type: 'plain_text_input' }): object => ({
  type: 'input',
  block_id: id,
  label: { type: 'plain_text', text: id },
  element: { action_id: 'value', ...element },
  ...more,
});

export const aButton = {
  type: 'actions',
  elements: [{ type: 'button', action_id: 'ac.update', text: { type: 'plain_text', text: 'Update' }, value: 'v1' }],
} as const;
