import { isObject, type Json, object, objects, text } from './json.ts';

export interface SlackChannel {
  readonly id: string;
  readonly name: string;
  readonly purpose: string;
  readonly creator: string;
  readonly archived: boolean;
  readonly private: boolean;
}

export interface SlackMessage {
  readonly ts: string;
  readonly user: string;
  readonly text: string;
  readonly blocks: readonly Json[];
  readonly metadata?: { readonly event_type: string; readonly event_payload: Readonly<Record<string, string>> };
  readonly client_msg_id?: string;
  readonly thread_ts?: string;
  readonly subtype?: string;
  readonly edited: boolean;
}

export interface SlackBookmark {
  readonly id: string;
  readonly title: string;
  readonly link: string;
}

/** What stands in a workspace, emulated or real, as its bot may read it. A channel is an id or '#name'. */
export interface Truth {
  channels(): Promise<SlackChannel[]>;
  channel(channel: string): Promise<SlackChannel>;
  /** Top-level messages, oldest first; without those that Slack itself writes when a purpose is set or a channel archived. */
  messages(channel: string): Promise<SlackMessage[]>;
  /** All of a channel's top-level messages, Slack's own lines too. */
  lines(channel: string): Promise<SlackMessage[]>;
  /** Replies, oldest first, without the root. */
  thread(channel: string, ts: string): Promise<SlackMessage[]>;
  /** Timestamps of pinned messages. */
  pins(channel: string): Promise<string[]>;
  bookmarks(channel: string): Promise<SlackBookmark[]>;
  /** User ids. */
  members(channel: string): Promise<string[]>;
}

export interface TruthOptions {
  /** Ids of channels that were deleted. */
  readonly removed?: ReadonlySet<string>;
  /** Lists the channels: all that there are, or those of the bot. */
  readonly list?: 'conversations.list' | 'users.conversations';
}

/** @param call a Web API call as the bot; its body, ok or not */
export function truthOf(
  name: string,
  call: (method: string, args: Json) => Promise<Json>,
  { removed = new Set(), list: listing = 'conversations.list' }: TruthOptions = {},
): Truth & { readonly all: (method: string, field: string, args: Json) => Promise<Json[]> } {
  /** A list's pages in one. */
  async function all(method: string, field: string, args: Json): Promise<Json[]> {
    const found: Json[] = [];
    let cursor = '';
    do {
      const page = await call(method, { ...args, limit: 1000, cursor });
      if (page['ok'] !== true) throw new Error(`${method}: ${text(page['error'])}`);
      found.push(...objects(page[field]));
      cursor = text(object(page['response_metadata'])['next_cursor']);
    } while (cursor !== '');
    return found;
  }
  const channels = async (): Promise<SlackChannel[]> => {
    const list = await all(listing, 'channels', { types: 'public_channel,private_channel' });
    const there = list.filter((one) => !removed.has(text(one['id'])));
    return there.map((one) => ({
      id: text(one['id']),
      name: text(one['name']),
      purpose: text(object(one['purpose'])['value']),
      creator: text(one['creator']),
      archived: one['is_archived'] === true,
      private: one['is_private'] === true,
    }));
  };
  const channel = async (wanted: string): Promise<SlackChannel> => {
    const bare = wanted.replace(/^#/, '');
    const found = (await channels()).find((one) => one.id === wanted || one.name === bare);
    if (!found) throw new Error(`no channel ${wanted} in ${name}`);
    return found;
  };
  const lines = async (wanted: string): Promise<SlackMessage[]> => {
    const { id } = await channel(wanted);
    const list = await all('conversations.history', 'messages', { channel: id, include_all_metadata: true });
    return list.map(message).toSorted((a, b) => (a.ts < b.ts ? -1 : 1));
  };
  return {
    all,
    channels,
    channel,
    lines,
    async messages(wanted) {
      return (await lines(wanted)).filter((one) => one.subtype === undefined);
    },
    async thread(wanted, ts) {
      const { id } = await channel(wanted);
      const list = await all('conversations.replies', 'messages', { channel: id, ts, include_all_metadata: true });
      return list.map(message).filter((one) => one.ts !== ts);
    },
    async pins(wanted) {
      const body = await call('pins.list', { channel: (await channel(wanted)).id });
      return objects(body['items']).map((item) => text(object(item['message'])['ts']));
    },
    async bookmarks(wanted) {
      const body = await call('bookmarks.list', { channel_id: (await channel(wanted)).id });
      return objects(body['bookmarks']).map((one) => ({
        id: text(one['id']),
        title: text(one['title']),
        link: text(one['link']),
      }));
    },
    async members(wanted) {
      const body = await call('conversations.members', { channel: (await channel(wanted)).id });
      return Array.isArray(body['members']) ? body['members'].map(text) : [];
    },
  };
}

function message(one: Json): SlackMessage {
  const { event_type: type, event_payload: payload } = object(one['metadata']);
  const optional = (field: 'client_msg_id' | 'thread_ts' | 'subtype'): object =>
    one[field] === undefined ? {} : { [field]: text(one[field]) };
  return {
    ts: text(one['ts']),
    user: text(one['user']),
    text: text(one['text']),
    blocks: objects(one['blocks']),
    ...(isObject(payload)
      ? {
          metadata: {
            event_type: text(type),
            event_payload: Object.fromEntries(Object.entries(payload).map(([name, value]) => [name, text(value)])),
          },
        }
      : {}),
    ...optional('client_msg_id'),
    ...optional('thread_ts'),
    ...optional('subtype'),
    edited: isObject(one['edited']),
  };
}
