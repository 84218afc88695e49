import { randomBytes } from 'node:crypto';
import { viewError } from './block-kit.ts';
import { type Json, objects, text } from './json.ts';
import type { Trigger, Triggers } from './triggers.ts';

/** Modals of one person at once: https://docs.slack.dev/surfaces/modals#view_stack */
const mostOpen = 3;

/** A view as a person has it before him. */
export interface View {
  readonly id: string;
  readonly rootId: string;
  readonly previousId: string | undefined;
  readonly who: string;
  /** What the app sent, with Slack's block ids where it gave none. */
  readonly content: Json;
  readonly hash: string;
  /** What the person sees at an input, by block_id. */
  readonly errors: Readonly<Record<string, string>>;
  /** A line above it all: the app did not answer. */
  readonly banner: string | undefined;
}

/** What the person has typed and chosen: Slack's `state.values`. */
export type ViewState = Readonly<Record<string, Readonly<Record<string, Json>>>>;

export interface ViewOwner {
  readonly teamId: string;
  readonly appId: string;
  readonly botId: string;
}

export const trouble = 'We had some trouble connecting. Try again?';

const refuse = (error: string, messages?: readonly string[]): Json => ({
  ok: false,
  error,
  ...(messages && messages.length > 0 ? { response_metadata: { messages } } : {}),
});

/** Modals and Home tabs of one app in one workspace. */
export class Views {
  readonly #stacks = new Map<string, View[]>();
  readonly #homes = new Map<string, View>();
  readonly #states = new Map<string, ViewState>();
  readonly #owner: ViewOwner;
  readonly #triggers: Triggers;
  readonly #changed: () => void;

  constructor(owner: ViewOwner, triggers: Triggers, changed: () => void) {
    this.#owner = owner;
    this.#triggers = triggers;
    this.#changed = changed;
  }

  /** A person's open modals, the topmost last. */
  stack(who: string): readonly View[] {
    return this.#stacks.get(who) ?? [];
  }

  home(who: string): View | undefined {
    return this.#homes.get(who);
  }

  find(id: string): View | undefined {
    return [...this.#homes.values(), ...[...this.#stacks.values()].flat()].find((view) => view.id === id);
  }

  state(id: string): ViewState {
    return this.#states.get(id) ?? {};
  }

  /** Keeps what a person has typed, so that other acts of his in the view carry it. */
  keep(id: string, state: ViewState): void {
    this.#states.set(id, state);
  }

  open(args: Json): Json {
    return this.#withTrigger(args, ({ who }) => {
      const view = this.#make(who, args['view'], undefined);
      this.#stacks.set(who, [view]);
      return view;
    });
  }

  push(args: Json): Json {
    return this.#withTrigger(args, ({ who, view: from }) => {
      const stack = this.stack(who);
      if (from === undefined || !stack.some(({ id }) => id === from)) return 'not_found';
      if (stack.length >= mostOpen) return 'push_limit_reached';
      return this.pushFor(who, args['view']);
    });
  }

  update(args: Json): Json {
    const wrong = this.#error(args['view'], 'modal');
    if (wrong) return wrong;
    const all = [...this.#stacks.values()].flat();
    const found = all.find(
      (view) =>
        view.id === text(args['view_id']) ||
        (text(args['external_id']) !== '' && view.content['external_id'] === args['external_id']),
    );
    if (!found) return refuse('not_found');
    if (text(args['hash']) !== '' && args['hash'] !== found.hash) return refuse('hash_conflict');
    return this.#answer(this.replace(found, args['view']));
  }

  publish(args: Json, who: string | undefined): Json {
    const wrong = this.#error(args['view'], 'home');
    if (wrong) return wrong;
    if (who === undefined) return refuse('invalid_arguments', ['user_id']);
    const old = this.#homes.get(who);
    if (old && text(args['hash']) !== '' && args['hash'] !== old.hash) return refuse('hash_conflict');
    const view = this.#make(who, args['view'], undefined);
    const kept = old ? { ...view, id: old.id, rootId: old.id } : view;
    this.#homes.set(who, kept);
    this.#changed();
    return this.#answer(kept);
  }

  /** Another modal on top, as an ack may ask; `push_limit_reached` above three. */
  pushFor(who: string, content: unknown): View | string {
    const stack = this.stack(who);
    if (stack.length >= mostOpen) return 'push_limit_reached';
    const view = this.#make(who, content, stack.at(-1));
    this.#stacks.set(who, [...stack, view]);
    this.#changed();
    return view;
  }

  /** New content in an open view. What was typed stays where a block and its action are still there. */
  replace(view: View, content: unknown): View {
    const fresh = { ...view, content: this.#content(content), hash: newHash(), errors: {}, banner: undefined };
    this.#put(fresh);
    return fresh;
  }

  /** What the person is told in the view. */
  tell(view: View, { errors = {}, banner }: { errors?: Record<string, string>; banner?: string }): void {
    this.#put({ ...view, errors, banner });
  }

  /** Takes one modal away, or all of the person's. */
  close(view: View, all = false): void {
    const left = all ? [] : this.stack(view.who).filter(({ id }) => id !== view.id);
    this.#stacks.set(view.who, left);
    this.#changed();
  }

  /** What is wrong with a view that an ack holds. */
  error(content: unknown, type: 'modal' | 'home' = 'modal'): string | undefined {
    const wrong = this.#error(content, type);
    return wrong && text(wrong['error']);
  }

  /** As the app gets to see it. */
  payload(view: View, state: ViewState = this.state(view.id)): Json {
    const { teamId, appId, botId } = this.#owner;
    return {
      id: view.id,
      team_id: teamId,
      private_metadata: '',
      callback_id: '',
      external_id: '',
      title: null,
      submit: null,
      close: null,
      clear_on_close: false,
      notify_on_close: false,
      ...view.content,
      state: { values: state },
      hash: view.hash,
      previous_view_id: view.previousId ?? null,
      root_view_id: view.rootId,
      app_id: appId,
      app_installed_team_id: teamId,
      bot_id: botId,
    };
  }

  #withTrigger(args: Json, act: (trigger: Trigger) => View | string): Json {
    const wrong = this.#error(args['view'], 'modal');
    if (wrong) return wrong;
    const trigger = this.#triggers.take(text(args['trigger_id']));
    if (typeof trigger === 'string') return refuse(trigger);
    const made = act(trigger);
    if (typeof made === 'string') return refuse(made);
    this.#changed();
    return this.#answer(made);
  }

  #error(content: unknown, type: 'modal' | 'home'): Json | undefined {
    const wrong = viewError(content);
    if (wrong) return refuse(wrong.error, wrong.messages);
    const is = (content as Json)['type'];
    return is === type ? undefined : refuse('invalid_arguments', [`[ERROR] a ${type} is wanted, not ${text(is)}`]);
  }

  #make(who: string, content: unknown, previous: View | undefined): View {
    const id = `V0${randomBytes(5).toString('hex').toUpperCase()}`;
    return {
      id,
      who,
      rootId: previous?.rootId ?? id,
      previousId: previous?.id,
      content: this.#content(content),
      hash: newHash(),
      errors: {},
      banner: undefined,
    };
  }

  #content(content: unknown): Json {
    const given = content as Json;
    return { ...given, blocks: withBlockIds(objects(given['blocks'])) };
  }

  #put(view: View): void {
    const stack = this.#stacks.get(view.who) ?? [];
    this.#stacks.set(
      view.who,
      stack.map((one) => (one.id === view.id ? view : one)),
    );
    this.#changed();
  }

  #answer(view: View): Json {
    return { ok: true, view: this.payload(view) };
  }
}

/** Slack gives a block without an id one of its own; here it follows from the place, so that it stays. */
export const withBlockIds = (blocks: readonly Json[]): Json[] =>
  blocks.map((block, i) => ({
    ...block,
    block_id: text(block['block_id']) || `block-${i}`,
    ...(Array.isArray(block['elements']) && block['type'] === 'actions'
      ? { elements: objects(block['elements']).map(named) }
      : {}),
    ...(block['accessory'] === undefined ? {} : { accessory: named(block['accessory'] as Json, 0) }),
    ...(block['element'] === undefined ? {} : { element: named(block['element'] as Json, 0) }),
  }));

const named = (element: Json, i: number): Json =>
  element['type'] === 'image' ? element : { ...element, action_id: text(element['action_id']) || `action-${i}` };

const newHash = (): string => `${Math.floor(Date.now() / 1_000)}.${randomBytes(6).toString('base64url')}`;
