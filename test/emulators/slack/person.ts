import type { SlackApp } from './app.ts';
import type { Delivered, Envelope } from './delivery.ts';
import { type Json, object, objects, text } from './json.ts';
import {
  context,
  elementIn,
  actionIds,
  chooses,
  locate,
  type MessageRef,
  overflowOption,
  type Surroundings,
} from './locate.ts';
import { submitView } from './submit.ts';
import type { Submitted } from './submit.ts';
import { type Input, stateOf, typedInto } from './view-state.ts';
import type { View } from './views.ts';

/** What a person sees of an act that went to the app. */
export interface Acted {
  /** `not_sent`: Slack itself refused it, or the person said no. */
  readonly result: Delivered | 'not_sent';
  /** Milliseconds until the ack, or until it was given up. */
  readonly ms: number;
  /** What was sent; undefined when nothing was. */
  readonly envelope: Envelope | undefined;
  /** The trigger_id that went with it, or ''. */
  readonly triggerId: string;
  /** Why nothing was sent. */
  readonly why?: string;
}

export interface ClickOptions {
  /** What is chosen of a select, radio buttons, checkboxes or a picker. */
  readonly value?: Input;
  /** What the person answers to a `confirm`; yes unless said otherwise. */
  readonly confirm?: boolean;
  /** Only an element of this block. */
  readonly blockId?: string;
}

/** A person at Slack's client. Everything that reaches the app does so as Slack would send it. */
export interface Person {
  readonly id: string;
  readonly name: string;
  /** Types a slash command. The answer in its ack, or why it failed, is then among the person's ephemerals. */
  command(command: string, text?: string, where?: { channel?: string; thread?: string }): Promise<Acted>;
  /** Presses a button or chooses, in a message, an ephemeral (its ts alone will do), a modal or the Home tab. */
  click(target: string | MessageRef | View, actionId: string, options?: ClickOptions): Promise<Acted>;
  /** Types into a modal without submitting; values by block_id or action_id. */
  type(view: View, values: Readonly<Record<string, Input>>): void;
  /** Submits the topmost modal, or the one given; values by block_id or action_id. */
  submit(values?: Readonly<Record<string, Input>>, view?: View): Promise<Submitted>;
  /** Presses the modal's Cancel. */
  close(view?: View): Promise<void>;
  /** A global shortcut, or one of a message. */
  shortcut(callbackId: string, message?: MessageRef): Promise<Acted>;
  /** Posts. Returns its ts. Throws when Slack refuses. */
  message(channel: string, text: string, options?: { thread?: string; broadcast?: boolean }): Promise<string>;
  edit(message: MessageRef, text: string): Promise<void>;
  react(message: MessageRef, name: string): Promise<void>;
  join(channel: string): Promise<void>;
  leave(channel: string): Promise<void>;
  /** Looks at the app's Home tab. */
  openHome(): Promise<void>;
}

export function personAt(name: string, id: string, surroundings: Surroundings): Person {
  const { app, call, channelId } = surroundings;
  const team = { id: app.home.team.id, domain: domainOf(app.home.team.name) };
  const user = { id, username: name, name, team_id: team.id };
  const ground = {
    token: 'emulated',
    team,
    user,
    api_app_id: app.home.bot.appId,
    enterprise: null,
    is_enterprise_install: false,
  };
  const must = async (method: string, args: Json): Promise<Json> => {
    const body = await call(name, method, args);
    if (body['ok'] !== true) throw new Error(`${method} as ${name}: ${text(body['error'])}`);
    return body;
  };
  const responseUrl = (place: { channel: string; message?: string; thread?: string }): string =>
    app.origin + app.ephemerals.place({ who: name, ...place });
  const interact = async (payload: Json, act: string, triggerId: string): Promise<Acted> =>
    acted(
      app,
      await app.deliver({
        type: 'interactive',
        name: act,
        payload: { ...ground, ...payload, trigger_id: triggerId },
        accepts: false,
        // Only what has no other key is redelivered; a person presses a button again himself.
        again: payload['type'] === 'shortcut' ? [0] : [],
      }),
      triggerId,
    );
  const open = (view?: View): View => {
    const found = view === undefined ? app.views.stack(name).at(-1) : app.views.find(view.id);
    if (!found) throw new Error(`${name} has no such modal open`);
    return found;
  };

  return {
    id,
    name,
    async command(command, said = '', { channel = '#general', thread } = {}) {
      const place = await app.place(await channelId(channel));
      const tell = (words: string): void =>
        void app.ephemerals.add({
          who: name,
          channel: place.id,
          text: words,
          blocks: [],
          from: 'slack',
          ...(thread === undefined ? {} : { thread }),
        });
      const refused = (words: string): Acted => {
        tell(words);
        return { result: 'not_sent', ms: 0, envelope: undefined, triggerId: '', why: words };
      };
      if (thread !== undefined) return refused(`${command} is not supported in threads. Sorry!`);
      const { commands } = app.config;
      if (commands.length > 0 && !commands.some((one) => one.command === command)) {
        return refused(
          `${command} is not a valid command. In Slack, all messages that start with the "/" character are interpreted as commands.`,
        );
      }
      const mentions = commands.find((one) => one.command === command)?.mentions ?? true;
      const triggerId = app.triggers.give({ who: name });
      const responsePath = app.ephemerals.place({ who: name, channel: place.id });
      const envelope = await app.deliver({
        type: 'slash_commands',
        name: command,
        payload: {
          token: 'emulated',
          team_id: team.id,
          team_domain: team.domain,
          channel_id: place.id,
          channel_name: place.name,
          user_id: id,
          user_name: name,
          command,
          text: mentions ? await mentioned(escaped(said.trim()), surroundings) : escaped(said.trim()),
          api_app_id: app.home.bot.appId,
          is_enterprise_install: 'false',
          response_url: app.origin + responsePath,
          trigger_id: triggerId,
        },
        accepts: true,
        again: [0],
      });
      if (envelope.result !== 'acked') tell(`${command} failed with the error "${envelope.result}"`);
      else if (text(envelope.ack?.['text']) !== '' || objects(envelope.ack?.['blocks']).length > 0) {
        const why = await app.ephemerals.respond({ who: name, channel: place.id }, envelope.ack ?? {}, (method, args) =>
          call('bot', method, args),
        );
        if (why !== 'ok') tell(`${command} failed with the error "${why}"`);
      }
      return acted(app, envelope, triggerId);
    },

    async click(target, actionId, options = {}) {
      const place = await locate(target, surroundings);
      const found = elementIn(place.blocks, actionId, options.blockId);
      if (!found)
        throw new Error(
          `nothing with action_id ${actionId} in ${place.what}; there are ${actionIds(place.blocks).join(', ')}`,
        );
      const { block, element } = found;
      if (element['confirm'] !== undefined && options.confirm === false) {
        return { result: 'not_sent', ms: 0, envelope: undefined, triggerId: '', why: 'not confirmed' };
      }
      const kept = place.view ? app.views.state(place.view.id) : {};
      const chosen = chooses(element);
      const state = chosen
        ? typedInto(place.blocks, kept, { [text(block['block_id'])]: options.value ?? null })
        : stateOf(place.blocks, kept);
      if (place.view) app.views.keep(place.view.id, state);
      const action = {
        action_id: actionId,
        block_id: text(block['block_id']),
        type: text(element['type']),
        ...(element['text'] === undefined ? {} : { text: element['text'] }),
        ...(element['value'] === undefined ? {} : { value: element['value'] }),
        ...(element['style'] === undefined ? {} : { style: element['style'] }),
        ...(element['type'] === 'overflow' ? { selected_option: overflowOption(element, options.value) } : {}),
        ...(chosen ? state[text(block['block_id'])]?.[actionId] : {}),
        action_ts: String(Date.now() / 1_000),
      };
      const triggerId = app.triggers.give({ who: name, ...(place.view ? { view: place.view.id } : {}) });
      const result = await interact(
        { type: 'block_actions', ...context(place, app, state, responseUrl), actions: [action] },
        actionId,
        triggerId,
      );
      return result;
    },

    type(view, values) {
      const now = open(view);
      app.views.keep(now.id, typedInto(objects(now.content['blocks']), app.views.state(now.id), values));
    },

    submit: (values = {}, view) => submitView(app, ground, open(view), values),

    async close(view) {
      const now = open(view);
      const all = now.content['clear_on_close'] === true;
      const closed = all ? [...app.views.stack(name)].toReversed() : [now];
      app.views.close(now, all);
      for (const one of closed) {
        if (one.content['notify_on_close'] !== true) continue;
        const payload = { ...ground, type: 'view_closed', view: app.views.payload(one), is_cleared: all };
        await app.deliver({ type: 'interactive', name: 'view_closed', payload, accepts: false, again: [] });
      }
    },

    async shortcut(callbackId, ref) {
      const triggerId = app.triggers.give({ who: name });
      const base = { callback_id: callbackId, action_ts: String(Date.now() / 1_000) };
      if (ref === undefined) return interact({ type: 'shortcut', ...base }, callbackId, triggerId);
      const channel = await app.place(await channelId(ref.channel));
      const message = app.message(channel.id, ref.ts);
      if (!message) throw new Error(`no message ${ref.ts} in ${ref.channel}`);
      return interact(
        {
          type: 'message_action',
          ...base,
          channel: { id: channel.id, name: channel.name },
          message_ts: ref.ts,
          message,
          response_url: responseUrl({ channel: channel.id, message: ref.ts }),
        },
        callbackId,
        triggerId,
      );
    },

    async message(channel, said, { thread, broadcast } = {}) {
      const body = await must('chat.postMessage', {
        channel: await channelId(channel),
        text: await mentioned(escaped(said), surroundings, false),
        ...(thread === undefined ? {} : { thread_ts: thread }),
        ...(broadcast ? { reply_broadcast: true } : {}),
      });
      return text(body['ts']);
    },
    async edit({ channel, ts }, said) {
      await must('chat.update', { channel: await channelId(channel), ts, text: escaped(said) });
    },
    async react({ channel, ts }, reaction) {
      await must('reactions.add', { channel: await channelId(channel), timestamp: ts, name: reaction });
    },
    async join(channel) {
      await must('conversations.join', { channel: await channelId(channel) });
    },
    async leave(channel) {
      await must('conversations.leave', { channel: await channelId(channel) });
    },
    async openHome() {
      const home = app.views.home(name);
      const im = await call(name, 'conversations.open', { users: app.home.bot.userId });
      await app.emit({
        type: 'app_home_opened',
        user: id,
        channel: text(object(im['channel'])['id']),
        tab: 'home',
        ...(home ? { view: app.views.payload(home) } : {}),
      });
    },
  };
}

const acted = ({ clock }: SlackApp, envelope: Envelope, triggerId: string): Acted => ({
  result: envelope.result ?? 'operation_timeout',
  ms: envelope.ackedAfter ?? clock.now() - envelope.at,
  envelope,
  triggerId,
});

/** As Slack hands people's text to apps. */
export const escaped = (said: string): string =>
  said.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');

/** `@ana` and `#general` as Slack hands them on: with ids, in a command with the names, too. */
async function mentioned(said: string, { people, channelId }: Surroundings, names = true): Promise<string> {
  const parts = said.split(/((?<![\w&/])[@#][a-z0-9_-]+)/);
  const done = parts.map(async (part, i) => {
    if (i % 2 === 0) return part;
    const name = part.slice(1);
    const user = people.get(name);
    if (part.startsWith('@')) return user === undefined ? part : `<@${user}${names ? `|${name}` : ''}>`;
    const channel = await channelId(part).catch(() => undefined);
    return channel === undefined ? part : `<#${channel}|${name}>`;
  });
  return (await Promise.all(done)).join('');
}

const domainOf = (name: string): string => name.toLowerCase().replaceAll(/[^a-z0-9]+/g, '-');
