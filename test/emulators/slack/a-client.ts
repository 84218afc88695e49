import { LogLevel, SocketModeClient } from '@slack/socket-mode';
import { type ChatPostMessageArguments, type ChatPostMessageResponse, WebClient } from '@slack/web-api';
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

/** A workspace that is quicker than Slack to lose patience, and real clients of it. */
export interface Lab {
  readonly slack: Slack;
  readonly web: WebClient;
  /** A real socket client; `handle` gets all that comes. */
  connect(handle: (received: Received) => unknown): Promise<SocketModeClient>;
  say(args: ChatPostMessageArguments): Promise<ChatPostMessageResponse>;
  /** views.open with a trigger of that person's. */
  open(view: object, who?: string): Json;
  close(): Promise<void>;
}

export async function startLab({ ackWithin = 400 } = {}): Promise<Lab> {
  const slack = await startSlack({
    timing: { ackWithin, retryAfter: [0, 300, 600], triggerLife: 800, disconnectGrace: 100 },
  });
  const web = new WebClient(slack.botToken, { slackApiUrl: slack.url, retryConfig: { retries: 0 } });
  const clients: SocketModeClient[] = [];
  return {
    slack,
    web,
    async connect(handle) {
      const client = new SocketModeClient({
        appToken: slack.appToken,
        logLevel: LogLevel.ERROR,
        // Its first reconnection waits this long.
        clientPingTimeout: 300,
        clientOptions: { slackApiUrl: slack.url },
      });
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

/** Throws when it is not so within five seconds. */
export async function until(is: () => boolean): Promise<void> {
  const end = performance.now() + 5_000;
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
