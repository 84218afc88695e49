import type { Incident } from '../api/incident.gen.ts';
import { toClose } from '../incident/render/offers.ts';
import { happenedAt } from '../timeline/order.ts';
import { buttonsOf } from '../integrations/slack/buttons.ts';
import { type Json, object, text } from '../integrations/slack/parse.ts';
import { rfc3339 } from '../runtime/clock.ts';
import { cut, oneLine } from '../text.ts';
import { change, tell } from './acts.ts';
import { Declined } from './declined.ts';
import { idOf, inChannel, policyOf, type Desk } from './desk.ts';
import { changeIdFor } from './names.ts';
import { shownAs } from './people.ts';
import { passing, refusalOf, shownWords } from './refusal.ts';
import { fromSlack } from './text-in.ts';
import { section } from './views/parts.ts';
import { statusText } from './words.ts';

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
export function readClose(desk: Desk, event: Json): Close | undefined {
  const said = text(event['text']).trimStart();
  if (said !== trigger && !/^!close\s/.test(said)) return undefined;
  const subtype = text(event['subtype']);
  if (!['', 'thread_broadcast', 'file_share'].includes(subtype)) return undefined;
  if (event['bot_id'] !== undefined || event['edited'] !== undefined || event['user'] === desk.team.botUserId)
    return undefined;
  const channel = text(event['channel']);
  const incident = inChannel(desk, channel);
  if (!incident) return undefined;
  const key = text(event['client_msg_id']) || `${channel}/${text(event['ts'])}`;
  return { incident, words: said.slice(trigger.length).trim(), key };
}

/**
 * `!close what ended it`, in the incident's channel or a thread of it. Bare or refused, the thread says why and holds a
 * Close button. @throws what is worth a second delivery, once the thread has been told
 */
export async function closeByMessage(desk: Desk, { event, retried }: Event): Promise<void> {
  const said = readClose(desk, event);
  if (said) await desk.recent.once(`close/${said.key}`, () => closeBy(desk, said, { event, retried }));
}

async function closeBy(desk: Desk, said: Close, { event, retried }: Event): Promise<void> {
  const { incident, key } = said;
  const kind = 'close';
  const reply = async (words: string): Promise<void> => {
    await desk.recent.once(`reply/${key}/${words}`, () =>
      desk.api.post(
        { channel: text(event['channel']), thread: text(event['thread_ts']) || text(event['ts']) },
        { text: words, blocks: [section(words), ...buttonsOf({ offers: toClose(incident) })] },
        `${incident.metadata.uid}/${key}/${words}`,
      ),
    );
  };
  try {
    const person = await desk.people.member(text(event['user']));
    if (said.words === '') throw new Declined('Say what ended it: `!close what ended it`, or press Close Incident.');
    // A repeat of the message that closed it is no news.
    if (incident.spec.state === 'Resolved' && incident.spec.change?.id !== changeIdFor(kind, key))
      throw new Declined(`${idOf(incident)} is closed already.`);
    if (retried && reopenedSince(desk, incident, text(event['ts'])))
      throw new Declined(`${idOf(incident)} was reopened after this was written, so it stays open.`);
    const summary = await fromSlack(said.words, (user) => desk.people.nameOf(user));
    await change(desk, person, incident, { kind, key, wish: { state: 'Resolved', resolution: { summary } } });
  } catch (error) {
    if (passing(error)) {
      await reply(
        'Not saved yet: the Kubernetes API server does not answer. Slack repeats this for about five minutes; if no All Clear follows, press Close Incident.',
      );
      throw error;
    }
    await reply(shownWords(refusalOf(error, desk)));
  }
}

/** The message is older than the incident's last reopening, by whole seconds as it is stored: a repeat must not undo it. */
const reopenedSince = (desk: Desk, incident: Incident, ts: string): boolean =>
  desk.cluster
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

/** Adds a message of an incident's channel to its timeline; again is a no-op. @throws Declined, and as a create does */
export async function addToTimeline(desk: Desk, pin: Pin): Promise<{ incident: Incident; created: boolean }> {
  const incident = inChannel(desk, pin.channel);
  if (!incident) throw new Declined("This channel is no incident's, so there is no timeline to add to.");
  const person = await desk.people.member(pin.user);
  const message = pin.message ?? (await desk.api.message(pin.channel, pin.ts).catch(() => undefined)) ?? {};
  const said = await fromSlack(text(message['text']), (user) => desk.people.nameOf(user));
  const author = text(message['user']) || text(object(message['item'])['user']);
  const written = Number(pin.ts) * 1_000;
  const { created } = await tell(desk, person, incident, {
    kind: 'message',
    key: `${pin.channel}/${pin.ts}`,
    type: 'Message',
    // The whole stands where the link leads.
    text: cut(said, 8_000),
    author: author === '' ? shownAs(person) : cut(oneLine(await desk.people.nameOf(author)), 200) || author,
    ...(Number.isFinite(written) ? { occurredAt: rfc3339(written) } : {}),
    more: { links: permalink(desk, pin) },
  });
  return { incident, created };
}

function permalink({ team }: Desk, { channel, ts }: Pin): { title: string; url: string }[] {
  const base = URL.parse(team.url);
  if (base?.protocol !== 'https:') return [];
  return [{ title: 'In Slack', url: `${base.origin}/archives/${channel}/p${ts.replace('.', '')}` }];
}

/** One brief, for those who come when it runs already. */
export async function brief(desk: Desk, event: Json): Promise<void> {
  const channel = text(event['channel']);
  const user = text(event['user']);
  const incident = inChannel(desk, channel);
  // Those whom the bot invites are there from the beginning or were just given a role.
  if (!incident || user === desk.team.botUserId || event['inviter'] === desk.team.botUserId) return;
  const words = `You joined while it runs. ${statusText(incident, policyOf(desk, incident), desk.cluster.updates(incident))}\nThe pinned message always says how it stands. \`${desk.command} help\` tells what you can do.`;
  await desk.api.ephemeral({ channel, user }, { text: words, blocks: [section(words)] });
}
