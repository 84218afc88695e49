import { lastAuthor } from '../../api/authors.ts';
import type { Severity } from '../../api/enums.gen.ts';
import type { Incident } from '../../api/incident.gen.ts';
import { severityRank } from '../../document/words.ts';
import { clean, lengthOf, oneLine } from '../../text.ts';
import type { Wish } from '../act.ts';
import { Declined } from '../declined.ts';
import { idOf } from '../incidents.ts';
import type { Inputs, Values } from '../inputs.ts';
import { isRepeat } from '../running.ts';
import type { By, VerbContext } from '../verb-context.ts';
import type { Verb } from '../verb.ts';
import { severityChoice } from '../common-inputs.ts';

export const inputs = {
  title: {
    kind: 'text',
    field: 'spec.title',
    label: 'Summary',
    missing: 'Say in a few words what is wrong.',
    most: 150,
    placeholder: 'Mobile app login errors',
    edits: 'title',
    beyond: () => 'All of it is the long description.',
  },
  severity: {
    ...severityChoice,
    initial: ({ incident }) => incident?.spec.severity ?? 'SEV3',
  },
  description: {
    kind: 'text',
    field: 'spec.description',
    label: 'Long description',
    optional: true,
    most: 8_000,
    lines: true,
    edits: 'description',
    beyond: ({ incident }) =>
      incident ? 'Left as it is, all of it stays; edited, what you write replaces all of it.' : undefined,
  },
} as const satisfies Inputs;

/** A new incident, or one out of Triage. */
export const declare: Verb<typeof inputs> = {
  name: 'declare',
  aliases: ['new'],
  usage: 'what is wrong',
  help: 'or `declare`: opens the form that declares an incident',
  on: 'nothing',
  inputs,
  form: { title: 'Declare Incident', submit: 'Create' },
  opensChannel: true,
  start: notDeclared,
  parse: readWords,
  refuse: (_, at) => notDeclared(at),
  write: (values, at) => writeDeclaration(values, at, false),
  done: () => 'declared.',
};

/** Its first line is the summary, and all of it the description when it is longer. */
export function readWords(line: string): { title?: string; description?: string } {
  const whole = clean(line);
  const title = oneLine(whole);
  if (title === '') return {};
  const longer = lengthOf(title) > inputs.title.most || whole !== title;
  return { title, ...(longer ? { description: whole } : {}) };
}

export function writeDeclaration(values: Values<typeof inputs>, at: By<VerbContext>, drill: boolean) {
  const { title = '', severity, description } = values;
  if (at.incident) return accept(values, at, at.incident);
  return { create: { title, severity, description, drill } };
}

/** Out of Triage, with what the form changed and nothing else. */
function accept(
  { title, severity, description }: Values<typeof inputs>,
  { seen, person }: By<VerbContext>,
  { spec }: Incident,
): { change: Wish; reason?: string | undefined } {
  const before: Severity = seen?.severity ?? spec.severity;
  const roles = person.mail && spec.roles?.['reporter'] === undefined ? { reporter: person.mail } : undefined;
  return {
    change: {
      state: 'Investigating',
      ...(title === undefined ? {} : { title }),
      ...(severity === before ? {} : { severity }),
      ...(description === undefined ? {} : { description: description === '' ? null : description }),
      ...(roles ? { roles } : {}),
    },
    // Lower than the alert said, by whoever looked at it.
    reason: severityRank(severity) > severityRank(before) ? 'Declared at this severity.' : undefined,
  };
}

/** Whoever presses second is told who was first. @throws Declined; not for a repeat of the same press */
export function notDeclared(at: VerbContext): void {
  const { incident, updates } = at;
  if (!incident || incident.spec.state === 'Triage' || isRepeat(at, 'declare')) return;
  const by = lastAuthor(incident, 'spec.state', updates);
  throw new Declined(
    incident.spec.state === 'Resolved'
      ? `${idOf(incident)} was closed${by ? ` by ${by}` : ''}.`
      : `Already declared${by ? ` by ${by}` : ''}: ${idOf(incident)}${incident.status?.channel ? ` in #${incident.status.channel.name}` : ''}.`,
  );
}
