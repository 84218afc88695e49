import { understand } from '../../../act/carry-out.ts';
import { Declined } from '../../../act/declined.ts';
import { byId, idOf, publicIncidents } from '../../../act/incidents.ts';
import { parseLine } from '../../../act/line.ts';
import { isRead, type AnyVerb, type Read, type Verb } from '../../../act/verb.ts';
import { verbNamed, verbs } from '../../../act/verbs.ts';
import { firstWord } from '../../../act/words.ts';
import type { Incident } from '../../../api/incident.gen.ts';
import { slackLine } from '../text.ts';
import { answerText } from './answer.ts';
import type { Message } from './api.ts';
import { formOf } from './form.ts';
import { inChannel, type HandlerContext } from './handler-context.ts';
import type { Member } from './people.ts';
import { fromSlack } from './text-in.ts';
import { carryOutFor, verbContext, withPerson } from './way-in.ts';
import { awayText, outcome, overflow, plainMessage } from './words.ts';

/** A line that somebody typed after the command. */
export interface TypedLine {
  readonly text: string;
  readonly user: string;
  readonly channel: string;
  /** Opens a modal within 3 s; the act's key, too. */
  readonly trigger: string;
}

/** undefined: a modal was opened and holds all that was typed, and that is the answer. */
type Reply = Message | undefined;

/** Answers one line. @throws Declined, and as act() does; the text of what it returns is the ack's body. */
export async function runCommand(handler: HandlerContext, typed: TypedLine): Promise<Reply> {
  const line = parseLine(typed.text);
  if ('unknown' in line) return plainMessage(await unknown(handler, line.unknown, typed.text, line.meant));
  const { verb } = line;
  if (isRead(verb) && verb.anybody) return plainMessage(await read(handler, verb));
  if (!isRead(verb) && !handler.cluster.connected()) return plainMessage(awayText(handler.command));
  const member = await handler.people.member(typed.user);
  const { incident, rest } = await aboutOf(handler, verb, typed, line.rest);
  if (isRead(verb)) return plainMessage(stale(handler, await read(handler, verb, incident)));
  // Who is named by a mention is an id until Slack shows it.
  const names = Object.values(verb.inputs).some(({ kind }) => kind === 'person');
  const said = names ? rest : await fromSlack(rest, (user) => handler.people.nameOf(user));
  return run(handler, { verb, incident, said, member, typed });
}

interface ToRun {
  readonly verb: Verb;
  readonly incident: Incident | undefined;
  readonly said: string;
  readonly member: Member;
  readonly typed: TypedLine;
}

/** What can be done at once is; else a modal asks for what is missing. */
async function run(handler: HandlerContext, { verb, incident, said, member, typed }: ToRun): Promise<Reply> {
  const { trigger: key, channel } = typed;
  const at = withPerson(verbContext(handler, verb, { incident, key }), member);
  const understood = understand(verb, said, at);
  if (understood.next === 'ask') {
    const form = formOf(understood.verb, at, understood.given, channel);
    if (form) await handler.api.open(key, form);
    // What does not fit is given back: it stands nowhere else.
    return overflow(understood.line);
  }
  if (understood.next === 'say') return incident && outcome(incident, understood.sentence);
  const { verb: meant, given } = understood;
  const done = await carryOutFor(handler, member, { verb: meant, given, incident, key });
  return outcome(incident ?? done.incident, done.sentence);
}

const read = async (handler: HandlerContext, verb: Read, incident?: Incident): Promise<string> =>
  answerText(await verb.answer(verbContext(handler, verb, { incident })));

const stale = ({ cluster }: HandlerContext, text: string): string =>
  cluster.connected()
    ? text
    : `${text}\n_The Kubernetes API server does not answer: this is how it stood when it was last heard of._`;

/** The incident that the line names, else that of the channel. */
async function aboutOf(
  handler: HandlerContext,
  verb: AnyVerb,
  { channel }: TypedLine,
  rest: string,
): Promise<{ incident: Incident | undefined; rest: string }> {
  if (verb.on === 'nothing') return { incident: undefined, rest };
  const here = inChannel(handler, channel);
  if (verb.on === 'here') return { incident: here, rest };
  const { word, rest: after } = firstWord(rest);
  // `duplicate INC-00002` in a channel names the other one.
  if (!isRead(verb) && verb.namesAnother && here) return { incident: here, rest };
  if (/^inc-\d+$/i.test(word)) {
    const named = byId(handler, word);
    if (!named) throw new Declined(`There is no ${word.toUpperCase()} here. See \`${handler.command} list\`.`);
    return { incident: named, rest: after };
  }
  if (here) return { incident: here, rest };
  const open = (await publicIncidents(handler)).slice(0, 5).map((one) => idOf(one));
  const which = open.length > 0 ? ` Open: ${open.join(', ')}.` : ' No incident is open.';
  throw new Declined(
    `This channel is no incident's. Type it in an incident's channel, or name it: \`${handler.command} ${verb.name} INC-00001\`.${which}`,
  );
}

async function unknown(
  handler: HandlerContext,
  word: string,
  text: string,
  meant: string | undefined,
): Promise<string> {
  const { command } = handler;
  const guess = meant ? ` Did you mean \`${command} ${meant}\`?` : '';
  const declare = text.trim() === word ? '' : ` To declare an incident with these words: \`${command} declare …\`.`;
  const known = verbs.map(({ name }) => name).join(', ');
  const help = verbNamed('help');
  const usage = help && isRead(help) ? await read(handler, help) : '';
  return `There is no \`${command} ${slackLine(word, 40)}\`.${guess}${declare} Known are ${known}.\n\n${usage}`;
}
