import { type Clock, systemClock } from '../../../controller/runtime/clock.ts';
import { anyApp, type AppConfig, appConfig } from './app-config.ts';
import { Delivery, type Parcel } from './delivery.ts';
import { Ephemerals } from './ephemerals.ts';
import { channelOf, eventsOf, timestamp } from './events.ts';
import type { RequestUrl } from './http-delivery.ts';
import { type Json, object, text } from './json.ts';
import { slackTiming, type Timing } from './timing.ts';
import { Triggers } from './triggers.ts';
import { Views } from './views.ts';
import { type Account, type UserGroup, userObject } from './workspace-people.ts';

/** What the app's side needs of its workspace: calls that reach emulate and cause no events. */
export interface Home {
  readonly team: { readonly id: string; readonly name: string };
  readonly bot: { readonly userId: string; readonly botId: string; readonly appId: string };
  call(who: string, method: string, args?: Json): Promise<Json>;
}

/** Where a channel stands. */
export interface Place {
  readonly id: string;
  readonly name: string;
  readonly type: 'channel' | 'group' | 'im' | 'mpim';
}

const reading = /\.(list|info|history|replies|members|test|get|lookupByEmail|getPermalink|conversations)$/;

/** One app in one workspace: what it is sent, what it shows to people, and who they are. */
export class SlackApp {
  readonly home: Home;
  readonly timing: Timing;
  readonly clock: Clock;
  readonly delivery: Delivery;
  readonly triggers: Triggers;
  readonly ephemerals: Ephemerals;
  readonly views: Views;
  readonly accounts = new Map<string, Account>();
  readonly groups: UserGroup[] = [];
  config: AppConfig = anyApp;
  /** Ends with a slash; what auth.test tells, and links to channels and messages begin with. */
  pageUrl: string | undefined;
  /** The front's address, for response_urls. */
  origin = '';
  readonly #listeners = new Set<() => void>();
  readonly #messages = new Map<string, Json>();
  readonly #channels = new Map<string, string>();
  readonly #latest = new Map<string, string>();
  readonly #places = new Map<string, Place>();

  constructor(home: Home, timing: Partial<Timing> = {}, clock: Clock = systemClock) {
    this.home = home;
    this.clock = clock;
    this.timing = { ...slackTiming, ...timing };
    const changed = (): void => this.changed();
    const { team, bot } = home;
    this.delivery = new Delivery(bot.appId, this.timing, clock, changed);
    this.triggers = new Triggers(this.timing.triggerLife, clock);
    this.ephemerals = new Ephemerals(this.timing, clock, changed);
    this.views = new Views({ teamId: team.id, appId: bot.appId, botId: bot.botId }, this.triggers, changed);
  }

  /** Calls back at every change that a person could see. Returns how to end it. */
  onChange(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  changed(): void {
    for (const listener of this.#listeners) listener();
  }

  install(manifest: Json): void {
    this.config = appConfig(manifest);
  }

  deliverTo(target: RequestUrl | undefined): void {
    this.delivery.requestUrl = target;
  }

  /** A message that was posted or edited, as it is now. */
  message(channel: string, ts: string): Json | undefined {
    return this.#messages.get(`${channel}/${ts}`);
  }

  /** The channel of a message; timestamps are unique here. */
  channelOf(ts: string): string | undefined {
    return this.#channels.get(ts);
  }

  /** The ts of the newest message in a channel. */
  latest(channel: string): string | undefined {
    return this.#latest.get(channel);
  }

  async place(id: string): Promise<Place> {
    const known = this.#places.get(id);
    if (known) return known;
    // The admin is in no private channel, the bot may be.
    for (const who of ['bot', 'admin']) {
      const found = object((await this.home.call(who, 'conversations.info', { channel: id }))['channel']);
      if (text(found['id']) === '') continue;
      const type = found['is_im'] ? 'im' : found['is_mpim'] ? 'mpim' : found['is_private'] ? 'group' : 'channel';
      const place: Place = { id, name: type === 'im' ? 'directmessage' : text(found['name']), type };
      this.#places.set(id, place);
      return place;
    }
    return { id, name: 'privategroup', type: id.startsWith('D') ? 'im' : 'group' };
  }

  /** Hears of every call that was accepted: keeps the messages, and tells the app what it has subscribed to. */
  async happened(who: string, user: string, method: string, args: Json, body: Json): Promise<void> {
    if (body['ok'] !== true || reading.test(method)) return;
    const ts = text(body['ts']) || text(args['ts']) || text(args['timestamp']);
    const channel = text(body['channel']) || text(args['channel']);
    const previous = this.message(channel, ts);
    this.#keep(method, channel, ts, body);
    this.changed();
    if (!this.delivery.active) return;
    const happening = { user, method, args, body, previous, team: this.home.team.id, byApp: who === 'bot' };
    for (const event of eventsOf(happening)) await this.emit(event);
  }

  /** Any event, delivered as one of those would be. */
  async emit(event: Json): Promise<void> {
    const channel = channelOf(event);
    const place = channel === '' ? undefined : await this.place(channel);
    const shaped = named(event, place?.type);
    if (!this.#subscribed(shaped, place) || !(await this.#hears(shaped, channel))) return;
    const payload = {
      token: 'emulated',
      team_id: this.home.team.id,
      context_team_id: this.home.team.id,
      context_enterprise_id: null,
      api_app_id: this.home.bot.appId,
      event: {
        ...shaped,
        ...(shaped['type'] === 'message' && place ? { channel_type: place.type } : {}),
        event_ts: text(shaped['event_ts']) || text(shaped['ts']) || timestamp(),
      },
      type: 'event_callback',
      event_id: `Ev${timestamp().replace('.', '')}`,
      event_time: Math.floor(Date.now() / 1_000),
      authorizations: [
        {
          enterprise_id: null,
          team_id: this.home.team.id,
          user_id: this.home.bot.userId,
          is_bot: true,
          is_enterprise_install: false,
        },
      ],
      is_ext_shared_channel: false,
      event_context: '4-emulated',
    };
    void this.deliver({
      type: 'events_api',
      name: text(shaped['type']),
      payload,
      accepts: false,
      again: this.timing.retryAfter,
    });
  }

  /** Delivers with this workspace's own team id: emulate calls all of its teams the same. */
  deliver(parcel: Parcel): ReturnType<Delivery['deliver']> {
    const payload: Json = JSON.parse(
      JSON.stringify(parcel.payload).replaceAll('"T000000001"', `"${this.home.team.id}"`),
    );
    return this.delivery.deliver({ ...parcel, payload });
  }

  /** A person's account becomes another, and the app hears of it. `user` as emulate gives it. */
  async setAccount(user: Json, account: Account): Promise<void> {
    this.accounts.set(text(user['id']), account);
    this.changed();
    const event = { type: 'user_change', user: userObject(user, account), cache_ts: Math.floor(Date.now() / 1_000) };
    if (this.delivery.active) await this.emit(event);
  }

  #keep(method: string, channel: string, ts: string, body: Json): void {
    if (method === 'chat.delete') this.#messages.delete(`${channel}/${ts}`);
    if (method === 'conversations.rename') this.#places.delete(channel);
    if (method !== 'chat.postMessage' && method !== 'chat.update') return;
    this.#messages.set(`${channel}/${ts}`, object(body['message']));
    this.#channels.set(ts, channel);
    if (method === 'chat.postMessage') this.#latest.set(channel, ts);
  }

  #subscribed(event: Json, place: Place | undefined): boolean {
    const { events } = this.config;
    if (events === undefined) return true;
    const type = text(event['type']);
    const suffix = { channel: 'channels', group: 'groups', im: 'im', mpim: 'mpim' } as const;
    return events.has(type === 'message' && place ? `message.${suffix[place.type]}` : type);
  }

  /** Only a member hears what goes on in a channel; that a public one is made, renamed or archived, everybody. */
  async #hears(event: Json, channel: string): Promise<boolean> {
    const type = text(event['type']);
    if (channel === '' || type.startsWith('channel_') || type === 'app_home_opened') return true;
    if (type === 'member_left_channel' && event['user'] === this.home.bot.userId) return true;
    const info = await this.home.call('bot', 'conversations.info', { channel });
    return object(info['channel'])['is_member'] === true;
  }
}

/** In private channels some events have a name of their own. */
function named(event: Json, type: Place['type'] | undefined): Json {
  const name = text(event['type']);
  return type === 'group' && /^channel_(archive|unarchive|rename)$/.test(name)
    ? { ...event, type: name.replace('channel', 'group') }
    : event;
}
