import { App, type types } from '@slack/bolt';
import { policyOf, publicIncidents } from '../../../act/incidents.ts';
import { surface } from '../app.ts';
import { object, text, type Json } from '../parse.ts';
import { tellPerson } from './afterwards.ts';
import { runCommand } from './command.ts';
import type { HandlerContext } from './handler-context.ts';
import { addToTimeline, brief, closeByMessage, NoIncidentHere, timelineReaction } from './messages.ts';
import { declareForm, isLink, modalFor, press, readPressed, type Pressed } from './press.ts';
import { quietLogger } from '../quiet-logger.ts';
import type { HoldingReceiver } from './receiver.ts';
import { revision } from '../../../runtime/effect.ts';
import { fieldErrors, passing, refusalOf, shownWords } from './refusal.ts';
import { inputsOf, readSubmission, submit } from './submissions.ts';
import { homeView } from './views/home.ts';
import type { Modal } from './views/parts.ts';
import { fromSlack } from './text-in.ts';
import { outcome, plainMessage, shownIncident, typedText } from './words.ts';
import { ackMost, TooLate, within } from './within.ts';

/** The Bolt app of one workspace: every listener reads its payload, does one thing and acks with its outcome. */
export function boltApp(handler: HandlerContext, receiver: HoldingReceiver, botToken: string): App {
  const app = new App({
    receiver,
    convoStore: false,
    // An auth.test for each event could fail, and Bolt would ack and drop the event then.
    authorize: () =>
      Promise.resolve({
        botToken,
        botId: handler.team.botId,
        botUserId: handler.team.botUserId,
        teamId: handler.team.id,
      }),
    logger: quietLogger((fields) => handler.log.warn('slack.bolt', fields)),
  });
  // No ack: what threw is to be delivered again.
  app.error(async (error) => {
    throw error;
  });
  commands(app, handler);
  buttons(app, handler);
  forms(app, handler);
  shortcuts(app, handler);
  events(app, handler);
  return app;
}

function commands(app: App, handler: HandlerContext): void {
  app.command(/^\//, async ({ body, ack }) => {
    const typed = {
      text: body.text ?? '',
      user: body.user_id,
      channel: body.channel_id,
      trigger: body.trigger_id,
    };
    if (body.command !== handler.command)
      return ack({ response_type: 'ephemeral', text: `AllClear answers to \`${handler.command}\`.` });
    try {
      const said = await within(
        handler.clock,
        ackMost,
        handler.recent.once(`command/${typed.trigger}`, () => runCommand(handler, typed)),
      );
      await (said ? ack({ response_type: 'ephemeral', text: said.text }) : ack());
    } catch (error) {
      const words = shownWords(refusalOf(error, handler));
      // No look-up of names: the time for an ack may be over.
      const line = await fromSlack(typed.text, (user) => Promise.resolve(user));
      await ack({ response_type: 'ephemeral', text: `${words}${typedText(line)}` });
    }
  });
}

function buttons(app: App, handler: HandlerContext): void {
  app.action(/^ac\./, async ({ body, ack }) => {
    const pressed = readPressed(fields(body));
    try {
      if (isLink(pressed)) return await ack();
      const view = modalFor(handler, pressed);
      if (view) {
        // Refuse non-members before opening the modal. On a slow lookup, open it and check again at submit.
        await within(handler.clock, 1_000, handler.people.member(pressed.user)).catch(ignoreTimeout);
        await handler.api.open(pressed.trigger, view);
      } else
        await within(
          handler.clock,
          ackMost,
          handler.recent.once(`press/${pressed.trigger}`, () => press(handler, pressed)),
        );
    } catch (error) {
      const message = plainMessage(shownWords(refusalOf(error, handler)));
      handler.later('tell why a press did nothing', () => answerPress(handler, pressed, message));
    }
    await ack();
  });
}

/** Time that runs out lets the modal open; a refusal does not. */
function ignoreTimeout(error: unknown): void {
  if (!(error instanceof TooLate)) throw error;
}

async function answerPress(handler: HandlerContext, pressed: Pressed, message: { text: string }): Promise<void> {
  if (pressed.responseUrl) {
    try {
      await handler.api.respond(pressed.responseUrl, message);
      return;
    } catch (error) {
      handler.log.debug('slack.response-url-refused', { error });
    }
  }
  await tellPerson(handler, pressed, message, `${pressed.trigger}/answer`);
}

function forms(app: App, handler: HandlerContext): void {
  app.view(/^ac\./, async ({ body, view, ack }) => {
    try {
      const submission = readSubmission(fields(body));
      const { view: next, words } = await within(
        handler.clock,
        ackMost,
        handler.recent.once(`form/${submission.key}/${revision(submission.inputs)}`, () => submit(handler, submission)),
      );
      if (words) {
        const where = { user: submission.user, channel: submission.about.channel };
        const message = outcome(words.incident, words.what);
        if (where.channel)
          handler.later('tell the outcome of a form', () => tellPerson(handler, where, message, submission.key));
      }
      await (next ? ack({ response_action: 'update', view: asView(next) }) : ack());
    } catch (error) {
      const errors = fieldErrors(refusalOf(error, handler), inputsOf(view));
      await ack({ response_action: 'errors', errors });
    }
  });
}

function shortcuts(app: App, handler: HandlerContext): void {
  app.shortcut(surface.declareShortcut, async ({ shortcut, ack }) => {
    try {
      await within(handler.clock, 1_000, handler.people.member(shortcut.user.id)).catch(ignoreTimeout);
      const view = declareForm(handler);
      if (view) await handler.api.open(shortcut.trigger_id, view);
    } catch (error) {
      const message = plainMessage(shownWords(refusalOf(error, handler)));
      handler.later('tell why a shortcut did nothing', () =>
        tellPerson(handler, { user: shortcut.user.id }, message, shortcut.trigger_id),
      );
    }
    await ack();
  });

  app.shortcut(surface.timelineShortcut, async ({ body, ack }) => {
    const payload = fields(body);
    const user = text(object(payload['user'])['id']);
    const channel = text(object(payload['channel'])['id']);
    const message = object(payload['message']);
    const ts = text(message['ts']) || text(payload['message_ts']);
    const answer = (words: string): void =>
      handler.later('tell the outcome of a shortcut', () =>
        tellPerson(handler, { user, channel }, plainMessage(words), `${channel}/${ts}/${user}/${words}`),
      );
    try {
      const { incident, created } = await within(
        handler.clock,
        ackMost,
        addToTimeline(handler, { user, channel, ts, message }),
      );
      answer(
        `${shownIncident(incident)}: the message ${created ? 'is on the timeline now' : 'is on the timeline already'}.`,
      );
    } catch (error) {
      answer(shownWords(refusalOf(error, handler)));
    }
    await ack();
  });
}

function events(app: App, handler: HandlerContext): void {
  app.event('message', async ({ event, context }) => {
    const retried = (context.retryNum ?? 0) > 0;
    await within(handler.clock, ackMost, closeByMessage(handler, { event: fields(event), retried }));
  });

  app.event('reaction_added', async ({ event }) => {
    if (event.reaction !== timelineReaction || event.item.type !== 'message') return;
    const { user, item } = event;
    try {
      const message = event.item_user ? await reactedMessage(handler, item, event.item_user) : undefined;
      const pin = { user, channel: item.channel, ts: item.ts, ...(message ? { message } : {}) };
      await within(handler.clock, ackMost, addToTimeline(handler, pin));
    } catch (error) {
      if (passing(error)) throw error;
      // Elsewhere the reaction means whatever people like.
      if (error instanceof NoIncidentHere) return;
      const words = shownWords(refusalOf(error, handler));
      handler.later('tell why a reaction did nothing', () =>
        handler.api.ephemeral({ channel: item.channel, user }, plainMessage(words)),
      );
    }
  });

  app.event('member_joined_channel', async ({ event }) => {
    handler.later('brief a late joiner', () => brief(handler, fields(event)));
  });

  app.event('user_change', async ({ event }) => handler.people.forget(event.user.id));

  app.event('app_home_opened', async ({ event }) => {
    if (event.tab !== 'home') return;
    handler.later('show the home', async () => {
      await handler.people.member(event.user);
      const open = await publicIncidents(handler);
      const view = homeView(open, (incident) => policyOf(handler, incident), {
        command: handler.command,
        connected: handler.cluster.connected(),
      });
      await handler.api.publish(event.user, view);
    });
  });
}

/** Its text where Slack lets us read it now; its author in any case. */
async function reactedMessage(
  handler: HandlerContext,
  { channel, ts }: { channel: string; ts: string },
  author: string,
): Promise<Json> {
  const found = await handler.api.message(channel, ts).catch(() => undefined);
  return found ?? { user: author };
}

/** What Bolt has typed broadly, as fields that are read one by one. */
const fields = (value: object): Json => object(value);

/** Our modals are Slack's, with the blocks typed as widely as they are built. */
function asView(view: Modal): types.View;
function asView(view: object): object {
  return view;
}
