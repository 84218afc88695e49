import { randomUUID } from 'node:crypto';
import { isObject, type Json, object, text } from './json.ts';

/** Which events a call that Slack accepted gives rise to: https://docs.slack.dev/reference/events */
export interface Happening {
  /** The caller's user id. */
  readonly user: string;
  readonly byApp: boolean;
  readonly method: string;
  readonly args: Json;
  readonly body: Json;
  /** The message as it was before an edit or a deletion. */
  readonly previous: Json | undefined;
  readonly team: string;
}

/** Event bodies in order, without `channel_type` and `event_ts`, which are added at delivery. */
export function eventsOf({ user, byApp, method, args, body, previous, team }: Happening): Json[] {
  const channel = text(args['channel']);
  const line = (subtype: string, said: string, more: Json = {}): Json => ({
    type: 'message',
    subtype,
    user,
    channel,
    ts: timestamp(),
    text: said,
    ...more,
  });
  const letter = channel.startsWith('G') ? 'G' : 'C';
  const member = (type: string, who: string, more: Json = {}): Json => ({
    type,
    user: who,
    channel,
    channel_type: letter,
    team,
    ...more,
  });
  switch (method) {
    case 'chat.postMessage': {
      const message = object(body['message']);
      return [
        {
          ...message,
          type: 'message',
          channel: text(body['channel']),
          team,
          ...(byApp ? {} : { client_msg_id: text(args['client_msg_id']) || randomUUID() }),
          ...(args['reply_broadcast'] === true ? { subtype: 'thread_broadcast' } : {}),
        },
      ];
    }
    case 'chat.update':
      return [changed('message_changed', channel, { message: body['message'], previous_message: previous ?? null })];
    case 'chat.delete':
      return [changed('message_deleted', channel, { deleted_ts: args['ts'], previous_message: previous ?? null })];
    case 'conversations.invite':
      return list(args['users']).map((who) => member('member_joined_channel', who, { inviter: user }));
    case 'conversations.join':
      return [member('member_joined_channel', user)];
    case 'conversations.leave':
      return [member('member_left_channel', user)];
    case 'conversations.kick':
      return [member('member_left_channel', text(args['user']))];
    case 'conversations.create':
      return [{ type: 'channel_created', channel: body['channel'] }];
    case 'conversations.archive':
      return [{ type: 'channel_archive', channel, user }];
    case 'conversations.unarchive':
      return [{ type: 'channel_unarchive', channel, user }];
    case 'conversations.rename': {
      const named = object(body['channel']);
      const short = { id: channel, name: named['name'], is_channel: true, created: named['created'] };
      return [{ type: 'channel_rename', channel: short }, line('channel_name', `renamed to ${text(named['name'])}`)];
    }
    case 'conversations.setPurpose':
      return [
        line('channel_purpose', `set the channel purpose: ${text(args['purpose'])}`, { purpose: args['purpose'] }),
      ];
    case 'conversations.setTopic':
      return [line('channel_topic', `set the channel topic: ${text(args['topic'])}`, { topic: args['topic'] })];
    case 'reactions.add':
    case 'reactions.remove':
      return [
        {
          type: method === 'reactions.add' ? 'reaction_added' : 'reaction_removed',
          user,
          reaction: args['name'],
          item_user: text(previous?.['user']),
          item: { type: 'message', channel, ts: args['timestamp'] },
        },
      ];
    default:
      return [];
  }
}

/** The channel that an event is about, if it is about one. */
export function channelOf(event: Json): string {
  const item = object(event['item'])['channel'];
  const channel = event['channel'] ?? item;
  return isObject(channel) ? text(channel['id']) : text(channel);
}

let last = 0;

/** A timestamp as Slack makes them, each later than the one before. */
export function timestamp(): string {
  last = Math.max(last + 1, Date.now() * 1_000);
  return `${Math.floor(last / 1e6)}.${String(last % 1e6).padStart(6, '0')}`;
}

function changed(subtype: string, channel: string, more: Json): Json {
  return { type: 'message', subtype, hidden: true, channel, ts: timestamp(), ...more };
}

const list = (value: unknown): string[] =>
  (Array.isArray(value) ? value.map(text) : text(value).split(',')).filter((one) => one !== '');
