import { blocksError } from './block-kit.ts';
import { type Json, object, objects, text } from './json.ts';
import { groupObject, userObject } from './workspace-people.ts';
import type { Backend } from './workspace.ts';

type Method = (workspace: Backend, who: string, args: Json) => Promise<Json> | Json;

const refuse = (error: string, more: Json = {}): Json => ({ ok: false, error, ...more });

const withAccount = ({ app }: Backend, user: Json): Json => userObject(user, app.accounts.get(text(user['id'])) ?? {});

/** The methods that emulate lacks, or knows too little about: Socket Mode, views, ephemerals, people. */
export const appMethods: Readonly<Record<string, Method>> = {
  'apps.connections.open': ({ app }) => app.delivery.sockets.ticket(),

  async 'auth.test'(workspace, who, args) {
    const body = await workspace.call(who, 'auth.test', args);
    const { pageUrl } = workspace.app;
    return body['ok'] === true && pageUrl !== undefined ? { ...body, url: pageUrl } : body;
  },

  async 'chat.getPermalink'(workspace, who, args) {
    const body = await workspace.call(who, 'chat.getPermalink', args);
    const { pageUrl } = workspace.app;
    if (body['ok'] !== true || pageUrl === undefined) return body;
    const ts = text(args['message_ts']).replace('.', '');
    return { ...body, permalink: `${pageUrl}archives/${text(args['channel'])}/p${ts}` };
  },

  async 'chat.postEphemeral'(workspace, who, args) {
    const { app } = workspace;
    const wrong = blocksError(args['blocks']);
    if (wrong) return refuse(wrong.error, { response_metadata: { messages: wrong.messages } });
    if (text(args['text']) === '' && args['blocks'] === undefined) return refuse('no_text');
    const channel = text(args['channel']);
    const info = object((await workspace.call(who, 'conversations.info', { channel }))['channel']);
    if (text(info['id']) === '') return refuse('channel_not_found');
    if (info['is_member'] !== true) return refuse('not_in_channel');
    if (info['is_archived'] === true) return refuse('is_archived');
    const target = personOf(workspace, text(args['user']));
    if (target === undefined) return refuse('user_not_in_channel');
    const members = await workspace.call(who, 'conversations.members', { channel, limit: 1000 });
    if (!Array.isArray(members['members']) || !members['members'].includes(args['user'])) {
      return refuse('user_not_in_channel');
    }
    const thread = text(args['thread_ts']);
    const { ts } = app.ephemerals.add({
      who: target,
      channel,
      text: text(args['text']),
      blocks: objects(args['blocks']),
      from: 'app',
      ...(thread === '' ? {} : { thread }),
    });
    return { ok: true, message_ts: ts };
  },

  'views.open': ({ app }, _who, args) => app.views.open(args),
  'views.push': ({ app }, _who, args) => app.views.push(args),
  'views.update': ({ app }, _who, args) => app.views.update(args),
  'views.publish': (workspace, _who, args) =>
    workspace.app.views.publish(args, personOf(workspace, text(args['user_id']))),

  async 'users.info'(workspace, who, args) {
    const body = await workspace.call(who, 'users.info', args);
    return body['ok'] === true ? { ...body, user: withAccount(workspace, object(body['user'])) } : body;
  },

  async 'users.lookupByEmail'(workspace, who, args) {
    const body = await workspace.call(who, 'users.lookupByEmail', args);
    const user = withAccount(workspace, object(body['user']));
    if (body['ok'] === true && user['deleted'] === true) return refuse('users_not_found');
    return body['ok'] === true ? { ...body, user } : body;
  },

  async 'users.list'(workspace, who, args) {
    const body = await workspace.call(who, 'users.list', args);
    return { ...body, members: objects(body['members']).map((user) => withAccount(workspace, user)) };
  },

  'usergroups.list': ({ app, team }) => ({
    ok: true,
    usergroups: app.groups.map((group) => groupObject(group, team.id)),
  }),

  'usergroups.users.list': ({ app }, _who, args) => {
    const group = app.groups.find(({ id }) => id === args['usergroup']);
    return group ? { ok: true, users: group.users } : refuse('no_such_subteam');
  },
};

/** The name of one of the workspace's people, by id. */
const personOf = ({ people }: Backend, id: string): string | undefined =>
  Object.values(people).find((one) => one.id === id)?.name;
