import type { SlackApp } from './app.ts';
import { type Json, object, objects, text } from './json.ts';
import type { Input } from './view-state.ts';
import { type View, type ViewState, withBlockIds } from './views.ts';

export interface MessageRef {
  /** Id or '#name'. */
  readonly channel: string;
  readonly ts: string;
}

/** What a person's acts need of the workspace. */
export interface Surroundings {
  /** User ids by name. */
  readonly people: ReadonlyMap<string, string>;
  readonly app: SlackApp;
  /** The channel's id. */
  readonly channelId: (channel: string) => Promise<string>;
  readonly call: (who: string, method: string, args: Json) => Promise<Json>;
}

/** Where a press happens. */
interface Located {
  readonly what: string;
  readonly blocks: readonly Json[];
  readonly view?: View;
  readonly channel?: { readonly id: string; readonly name: string };
  readonly ts?: string;
  /** Undefined for an ephemeral: Slack does not send it along. */
  readonly message?: Json;
  readonly ephemeral?: boolean;
}

/** The message, ephemeral or view that is meant. Throws when it is not there. */
export async function locate(target: string | MessageRef | View, { app, channelId }: Surroundings): Promise<Located> {
  if (typeof target === 'object' && 'rootId' in target) {
    const view = app.views.find(target.id);
    if (!view) throw new Error(`view ${target.id} is not open any more`);
    return { what: `view ${view.id}`, blocks: objects(view.content['blocks']), view };
  }
  const ts = typeof target === 'string' ? target : target.ts;
  const own = app.ephemerals.find(ts);
  if (own) {
    const { id, name } = await app.place(own.channel);
    return { what: `ephemeral ${ts}`, blocks: withBlockIds(own.blocks), channel: { id, name }, ts, ephemeral: true };
  }
  const channelOf = typeof target === 'string' ? app.channelOf(ts) : await channelId(target.channel);
  const message = channelOf === undefined ? undefined : app.message(channelOf, ts);
  if (channelOf === undefined || !message) throw new Error(`no message ${ts}`);
  const { id, name } = await app.place(channelOf);
  return {
    what: `message ${ts}`,
    blocks: withBlockIds(objects(message['blocks'])),
    channel: { id, name },
    ts,
    message,
  };
}

/** Where a press came from, as block_actions tells it. */
export function context(
  { view, channel, ts, message, blocks, ephemeral = false }: Located,
  app: SlackApp,
  state: ViewState,
  responseUrl: (place: { channel: string; message?: string; thread?: string }) => string,
): Json {
  if (view) return { container: { type: 'view', view_id: view.id }, view: app.views.payload(view, state) };
  const thread = text(message?.['thread_ts']);
  return {
    container: {
      type: 'message',
      message_ts: ts,
      channel_id: channel?.id,
      is_ephemeral: ephemeral,
      ...(thread === '' ? {} : { thread_ts: thread }),
    },
    channel,
    ...(message ? { message: { ...message, blocks } } : {}),
    state: { values: state },
    response_url: responseUrl({
      channel: channel?.id ?? '',
      ...(ts === undefined ? {} : { message: ts }),
      ...(thread === '' ? {} : { thread }),
    }),
  };
}

/** An element by its action_id, with its block. */
export function elementIn(
  blocks: readonly Json[],
  actionId: string,
  blockId?: string,
): { block: Json; element: Json } | undefined {
  for (const block of blocks) {
    if (blockId !== undefined && block['block_id'] !== blockId) continue;
    const inside = [...objects(block['elements']), object(block['accessory']), object(block['element'])];
    const element = inside.find((one) => one['action_id'] === actionId);
    if (element) return { block, element };
  }
  return undefined;
}

/** What could have been meant. */
export const actionIds = (blocks: readonly Json[]): string[] =>
  blocks
    .flatMap((block) => [...objects(block['elements']), object(block['accessory']), object(block['element'])])
    .flatMap((element) => text(element['action_id']) || []);

/** Whether using it leaves a value behind. */
export const chooses = (element: Json): boolean => !['button', 'overflow'].includes(text(element['type']));

export const overflowOption = (element: Json, value: Input | undefined): Json | undefined =>
  objects(element['options']).find((one) => one['value'] === value);
