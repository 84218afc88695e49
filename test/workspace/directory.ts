import { object, objects, text } from '../emulators/slack/json.ts';
import type { Slack } from '../emulators/slack.ts';

export interface Somebody {
  readonly id: string;
  readonly name: string;
  readonly app: boolean;
}

export interface Room {
  readonly id: string;
  readonly name: string;
  readonly purpose: string;
  readonly archived: boolean;
  readonly private: boolean;
  readonly member: boolean;
  readonly direct: boolean;
}

/** Who and what there is, as one person sees it. */
export interface Directory {
  readonly users: ReadonlyMap<string, Somebody>;
  readonly rooms: readonly Room[];
}

export async function readDirectory(slack: Slack, who: string): Promise<Directory> {
  const [people, channels] = await Promise.all([
    slack.call(who, 'users.list', { limit: 1000 }),
    slack.call(who, 'conversations.list', { limit: 1000, types: 'public_channel,private_channel,im' }),
  ]);
  const users = new Map(
    objects(people['members']).map((one): [string, Somebody] => {
      const app = text(one['id']) === slack.bot.userId;
      return [text(one['id']), { id: text(one['id']), name: app ? slack.app.config.name : text(one['name']), app }];
    }),
  );
  const rooms = objects(channels['channels']).map((one): Room => ({
    id: text(one['id']),
    name: one['is_im'] === true ? (users.get(text(one['user']))?.name ?? 'direct message') : text(one['name']),
    purpose: text(object(one['purpose'])['value']),
    archived: one['is_archived'] === true,
    private: one['is_private'] === true,
    member: one['is_member'] === true,
    direct: one['is_im'] === true,
  }));
  return { users, rooms: rooms.toSorted((a, b) => a.name.localeCompare(b.name)) };
}
