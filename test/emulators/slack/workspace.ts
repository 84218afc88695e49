import { sameNames } from './same-names.ts';
import { createEmulator } from 'emulate';
import type { Clock } from '../../../controller/runtime/clock.ts';
import { SlackApp } from './app.ts';
import type { Delivery } from './delivery.ts';
import { type Json, object, text } from './json.ts';
import { type Person, personAt } from './person.ts';
import type { Timing } from './timing.ts';
import { type SlackChannel, truthOf, type Truth } from './truth.ts';
import type { Account, UserGroup } from './workspace-people.ts';
import type { Ephemeral } from './ephemerals.ts';
import type { View } from './views.ts';

export interface Somebody {
  readonly id: string;
  readonly name: string;
  readonly email: string;
}

export type { SlackBookmark, SlackChannel, SlackMessage } from './truth.ts';

/** One workspace and what is true in it, read past the front, faults and counters. A channel is an id or '#name'. */
export interface Workspace extends Truth {
  readonly team: { readonly id: string; readonly name: string };
  readonly bot: { readonly userId: string; readonly botId: string; readonly appId: string };
  readonly botToken: string;
  /** For Socket Mode: `xapp-…`. */
  readonly appToken: string;
  /** Seeded people by name: ana, bo, chi, dan, eve (mail `<name>@example.com`). */
  readonly people: Readonly<Record<string, Somebody>>;
  /** Where people look: the workspace page once it is up, else emulate's own, which shows and takes no presses. */
  readonly pageUrl: string;
  /** The app's side: its sockets, envelopes, views and ephemerals. */
  readonly app: SlackApp;
  /** What goes to the app and its acks, counted; sockets and their faults. */
  readonly delivery: Delivery;
  /** History, replies and lists leave out what is younger than this many milliseconds. */
  lag: number;
  /** An error code that auth answers from now on: 'token_revoked'. */
  refuseToken: string | undefined;
  /** An administrator deletes a channel: to everybody it was never there. */
  removeChannel(channel: string): Promise<void>;
  /** The next channel is made even if another has its name, as Slack does when two ask at the same moment. */
  letThrough(): void;
  /** Any Web API call as `who`: 'bot', 'admin' or a person's name. Returns the body, ok or not. */
  call(who: string, method: string, args?: Json): Promise<Json>;
  /** One of the people at Slack's client. */
  as(name: string): Person;
  /** A person's open modals, the topmost last. */
  views(name: string): readonly View[];
  /** The person's Home tab of the app. */
  home(name: string): View | undefined;
  /** What only this person sees, oldest first. */
  ephemerals(name: string): readonly Ephemeral[];
  /** Makes a person a guest, a stranger, deactivated …; the app hears of it by user_change. */
  setAccount(name: string, account: Account): Promise<void>;
  /** User groups, with people by name. */
  setGroups(groups: readonly (Omit<UserGroup, 'users'> & { readonly people: readonly string[] })[]): void;
}

export interface WorkspaceOptions {
  /** People beside the usual five. */
  readonly people?: readonly string[];
  readonly timing?: Partial<Timing>;
  /** Measures what `timing` says; the machine's unless a test owns it. */
  readonly clock?: Clock;
}

/** What the front needs besides. */
export interface Backend extends Workspace {
  readonly number: number;
  /** Client tokens and who they are. */
  readonly tokens: ReadonlyMap<string, string>;
  /** When a message or channel came to be, by id, on this process's monotonic clock. */
  readonly born: Map<string, number>;
  /** Ids of channels that were deleted. */
  readonly removed: ReadonlySet<string>;
  end(): Promise<void>;
}

// emulate refuses a token's 5,000th call in an hour; 400 tokens last for two million.
const botTokens = 400;
const personTokens = 30;
const usual = ['ana', 'bo', 'chi', 'dan', 'eve'];

/** One emulate instance: it knows one team only, so each workspace has its own. */
export async function startWorkspace(number: number, name: string, options: WorkspaceOptions = {}): Promise<Backend> {
  const secret = `w${number}`;
  const inner = (who: string, n: number): string => `inner-${secret}-${who}-${n}`;
  const bot = { userId: `U0BOT${String(number).padStart(5, '0')}`, botId: `B0BOT${String(number).padStart(5, '0')}` };
  const appId = `A0APP${String(number).padStart(5, '0')}`;
  const names = [...usual, ...(options.people ?? [])];
  const users = [...names, 'admin'];
  const emulator = await createEmulator({
    service: 'slack',
    port: 0,
    seed: {
      slack: {
        team: { name, domain: name.toLowerCase().replaceAll(/[^a-z0-9]+/g, '-') },
        users: names.map((person) => ({ name: person, real_name: person, email: `${person}@example.com` })),
        channels: [{ name: 'stakeholders' }],
        oauth_apps: [
          {
            client_id: `1.${number}`,
            client_secret: 'none',
            app_id: appId,
            name: 'AllClear',
            redirect_uris: [],
            bot_id: bot.botId,
            bot_user_id: bot.userId,
            bot_name: 'allclear',
          },
        ],
        tokens: [
          ...Array.from({ length: botTokens }, (_, n) => ({
            token: inner('bot', n),
            user_id: bot.userId,
            bot_id: bot.botId,
            bot_user_id: bot.userId,
            app_id: appId,
          })),
          ...users.flatMap((user) => Array.from({ length: personTokens }, (_, n) => ({ token: inner(user, n), user }))),
        ],
      },
    },
  });
  const team = { id: `T${String(number).padStart(9, '0')}`, name };
  let turn = 0;
  const races = sameNames();
  const raw = (who: string, method: string, args: Json = {}): Promise<Json> =>
    races.through(method, args, (asked) => send(who, method, asked));
  async function send(who: string, method: string, args: Json): Promise<Json> {
    turn += 1;
    const token = inner(who, turn % (who === 'bot' ? botTokens : personTokens));
    const response = await fetch(`${emulator.url.replace('localhost', '127.0.0.1')}/api/${method}`, {
      method: 'POST',
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      body: JSON.stringify(args),
    });
    if (response.status === 404) return { ok: false, error: 'unknown_method' };
    return object(await response.json());
  }
  const app = new SlackApp({ team, bot: { ...bot, appId }, call: raw }, options.timing, options.clock);
  await app.delivery.sockets.listen();
  const people: Record<string, Somebody> = {};
  async function call(who: string, method: string, args: Json = {}): Promise<Json> {
    const body = await raw(who, method, args);
    void app.happened(who, who === 'bot' ? bot.userId : (people[who]?.id ?? who), method, args, body);
    return body;
  }
  const removed = new Set<string>();
  const truth = truthOf(name, (method, args) => call('bot', method, args), { removed });
  const channel = (wanted: string): Promise<SlackChannel> => truth.channel(wanted);
  const everybody = await truth.all('users.list', 'members', {});
  for (const one of everybody) {
    const email = text(object(one['profile'])['email']);
    if (names.includes(text(one['name']))) {
      people[text(one['name'])] = { id: text(one['id']), name: text(one['name']), email };
    }
  }
  const idOf = (one: string): string => {
    const id = people[one]?.id;
    if (id === undefined) throw new Error(`nobody is called ${one} in ${name}`);
    return id;
  };
  const channelId = async (wanted: string): Promise<string> =>
    /^[CDG][0-9A-Z]{6,}$/.test(wanted) ? wanted : (await channel(wanted)).id;
  const botToken = `xoxb-allclear-${number}`;
  const appToken = `xapp-1-${appId}-${number}`;
  const workspace: Backend = {
    number,
    team,
    app,
    delivery: app.delivery,
    bot: { ...bot, appId },
    botToken,
    appToken,
    people,
    get pageUrl() {
      return app.pageUrl ?? emulator.url.replace('localhost', '127.0.0.1');
    },
    lag: 0,
    refuseToken: undefined,
    tokens: new Map([
      [botToken, 'bot'],
      [appToken, 'app'],
      ...users.map((user) => [`xoxp-${user}-${number}`, user] as const),
    ]),
    born: new Map(),
    removed,
    letThrough: () => races.letThrough(),
    async removeChannel(wanted) {
      const { id } = await channel(wanted);
      // emulate cannot delete one: under another name it frees its own.
      const named = await call('bot', 'conversations.rename', { channel: id, name: `deleted-${id.toLowerCase()}` });
      if (named['ok'] !== true) throw new Error(`conversations.rename: ${text(named['error'])}`);
      removed.add(id);
    },
    call,
    ...truth,
    as: (one) =>
      personAt(one, idOf(one), {
        app,
        call,
        channelId,
        people: new Map(Object.values(people).map((each) => [each.name, each.id])),
      }),
    views: (one) => app.views.stack(one),
    home: (one) => app.views.home(one),
    ephemerals: (one) => app.ephemerals.all.filter(({ who }) => who === one),
    async setAccount(one, account) {
      const body = await raw('admin', 'users.info', { user: idOf(one) });
      await app.setAccount(object(body['user']), account);
    },
    setGroups(groups) {
      app.groups.splice(
        0,
        app.groups.length,
        ...groups.map(({ people: in_, ...group }) => ({ ...group, users: in_.map(idOf) })),
      );
    },
    async end() {
      await app.delivery.close();
      await emulator.close();
    },
  };
  const { id } = await channel('#stakeholders');
  const joined = await call('bot', 'conversations.join', { channel: id });
  if (joined['ok'] !== true) throw new Error(`conversations.join: ${text(joined['error'])}`);
  return workspace;
}
