import type { Incident } from '../../api/incident.gen.ts';
import { slackLine } from '../../integrations/slack/text.ts';
import type { Message } from '../api.ts';
import { Declined } from '../declined.ts';
import { byId, idOf, inChannel, openIncidents, policyOf, publicIncidents, type Desk } from '../desk.ts';
import type { Person } from '../people.ts';
import { choicesAt } from '../choices.ts';
import { declareModal } from '../views/incident.ts';
import { fromSlack } from '../text-in.ts';
import { awayText, helpText, listText, oncallText, overflow, plainMessage, statusText } from '../words.ts';
import { lineCommands } from './change.ts';
import { firstWord, parseLine, subcommands, type Subcommand } from './parse.ts';

/** A line that somebody typed after the command. */
export interface Typed {
  readonly text: string;
  readonly user: string;
  readonly channel: string;
  /** Opens a modal within 3 s; the act's key, too. */
  readonly trigger: string;
}

/** undefined: a modal was opened and holds all that was typed, and that is the answer. */
export type Said = Message | undefined;

/** What a command that is about one incident has at hand. */
export interface LineContext {
  readonly desk: Desk;
  readonly typed: Typed;
  readonly person: Person;
  readonly incident: Incident;
  /** What was typed after the subcommand and the incident's id. */
  readonly rest: string;
}

/** Answers one line. @throws Declined, and as act() does; the text of what it returns is the ack's body. */
export async function runCommand(desk: Desk, typed: Typed): Promise<Said> {
  const line = parseLine(typed.text);
  const said = (text: string): Promise<string> => fromSlack(text, (user) => desk.people.nameOf(user));
  if (line.is === 'unknown') return plainMessage(unknown(desk, line.word, typed.text, line.meant));
  if (line.is === 'help') return plainMessage(helpText(desk.command));
  if (!reads.has(line.is) && !desk.cluster.connected()) return plainMessage(awayText(desk.command));
  const person = await desk.people.member(typed.user);
  switch (line.is) {
    case 'declare':
    case 'drill':
      return openDeclare(desk, typed, await said(line.rest), line.is === 'drill');
    case 'list':
      return plainMessage(
        stale(
          desk,
          listText(await publicIncidents(desk), (one) => policyOf(desk, one), desk.command),
        ),
      );
    case 'oncall': {
      const incident = inChannel(desk, typed.channel) ?? openIncidents(desk)[0];
      const policy = incident ? policyOf(desk, incident) : choicesAt(desk, desk.home).policy;
      return plainMessage(stale(desk, oncallText(inChannel(desk, typed.channel), policy)));
    }
    case 'status': {
      const { incident } = await about(desk, typed, line.rest, 'status');
      return plainMessage(stale(desk, statusText(incident, policyOf(desk, incident), desk.cluster.updates(incident))));
    }
    case 'update':
    case 'severity':
    case 'state':
    case 'escalate':
    case 'deescalate':
    case 'role':
    case 'duplicate':
    case 'close':
    case 'reopen': {
      const { incident, rest } = await about(desk, typed, line.rest, line.is);
      // A role's holder is a mention, which is an id until Slack shows it.
      return lineCommands[line.is]({
        desk,
        typed,
        person,
        incident,
        rest: line.is === 'role' ? rest : await said(rest),
      });
    }
  }
}

/** Answered from the caches, whatever the API server does. */
const reads: ReadonlySet<Subcommand> = new Set(['list', 'status', 'oncall', 'help']);

const stale = (desk: Desk, text: string): string =>
  desk.cluster.connected()
    ? text
    : `${text}\n_The Kubernetes API server does not answer: this is how it stood when it was last heard of._`;

async function openDeclare(desk: Desk, typed: Typed, said: string, drill: boolean): Promise<Said> {
  const place = { namespace: desk.home, channel: typed.channel, ...(drill ? { drill: true } : {}) };
  await desk.api.open(typed.trigger, declareModal({ about: place, choices: choicesAt(desk, desk.home), said }));
  return overflow(said);
}

/** The incident that the line names, else that of the channel. */
async function about(
  desk: Desk,
  { channel }: Typed,
  rest: string,
  subcommand: Subcommand,
): Promise<{ incident: Incident; rest: string }> {
  const { word, rest: after } = firstWord(rest);
  const isId = /^inc-\d+$/i.test(word);
  const here = inChannel(desk, channel);
  // `duplicate INC-00002` in a channel names the other one.
  if (subcommand === 'duplicate' && here) return { incident: here, rest };
  if (isId) {
    const named = byId(desk, word);
    if (!named) throw new Declined(`There is no ${word.toUpperCase()} here. See \`${desk.command} list\`.`);
    return { incident: named, rest: after };
  }
  if (here) return { incident: here, rest };
  const open = (await publicIncidents(desk)).slice(0, 5).map((one) => idOf(one));
  const which = open.length > 0 ? ` Open: ${open.join(', ')}.` : ' No incident is open.';
  throw new Declined(
    `This channel is no incident's. Type it in an incident's channel, or name it: \`${desk.command} ${subcommand} INC-00001\`.${which}`,
  );
}

function unknown(desk: Desk, word: string, text: string, meant: Subcommand | undefined): string {
  const what = slackLine(word, 40);
  const guess = meant ? ` Did you mean \`${desk.command} ${meant}\`?` : '';
  const declare =
    text.trim() === word ? '' : ` To declare an incident with these words: \`${desk.command} declare …\`.`;
  return `There is no \`${desk.command} ${what}\`.${guess}${declare} Known are ${subcommands.join(', ')}.\n\n${helpText(desk.command)}`;
}
