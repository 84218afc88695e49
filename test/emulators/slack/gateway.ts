import { appMethods } from './app-methods.ts';
import { blocksError } from './block-kit.ts';
import { missingScope } from './scopes.ts';
import { isObject, type Json, object, objects, text, yes } from './json.ts';
import type { Backend } from './workspace.ts';

/** What one Web API method answers, with what emulate lacks or gets wrong laid over it. */
type Method = (workspace: Backend, who: string, args: Json) => Promise<Json>;

const nextCursor = (page: Json): string => text(object(page['response_metadata'])['next_cursor']);
const refuse = (error: string, more: Json = {}): Json => ({ ok: false, error, ...more });

/** Any method that emulate knows, with its answer put right where it differs from Slack's. */
export async function callMethod(workspace: Backend, who: string, method: string, args: Json): Promise<Json> {
  if (who === 'app' && method !== 'apps.connections.open') return refuse('not_allowed_token_type');
  if (who !== 'app' && method === 'apps.connections.open') return refuse('not_allowed_token_type');
  const missing = missingScope(workspace.app.config.scopes, who, method, args);
  if (missing !== undefined) return missing;
  if ([args['channel'], args['channel_id']].some((id) => workspace.removed.has(text(id))))
    return refuse('channel_not_found');
  const overlay = methods[method] ?? appMethods[method];
  return overlay ? overlay(workspace, who, args) : workspace.call(who, method, args);
}

/** The channel as `who` sees it, or the error that Slack gives when he may not act in it. */
async function membership(workspace: Backend, who: string, channel: string): Promise<Json> {
  const body = await workspace.call(who, 'conversations.info', { channel });
  // To an outsider a private channel does not exist.
  if (!body['ok']) return { error: 'channel_not_found' };
  const found = object(body['channel']);
  return found['is_member'] === true ? found : { error: 'not_in_channel' };
}

function messageError(args: Json, most: number): Json | undefined {
  if (text(args['text']).length > most) return refuse('msg_too_long');
  const wrong = blocksError(args['blocks']);
  if (wrong) return refuse(wrong.error, { response_metadata: { messages: wrong.messages } });
  const metadata = args['metadata'];
  if (metadata === undefined) return undefined;
  const { event_type: type, event_payload: payload } = object(metadata);
  return typeof type === 'string' && isObject(payload) ? undefined : refuse('invalid_metadata_format');
}

/** A timestamp as whole microseconds: as a floating number of seconds it loses its last digit. */
function micros(ts: string): number {
  const [whole = '0', fraction = ''] = ts.split('.');
  return Number(whole) * 1_000_000 + Number(fraction.slice(0, 6).padEnd(6, '0'));
}

const young = (workspace: Backend, id: string): boolean =>
  workspace.lag > 0 && performance.now() - (workspace.born.get(id) ?? -Infinity) < workspace.lag;

/** Messages of a channel or thread as Slack's own paging, window and metadata flag would give them. */
async function read(workspace: Backend, who: string, args: Json, inner: 'history' | 'replies'): Promise<Json> {
  const channel = text(args['channel']);
  const found = await membership(workspace, who, channel);
  if ('error' in found) return refuse(text(found['error']));
  let messages: Json[] = [];
  let cursor = '';
  do {
    const page = await workspace.call(who, `conversations.${inner}`, { channel, ts: args['ts'], limit: 1000, cursor });
    if (!page['ok']) return page;
    messages.push(...objects(page['messages']));
    cursor = nextCursor(page);
  } while (cursor !== '');
  if (inner === 'replies' && messages.length === 0) return refuse('thread_not_found');
  const root = text(args['ts']);
  const edge = yes(args['inclusive']) ? 0 : 1;
  const oldest = micros(text(args['oldest']) || '0') + edge;
  const latest = text(args['latest']) === '' ? Infinity : micros(text(args['latest'])) - edge;
  messages = messages.filter((message) => {
    if (inner === 'replies' && message['ts'] === root) return true;
    const at = micros(text(message['ts']));
    return at >= oldest && at <= latest && !young(workspace, text(message['ts']));
  });
  const limit = Math.min(Number(args['limit']) || 100, 999);
  const start = Number(text(args['cursor']).replace('next:', '')) || 0;
  const pins = await workspace.call(who, 'pins.list', { channel });
  const pinned = new Set(objects(pins['items']).map((item) => text(object(item['message'])['ts'])));
  const page = messages.slice(start, start + limit).map((message) => {
    const { metadata, ...rest } = message;
    return {
      ...rest,
      ...(yes(args['include_all_metadata']) && metadata !== undefined ? { metadata } : {}),
      ...(pinned.has(text(message['ts'])) ? { pinned_to: [channel] } : {}),
    };
  });
  const more = start + limit < messages.length;
  return {
    ok: true,
    messages: page,
    has_more: more,
    response_metadata: { next_cursor: more ? `next:${start + limit}` : '' },
  };
}

const methods: Readonly<Record<string, Method>> = {
  async 'chat.postMessage'(workspace, who, args) {
    const wrong = messageError(args, 40_000);
    if (wrong) return wrong;
    let channel = text(args['channel']);
    // To a person's id: the direct message with him.
    if (/^U[0-9A-Z]{6,}$/.test(channel)) {
      const opened = await workspace.call(who, 'conversations.open', { users: channel });
      if (opened['ok'] !== true) return refuse('channel_not_found');
      channel = text(object(opened['channel'])['id']);
    }
    const found = await membership(workspace, who, channel);
    if ('error' in found) return refuse(text(found['error']));
    if (found['is_archived'] === true) return refuse('is_archived');
    if (args['thread_ts'] !== undefined) {
      const root = await workspace.call(who, 'conversations.replies', { channel, ts: args['thread_ts'] });
      if (objects(root['messages']).length === 0) return refuse('thread_not_found');
    }
    const { bot_id: _bot, app_id: _app, ...kept } = args;
    const sender = who === 'bot' ? { bot_id: workspace.bot.botId, app_id: workspace.bot.appId } : {};
    const body = await workspace.call(who, 'chat.postMessage', { ...kept, channel, ...sender });
    if (body['ok']) workspace.born.set(text(body['ts']), performance.now());
    return body;
  },

  async 'chat.update'(workspace, who, args) {
    const wrong = messageError(args, 4_000);
    if (wrong) return wrong;
    const found = await membership(workspace, who, text(args['channel']));
    if ('error' in found) return refuse(text(found['error']));
    if (found['is_archived'] === true) return refuse('is_archived');
    return workspace.call(who, 'chat.update', args);
  },

  'conversations.history': (workspace, who, args) => read(workspace, who, args, 'history'),
  'conversations.replies': (workspace, who, args) => read(workspace, who, args, 'replies'),

  async 'conversations.create'(workspace, who, args) {
    const name = text(args['name']);
    if (name === '') return refuse('invalid_name_required');
    if (name.length > 80) return refuse('invalid_name_maxlength');
    // emulate puts these right by itself, Slack refuses them.
    if (!/^[a-z0-9_-]+$/.test(name)) return refuse('invalid_name_specials');
    const body = await workspace.call(who, 'conversations.create', args);
    if (body['ok']) workspace.born.set(text(object(body['channel'])['id']), performance.now());
    return body;
  },

  async 'conversations.info'(workspace, who, args) {
    const body = await workspace.call(who, 'conversations.info', args);
    return body['error'] === 'not_in_channel' ? refuse('channel_not_found') : body;
  },

  async 'conversations.invite'(workspace, who, args) {
    const users = [
      ...new Set(Array.isArray(args['users']) ? args['users'].map(String) : text(args['users']).split(',')),
    ];
    if (!yes(args['force'])) return workspace.call(who, 'conversations.invite', { ...args, users });
    // With force the valid ones are invited and the others reported beside a success.
    const errors: Json[] = [];
    let body: Json = {};
    let invited = 0;
    for (const user of users.filter((one) => one !== '')) {
      body = await workspace.call(who, 'conversations.invite', { channel: args['channel'], users: [user] });
      if (body['ok']) invited += 1;
      else if (Array.isArray(body['errors'])) errors.push(...objects(body['errors']));
      else return body;
    }
    if (invited === 0) return errors[0] ? refuse(text(errors[0]['error']), { errors }) : refuse('no_user');
    const info = await workspace.call(who, 'conversations.info', { channel: args['channel'] });
    return { ok: true, channel: info['channel'], ...(errors.length > 0 ? { errors } : {}) };
  },

  async 'users.conversations'(workspace, who, args) {
    const list: Json[] = [];
    let cursor = '';
    do {
      const page = await workspace.call(who, 'conversations.list', { ...args, limit: 1000, cursor });
      if (!page['ok']) return page;
      list.push(...objects(page['channels']));
      cursor = nextCursor(page);
    } while (cursor !== '');
    const mine = list.filter(
      ({ id, is_member: member }) => member === true && !young(workspace, text(id)) && !workspace.removed.has(text(id)),
    );
    const limit = Math.min(Number(args['limit']) || 100, 999);
    const start = Number(text(args['cursor']).replace('next:', '')) || 0;
    const more = start + limit < mine.length;
    return {
      ok: true,
      // Slack leaves membership out here: every one listed is the caller's.
      channels: mine.slice(start, start + limit).map(({ is_member: _mine, num_members: _n, ...rest }) => rest),
      response_metadata: { next_cursor: more ? `next:${start + limit}` : '' },
    };
  },

  async 'bookmarks.list'(workspace, who, args) {
    const body = await workspace.call(who, 'bookmarks.list', args);
    if (!body['ok']) return body;
    const list = objects(body['bookmarks']).filter((one) => !young(workspace, text(one['id'])));
    return { ...body, bookmarks: list };
  },

  async 'bookmarks.add'(workspace, who, args) {
    const body = await workspace.call(who, 'bookmarks.add', args);
    if (body['ok']) workspace.born.set(text(object(body['bookmark'])['id']), performance.now());
    return body;
  },
};
