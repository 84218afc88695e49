import { WebClient } from '@slack/web-api';
import { fetch } from 'undici';
import type { Block } from '../blocks.ts';
import { clientMessageId } from '../marker.ts';
import { type Json, object, objects, text } from '../parse.ts';
import { transport } from '../transport.ts';
import type { Log } from '../../../log.ts';
import { minutes, seconds, type Clock, type Duration } from '../../../runtime/clock.ts';
import { quietLogger } from '../quiet-logger.ts';
import type { HomeView, Modal } from './views/parts.ts';

export interface Message {
  readonly text: string;
  readonly blocks?: readonly Block[];
}

/** Who the bot token is. */
export interface Team {
  readonly id: string;
  readonly name: string;
  /** https://streamo.slack.com/ */
  readonly url: string;
  readonly botUserId: string;
  readonly botId: string;
  readonly orgWide: boolean;
}

/**
 * The calls of a listener. Every replica makes them, so they are of tier 4 or without one: `views.*`, `users.info`,
 * `chat.postEphemeral`, `response_url`. The two others spend of the fifth of their tier that the leader's scheduler
 * leaves. Each fails with an Error, none is tried again.
 */
export interface SlackApi {
  whoAmI(): Promise<Team>;
  /** Resolves with the view's id. `trigger` lives 3 s. */
  open(trigger: string, view: Modal): Promise<string>;
  update(viewId: string, view: Modal): Promise<void>;
  publish(user: string, view: HomeView): Promise<void>;
  ephemeral(to: { channel: string; user: string; thread?: string | undefined }, message: Message): Promise<void>;
  /** `channel` may be a user's id: then it is a direct message. `key` names what it is about, so that Slack may drop a repeat. */
  post(to: { channel: string; thread?: string | undefined }, message: Message, key: string): Promise<void>;
  /** To the one who pressed or typed, by the address that came with it. */
  respond(url: string, message: Message): Promise<void>;
  user(id: string): Promise<Json>;
  /** Handles of user groups and who is in them. */
  groups(): Promise<readonly { handle: string; users: readonly string[] }[]>;
  /** One message, in a thread or not; undefined when it is not there or too many were asked for lately. */
  message(channel: string, ts: string): Promise<Json | undefined>;
  close(): void;
}

const callTimeout: Duration = seconds(5);
/** A trigger is worth nothing after 3 s. */
const openTimeout: Duration = 2_000;
/** Of conversations.replies (50 a minute for the app); the leader leaves 10, and processes are few. */
const readsPerMinute = 3;

export interface ApiOptions {
  readonly apiUrl: string;
  readonly botToken: string;
  readonly clock: Clock;
  readonly log: Pick<Log, 'warn'>;
}

export function slackApi({ apiUrl, botToken, clock, log }: ApiOptions): SlackApi {
  const out = transport();
  const client = (timeout: Duration): WebClient =>
    new WebClient(botToken, {
      slackApiUrl: apiUrl,
      retryConfig: { retries: 0 },
      rejectRateLimitedCalls: true,
      allowAbsoluteUrls: false,
      maxRequestConcurrency: Infinity,
      timeout,
      fetch: out.fetch,
      logger: quietLogger((fields) => log.warn('slack.client', fields)),
    });
  const [usual, quick] = [client(callTimeout), client(openTimeout)];
  const call = async (method: string, args: Json): Promise<Json> => object(await usual.apiCall(method, { ...args }));
  let reads: Duration[] = [];

  return {
    async whoAmI() {
      const body = await call('auth.test', {});
      return {
        id: text(body['team_id']),
        name: text(body['team']),
        url: text(body['url']),
        botUserId: text(body['user_id']),
        botId: text(body['bot_id']),
        orgWide: body['is_enterprise_install'] === true,
      };
    },
    async open(trigger, view) {
      const body = object(await quick.apiCall('views.open', { trigger_id: trigger, view }));
      return text(object(body['view'])['id']);
    },
    async update(viewId, view) {
      await call('views.update', { view_id: viewId, view });
    },
    async publish(user, view) {
      await call('views.publish', { user_id: user, view });
    },
    async ephemeral({ channel, user, thread }, message) {
      await call('chat.postEphemeral', {
        channel,
        user,
        ...(thread ? { thread_ts: thread } : {}),
        ...content(message),
      });
    },
    async post({ channel, thread }, message, key) {
      await call('chat.postMessage', {
        channel,
        ...(thread ? { thread_ts: thread } : {}),
        ...content(message),
        unfurl_links: false,
        unfurl_media: false,
        client_msg_id: clientMessageId(key),
      });
    },
    async respond(url, message) {
      if (!answersTo(url, apiUrl)) throw new Error('the response_url does not lead to Slack');
      const answer = await fetch(url, {
        method: 'POST',
        redirect: 'error',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ ...content(message), response_type: 'ephemeral', replace_original: false }),
        signal: AbortSignal.timeout(callTimeout),
      });
      await answer.text();
      if (!answer.ok) throw new Error(`the response_url answered ${answer.status}`);
    },
    user: async (id) => object((await call('users.info', { user: id }))['user']),
    async groups() {
      const body = await call('usergroups.list', { include_users: true, include_disabled: false });
      return objects(body['usergroups']).map((group) => ({
        handle: text(group['handle']),
        users: Array.isArray(group['users']) ? group['users'].map(String) : [],
      }));
    },
    async message(channel, ts) {
      const now = clock.monotonic();
      reads = reads.filter((at) => now - at < minutes(1));
      if (reads.length >= readsPerMinute) return undefined;
      reads.push(now);
      const body = await call('conversations.replies', {
        channel,
        ts,
        oldest: ts,
        latest: ts,
        inclusive: true,
        limit: 1,
      });
      return objects(body['messages']).find((message) => message['ts'] === ts);
    },
    close: () => out.close(),
  };
}

const content = ({ text: words, blocks }: Message): Json => ({ text: words, ...(blocks ? { blocks } : {}) });

/** A response_url carries people's words: it leads to Slack's own host, or to the one that serves its API here. */
function answersTo(url: string, apiUrl: string): boolean {
  const parsed = URL.parse(url);
  if (parsed === null) return false;
  return (parsed.protocol === 'https:' && parsed.host === 'hooks.slack.com') || parsed.host === new URL(apiUrl).host;
}
