import { Declined } from '../../../act/declined.ts';
import { idOf, policyOf } from '../../../act/incidents.ts';
import { addTimelineEntry } from '../../../act/perform.ts';
import { shownAs } from '../../../act/person.ts';
import { isRepeat } from '../../../act/running.ts';
import { close } from '../../../act/verbs/close.ts';
import { standing } from '../../../act/verbs/status.ts';
import type { Incident } from '../../../api/incident.gen.ts';
import { toClose } from '../../../incident/render/offers.ts';
import { happenedAt } from '../../../timeline/order.ts';
import { buttonsOf } from '../buttons.ts';
import { type Json, object, text } from '../parse.ts';
import { rfc3339 } from '../../../runtime/clock.ts';
import { cut, oneLine } from '../../../text.ts';
import { answerText } from './answer.ts';
import { inChannel, type HandlerContext } from './handler-context.ts';
import { asPerson } from './people.ts';
import { passing, refusalOf, shownWords } from './refusal.ts';
import { fromSlack } from './text-in.ts';
import { section } from './views/parts.ts';
import { actingAs, carryOutFor, verbContext } from './way-in.ts';

const trigger = '!close';

/** What of an event tells a repeat of it. */
export interface Event {
  readonly event: Json;
  /** More than 0: Slack did not get our ack the last time. */
  readonly retried: boolean;
}

export interface Close {
  readonly incident: Incident;
  readonly words: string;
  readonly key: string;
}

/** The incident and words of a message that is a `!close`; undefined for every other. */
export function readClose(handler: HandlerContext, event: Json): Close | undefined {
  const said = text(event['text']).trimStart();
  if (said !== trigger && !/^!close\s/.test(said)) return undefined;
  const subtype = text(event['subtype']);
  if (!['', 'thread_broadcast', 'file_share'].includes(subtype)) return undefined;
  if (event['bot_id'] !== undefined || event['edited'] !== undefined || event['user'] === handler.team.botUserId)
    return undefined;
  const channel = text(event['channel']);
  const incident = inChannel(handler, channel);
  if (!incident) return undefined;
  const key = text(event['client_msg_id']) || `${channel}/${text(event['ts'])}`;
  return { incident, words: said.slice(trigger.length).trim(), key };
}

/**
 * `!close what ended it`, in the incident's channel or a thread of it. Bare or refused, the thread says why and holds a
 * Close button. @throws what is worth a second delivery, once the thread has been told
 */
export async function closeByMessage(handler: HandlerContext, { event, retried }: Event): Promise<void> {
  const said = readClose(handler, event);
  if (said) await handler.recent.once(`close/${said.key}`, () => closeBy(handler, said, { event, retried }));
}

async function closeBy(handler: HandlerContext, said: Close, { event, retried }: Event): Promise<void> {
  const { incident, key } = said;
  const reply = async (words: string): Promise<void> => {
    await handler.recent.once(`reply/${key}/${words}`, () =>
      handler.api.post(
        { channel: text(event['channel']), thread: text(event['thread_ts']) || text(event['ts']) },
        { text: words, blocks: [section(words), ...buttonsOf({ offers: toClose(incident) })] },
        `${incident.metadata.uid}/${key}/${words}`,
      ),
    );
  };
  try {
    const member = await handler.people.member(text(event['user']));
    if (said.words === '') throw new Declined('Say what ended it: `!close what ended it`, or press Close Incident.');
    // A repeat of the message that closed it is no news.
    if (incident.spec.state === 'Resolved' && !isRepeat(verbContext(handler, close, { incident, key }), close.name))
      throw new Declined(`${idOf(incident)} is closed already.`);
    if (retried && reopenedSince(handler, incident, text(event['ts'])))
      throw new Declined(`${idOf(incident)} was reopened after this was written, so it stays open.`);
    const summary = await fromSlack(said.words, (user) => handler.people.nameOf(user));
    await carryOutFor(handler, member, { verb: close, given: { summary }, incident, key });
  } catch (error) {
    if (passing(error)) {
      await reply(
        'Not saved yet: the Kubernetes API server does not answer. Slack repeats this for about five minutes; if no All Clear follows, press Close Incident.',
      );
      throw error;
    }
    await reply(shownWords(refusalOf(error, handler)));
  }
}

/** The message is older than the incident's last reopening, by whole seconds as it is stored: a repeat must not undo it. */
const reopenedSince = (handler: HandlerContext, incident: Incident, ts: string): boolean =>
  handler.cluster
    .updates(incident)
    .some(
      (update) =>
        update.spec.type === 'State' &&
        update.spec.from === 'Resolved' &&
        happenedAt(update) >= Math.floor(Number(ts)) * 1_000,
    );

/** Who reacts with it puts a message on the timeline. */
export const timelineReaction = 'pushpin';

export interface Pin {
  readonly user: string;
  readonly channel: string;
  readonly ts: string;
  /** Absent: it is read. */
  readonly message?: Json;
}

/** A message stands in a channel that is no incident's. */
export class NoIncidentHere extends Declined {
  constructor() {
    super("This channel is no incident's, so there is no timeline to add to.");
  }
}

/** Adds a message of an incident's channel to its timeline; again is a no-op. @throws NoIncidentHere, Declined, and as a create does */
export async function addToTimeline(
  handler: HandlerContext,
  pin: Pin,
): Promise<{ incident: Incident; created: boolean }> {
  const incident = inChannel(handler, pin.channel);
  if (!incident) throw new NoIncidentHere();
  const member = await handler.people.member(pin.user);
  const message = pin.message ?? (await handler.api.message(pin.channel, pin.ts).catch(() => undefined)) ?? {};
  const said = await fromSlack(text(message['text']), (user) => handler.people.nameOf(user));
  const author = text(message['user']) || text(object(message['item'])['user']);
  const written = Number(pin.ts) * 1_000;
  const cause = { kind: 'message', key: `${pin.channel}/${pin.ts}` };
  const { created } = await addTimelineEntry(actingAs(handler, member), incident, cause, {
    type: 'Message',
    // The whole stands where the link leads.
    text: cut(said, 8_000),
    author:
      author === '' ? shownAs(asPerson(member)) : cut(oneLine(await handler.people.nameOf(author)), 200) || author,
    ...(Number.isFinite(written) ? { occurredAt: rfc3339(written) } : {}),
    more: { links: permalink(handler, pin) },
  });
  return { incident, created };
}

function permalink({ team }: HandlerContext, { channel, ts }: Pin): { title: string; url: string }[] {
  const base = URL.parse(team.url);
  if (base?.protocol !== 'https:') return [];
  return [{ title: 'In Slack', url: `${base.origin}/archives/${channel}/p${ts.replace('.', '')}` }];
}

/** One brief, for those who come when it runs already. */
export async function brief(handler: HandlerContext, event: Json): Promise<void> {
  const channel = text(event['channel']);
  const user = text(event['user']);
  const incident = inChannel(handler, channel);
  // Those whom the bot invites are there from the beginning or were just given a role.
  if (!incident || user === handler.team.botUserId || event['inviter'] === handler.team.botUserId) return;
  const words = `You joined while it runs. ${answerText(standing(incident, policyOf(handler, incident), handler.cluster.updates(incident)))}\nThe pinned message always says how it stands. \`${handler.command} help\` tells what you can do.`;
  await handler.api.ephemeral({ channel, user }, { text: words, blocks: [section(words)] });
}
