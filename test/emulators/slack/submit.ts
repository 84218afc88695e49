import type { SlackApp } from './app.ts';
import type { Envelope } from './delivery.ts';
import { isObject, type Json, objects, text } from './json.ts';
import { fields, type Input, missing, stateOf, typedInto } from './view-state.ts';
import { trouble, type View } from './views.ts';

/** What a person sees after he pressed a modal's button. */
export interface Submitted {
  /**
   * `incomplete`: Slack itself said what is missing, nothing was sent. `errors`: the app said what is wrong.
   * `trouble`: no ack in time, or one that Slack cannot use; the modal stays, with a banner.
   */
  readonly result: 'closed' | 'cleared' | 'updated' | 'pushed' | 'errors' | 'incomplete' | 'trouble';
  /** By block_id. */
  readonly errors: Readonly<Record<string, string>>;
  /** What of the app's ack was no good. */
  readonly why?: string;
  readonly ms: number;
  readonly envelope: Envelope | undefined;
}

/** Checks what was typed, sends it, and does what the ack says. */
export async function submitView(
  app: SlackApp,
  ground: Json,
  view: View,
  values: Readonly<Record<string, Input>>,
): Promise<Submitted> {
  const blocks = objects(view.content['blocks']);
  const state = typedInto(blocks, app.views.state(view.id), values);
  app.views.keep(view.id, state);
  const gaps = missing(blocks, state);
  if (Object.keys(gaps).length > 0) {
    app.views.tell(view, { errors: gaps });
    return { result: 'incomplete', errors: gaps, ms: 0, envelope: undefined };
  }
  const envelope = await app.deliver({
    type: 'interactive',
    name: text(view.content['callback_id']),
    payload: {
      ...ground,
      type: 'view_submission',
      trigger_id: app.triggers.give({ who: view.who, view: view.id }),
      view: app.views.payload(view, stateOf(blocks, state)),
      response_urls: [],
    },
    accepts: true,
    again: [],
  });
  const ms = envelope.ackedAfter ?? app.clock.now() - envelope.at;
  // It may have been updated or closed meanwhile.
  const now = app.views.find(view.id) ?? view;
  if (envelope.result !== 'acked') {
    app.views.tell(now, { banner: trouble });
    return { result: 'trouble', errors: {}, ms, envelope, why: text(envelope.result) };
  }
  return { ...obey(app, now, envelope.ack ?? {}), ms, envelope };
}

/** https://docs.slack.dev/surfaces/modals#updating_views, response_action by response_action */
function obey(app: SlackApp, view: View, ack: Json): Pick<Submitted, 'result' | 'errors' | 'why'> {
  const failed = (why: string): Pick<Submitted, 'result' | 'errors' | 'why'> => {
    app.views.tell(view, { banner: trouble });
    return { result: 'trouble', errors: {}, why };
  };
  const action = text(ack['response_action']);
  if (action === '') {
    app.views.close(view);
    return { result: 'closed', errors: {} };
  }
  if (action === 'clear') {
    app.views.close(view, true);
    return { result: 'cleared', errors: {} };
  }
  if (action === 'errors') {
    if (!isObject(ack['errors']) || Object.keys(ack['errors']).length === 0) return failed('errors without errors');
    const errors = Object.fromEntries(Object.entries(ack['errors']).map(([block, words]) => [block, text(words)]));
    const shown = new Set(
      fields(objects(view.content['blocks']))
        .filter(({ block }) => block['type'] === 'input')
        .map(({ blockId }) => blockId),
    );
    const stranger = Object.keys(errors).find((block) => !shown.has(block));
    if (stranger !== undefined) return failed(`no input block ${stranger}`);
    app.views.tell(view, { errors });
    return { result: 'errors', errors };
  }
  if (action !== 'update' && action !== 'push') return failed(`unknown response_action ${action}`);
  const wrong = app.views.error(ack['view']);
  if (wrong !== undefined) return failed(wrong);
  if (action === 'update') {
    app.views.replace(view, ack['view']);
    return { result: 'updated', errors: {} };
  }
  const pushed = app.views.pushFor(view.who, ack['view']);
  return typeof pushed === 'string' ? failed(pushed) : { result: 'pushed', errors: {} };
}
