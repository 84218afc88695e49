import { App, type types } from '@slack/bolt';
import { openAction } from '../integrations/slack/buttons.ts';
import { surface } from '../integrations/slack/app.ts';
import { object, text, type Json } from '../integrations/slack/parse.ts';
import { press, modalFor, readPressed, type Pressed } from './actions.ts';
import { tellPerson } from './afterwards.ts';
import { runCommand } from './commands/command.ts';
import { choicesAt } from './choices.ts';
import { policyOf, publicIncidents, type Desk } from './desk.ts';
import { addToTimeline, brief, closeByMessage, timelineReaction } from './messages.ts';
import { quietLogger } from './quiet-logger.ts';
import type { HoldingReceiver } from './receiver.ts';
import { revision } from '../runtime/effect.ts';
import { fieldErrors, passing, refusalOf, shownWords } from './refusal.ts';
import { inputsOf, readSubmission, submit } from './submissions.ts';
import { declareModal } from './views/incident.ts';
import { homeView } from './views/home.ts';
import type { Modal } from './views/parts.ts';
import { fromSlack } from './text-in.ts';
import { plainMessage, shownIncident, typedText } from './words.ts';
import { ackMost, TooLate, within } from './within.ts';
import { slackLine } from '../integrations/slack/text.ts';

/** The Bolt app of one workspace: every listener reads its payload, does one thing and acks with its outcome. */
export function frontDoor(desk: Desk, receiver: HoldingReceiver, botToken: string): App {
  const app = new App({
    receiver,
    convoStore: false,
    // An auth.test for each event could fail, and Bolt would ack and drop the event then.
    authorize: () =>
      Promise.resolve({ botToken, botId: desk.team.botId, botUserId: desk.team.botUserId, teamId: desk.team.id }),
    logger: quietLogger(desk.log, 'slack.bolt'),
  });
  // No ack: what threw is to be delivered again.
  app.error(async (error) => {
    throw error;
  });
  commands(app, desk);
  buttons(app, desk);
  forms(app, desk);
  shortcuts(app, desk);
  events(app, desk);
  return app;
}

function commands(app: App, desk: Desk): void {
  app.command(/^\//, async ({ body, ack }) => {
    const typed = {
      text: body.text ?? '',
      user: body.user_id,
      channel: body.channel_id,
      trigger: body.trigger_id,
    };
    if (body.command !== desk.command)
      return ack({ response_type: 'ephemeral', text: `AllClear answers to \`${desk.command}\`.` });
    try {
      const said = await within(
        desk.clock,
        ackMost,
        desk.recent.once(`command/${typed.trigger}`, () => runCommand(desk, typed)),
      );
      await (said ? ack({ response_type: 'ephemeral', text: said.text }) : ack());
    } catch (error) {
      const words = shownWords(refusalOf(error, desk));
      // No look-up of names: the time for an ack may be over.
      const line = await fromSlack(typed.text, (user) => Promise.resolve(user));
      await ack({ response_type: 'ephemeral', text: `${words}${typedText(line)}` });
    }
  });
}

function buttons(app: App, desk: Desk): void {
  app.action(/^ac\./, async ({ body, ack }) => {
    const pressed = readPressed(fields(body));
    try {
      if (pressed.action === openAction) return await ack();
      const view = modalFor(desk, pressed);
      if (view) {
        // Whom it is not for need not fill it in; who Slack does not know in time is asked for again when it is sent.
        await within(desk.clock, 1_000, desk.people.member(pressed.user)).catch(ignoreTimeout);
        await desk.api.open(pressed.trigger, view);
      } else
        await within(
          desk.clock,
          ackMost,
          desk.recent.once(`press/${pressed.trigger}`, () => press(desk, pressed)),
        );
    } catch (error) {
      const message = plainMessage(shownWords(refusalOf(error, desk)));
      desk.later('tell why a press did nothing', () => answerPress(desk, pressed, message));
    }
    await ack();
  });
}

/** Time that runs out lets the modal open; a refusal does not. */
function ignoreTimeout(error: unknown): void {
  if (!(error instanceof TooLate)) throw error;
}

async function answerPress(desk: Desk, pressed: Pressed, message: { text: string }): Promise<void> {
  if (pressed.responseUrl) {
    try {
      await desk.api.respond(pressed.responseUrl, message);
      return;
    } catch (error) {
      desk.log.debug('slack.response-url-refused', { error });
    }
  }
  await tellPerson(desk, pressed, message, `${pressed.trigger}/answer`);
}

function forms(app: App, desk: Desk): void {
  app.view(/^ac\./, async ({ body, view, ack }) => {
    try {
      const submission = readSubmission(fields(body));
      const { view: next, words } = await within(
        desk.clock,
        ackMost,
        desk.recent.once(`form/${submission.key}/${revision(submission.inputs)}`, () => submit(desk, submission)),
      );
      if (words) {
        const where = { user: submission.user, channel: submission.about.channel };
        const message = plainMessage(`${shownIncident(words.incident)}: ${slackLine(words.what, 600)}`);
        if (where.channel)
          desk.later('tell the outcome of a form', () => tellPerson(desk, where, message, submission.key));
      }
      await (next ? ack({ response_action: 'update', view: asView(next) }) : ack());
    } catch (error) {
      const errors = fieldErrors(refusalOf(error, desk), inputsOf(view));
      await ack({ response_action: 'errors', errors });
    }
  });
}

function shortcuts(app: App, desk: Desk): void {
  app.shortcut(surface.declareShortcut, async ({ shortcut, ack }) => {
    try {
      await within(desk.clock, 1_000, desk.people.member(shortcut.user.id)).catch(ignoreTimeout);
      const view = declareModal({ about: { namespace: desk.home }, choices: choicesAt(desk, desk.home) });
      await desk.api.open(shortcut.trigger_id, view);
    } catch (error) {
      const message = plainMessage(shownWords(refusalOf(error, desk)));
      desk.later('tell why a shortcut did nothing', () =>
        tellPerson(desk, { user: shortcut.user.id }, message, shortcut.trigger_id),
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
      desk.later('tell the outcome of a shortcut', () =>
        tellPerson(desk, { user, channel }, plainMessage(words), `${channel}/${ts}/${user}/${words}`),
      );
    try {
      const { incident, created } = await within(
        desk.clock,
        ackMost,
        addToTimeline(desk, { user, channel, ts, message }),
      );
      answer(
        `${shownIncident(incident)}: the message ${created ? 'is on the timeline now' : 'is on the timeline already'}.`,
      );
    } catch (error) {
      answer(shownWords(refusalOf(error, desk)));
    }
    await ack();
  });
}

function events(app: App, desk: Desk): void {
  app.event('message', async ({ event, context }) => {
    const retried = (context.retryNum ?? 0) > 0;
    await within(desk.clock, ackMost, closeByMessage(desk, { event: fields(event), retried }));
  });

  app.event('reaction_added', async ({ event }) => {
    if (event.reaction !== timelineReaction || event.item.type !== 'message') return;
    const { user, item } = event;
    try {
      const message = event.item_user ? await reactedMessage(desk, item, event.item_user) : undefined;
      const pin = { user, channel: item.channel, ts: item.ts, ...(message ? { message } : {}) };
      await within(desk.clock, ackMost, addToTimeline(desk, pin));
    } catch (error) {
      if (passing(error)) throw error;
      const words = shownWords(refusalOf(error, desk));
      // Elsewhere the reaction means whatever people like.
      if (!words.startsWith('This channel is no incident'))
        desk.later('tell why a reaction did nothing', () =>
          desk.api.ephemeral({ channel: item.channel, user }, plainMessage(words)),
        );
    }
  });

  app.event('member_joined_channel', async ({ event }) => {
    desk.later('brief a late joiner', () => brief(desk, fields(event)));
  });

  app.event('user_change', async ({ event }) => desk.people.forget(event.user.id));

  app.event('app_home_opened', async ({ event }) => {
    if (event.tab !== 'home') return;
    desk.later('show the home', async () => {
      await desk.people.member(event.user);
      const open = await publicIncidents(desk);
      const view = homeView(open, (incident) => policyOf(desk, incident), {
        command: desk.command,
        connected: desk.cluster.connected(),
      });
      await desk.api.publish(event.user, view);
    });
  });
}

/** Its text where Slack lets us read it now; its author in any case. */
async function reactedMessage(
  desk: Desk,
  { channel, ts }: { channel: string; ts: string },
  author: string,
): Promise<Json> {
  const found = await desk.api.message(channel, ts).catch(() => undefined);
  return found ?? { user: author };
}

/** What Bolt has typed broadly, as fields that are read one by one. */
const fields = (value: object): Json => object(value);

/** Our modals are Slack's, with the blocks typed as widely as they are built. */
function asView(view: Modal): types.View;
function asView(view: object): object {
  return view;
}
