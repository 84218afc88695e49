import { carryOut } from '../../../act/carry-out.ts';
import { contextOf, type Subject, type WayIn } from '../../../act/context.ts';
import { Declined } from '../../../act/declined.ts';
import type { Incident } from '../../../api/incident.gen.ts';
import type { Given, PersonInput } from '../../../act/inputs.ts';
import type { Acting } from '../../../act/perform.ts';
import type { Person } from '../../../act/person.ts';
import type { By, VerbContext } from '../../../act/verb-context.ts';
import type { AnyVerb, Verb } from '../../../act/verb.ts';
import type { HandlerContext } from './handler-context.ts';
import { asPerson, type Member } from './people.ts';
import { mentioned } from './text-in.ts';

const helpNote = (command: string): string =>
  `In an incident's channel they are about that incident; elsewhere name it: \`${command} status INC-00001\`. Slack's commands do not work in threads: there use the buttons, or write \`!close what ended it\` as a message.`;

const source = 'Slack';

/** Slack as verbs know it. */
const wayIn = ({ command, clock, cluster, namespaces, home }: HandlerContext): WayIn => ({
  source,
  command,
  clock,
  cluster,
  namespaces,
  home,
  helpNote: helpNote(command),
  mentioned,
});

export const verbContext = (handler: HandlerContext, verb: Pick<AnyVerb, 'on'>, asked: Subject = {}): VerbContext =>
  contextOf(wayIn(handler), verb, asked);

export const withPerson = (context: VerbContext, member: Member): By<VerbContext> => ({
  ...context,
  person: asPerson(member),
});

export const actingAs = ({ cluster, rights }: HandlerContext, member: Member): Acting => ({
  source,
  person: asPerson(member),
  cluster,
  allow: (respond, want) => rights.allow(member, respond, want),
});

interface Request extends Subject {
  readonly verb: Verb;
  readonly given: Given;
  readonly key: string;
}

/** Does what a member asks for. @throws Declined, and as act() does */
export function carryOutFor(
  handler: HandlerContext,
  member: Member,
  { verb, given, ...asked }: Request,
): Promise<{ readonly incident: Incident; readonly sentence: string }> {
  const at = withPerson(verbContext(handler, verb, asked), member);
  const find = (id: string, input: PersonInput): Promise<Person> => memberNamed(handler, id, input);
  return carryOut(actingAs(handler, member), { verb, given, at, find, shown: asked.shown });
}

async function memberNamed({ people }: HandlerContext, id: string, input: PersonInput): Promise<Person> {
  try {
    return asPerson(await people.member(id));
  } catch (error) {
    if (!(error instanceof Declined)) throw error;
    throw new Declined(
      `${await people.nameOf(id)} is no full member of this workspace, ${input.strangers}.`,
      input.field,
    );
  }
}
