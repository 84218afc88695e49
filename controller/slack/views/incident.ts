import { incidentStates, severities, type IncidentState, type Severity } from '../../api/enums.gen.ts';
import type { Incident } from '../../api/incident.gen.ts';
import { inCluster, severityWord, type SeverityLabels } from '../../document/words.ts';
import { slackLine, slackLink, slackText } from '../../integrations/slack/text.ts';
import { clean, isBlank, joinWithin, lengthOf, oneLine } from '../../text.ts';
import {
  type About,
  aboutOf,
  context,
  modal,
  type Modal,
  note,
  type Option,
  section,
  select,
  selectPerson,
  selectSeveral,
  textInput,
  textsOf,
} from './parts.ts';

/** What the policies in force say: words for severities, and channels that may be told. */
export interface Choices {
  readonly labels: SeverityLabels;
  /** With `#`. */
  readonly channels: readonly string[];
}

const severityOptions = (labels: SeverityLabels): Option[] =>
  severities.map((value) => ({ value, label: severityWord(value, labels) }));

/** Characters, as the CRDs bound them: maxLength at the path that is the input's id. */
export const most = {
  'spec.title': 150,
  'spec.description': 8_000,
  'spec.text': 8_000,
  'spec.resolution.summary': 3_000,
  'spec.resolution.rootCause': 3_000,
  'spec.change.reason': 1_000,
} as const;

export interface DeclareOptions {
  readonly about: About;
  readonly choices: Choices;
  /** What was typed after the command: its first line is the summary, and all of it the description when it is longer. */
  readonly said?: string;
  /** An alert that somebody accepts. */
  readonly triage?: Incident;
}

/** Declare Incident. What is sent becomes an Incident, or takes one out of Triage. */
export function declareModal({ about, choices, said = '', triage }: DeclareOptions): Modal {
  const whole = clean(said);
  const title = triage?.spec.title ?? oneLine(whole);
  const longer = lengthOf(title) > most['spec.title'] || (whole !== '' && whole !== title);
  const description = triage?.spec.description ?? (longer && triage === undefined ? whole : undefined);
  const seen = triage && about.shown ? { ...about, shown: { ...about.shown, texts: textsOf(triage) } } : about;
  return modal('declare', about.drill ? 'Declare Drill' : 'Declare Incident', 'Create', seen, [
    ...(about.drill ? [context('A drill: it says so everywhere, files no ticket, tells no stakeholders.')] : []),
    textInput(
      { field: 'spec.title', label: 'Summary' },
      {
        most: most['spec.title'],
        initial: title,
        placeholder: 'Mobile app login errors',
        rest: 'All of it is the long description.',
      },
    ),
    select(
      { field: 'spec.severity', label: 'Severity' },
      severityOptions(choices.labels),
      triage?.spec.severity ?? 'SEV3',
    ),
    textInput(
      { field: 'spec.description', label: 'Long description', optional: true },
      {
        most: most['spec.description'],
        lines: true,
        ...(description === undefined ? {} : { initial: description }),
        ...(triage ? { rest: 'Left as it is, all of it stays; edited, what you write replaces all of it.' } : {}),
      },
    ),
  ]);
}

/** Between Create and the channel's opening. */
export const creatingNote = (title: string): Modal =>
  note('Declare Incident', [section(`Creating… *${slackLine(title, 200)}*`), context('This can be closed.')]);

export const createdNote = (id: string, channel: { name: string; url: string }): Modal =>
  note('Declare Incident', [
    section(`*${slackLine(id, 40)}* is declared: ${slackLink(channel.url, `#${channel.name}`)}`),
  ]);

const dueOptions: readonly Option[] = [
  { value: '15', label: 'in 15 minutes' },
  { value: '30', label: 'in 30 minutes' },
  { value: '60', label: 'in 1 hour' },
  { value: '120', label: 'in 2 hours' },
  { value: '240', label: 'in 4 hours' },
];
export const dueMinutes: readonly string[] = dueOptions.map(({ value }) => value);

export function updateModal(incident: Incident, choices: Choices, channel?: string, said?: string): Modal {
  return modal('update', 'Send Update', 'Send', aboutOf(incident, channel), [
    textInput(
      { field: 'spec.text', label: 'What should they know?' },
      { most: most['spec.text'], lines: true, ...(said ? { initial: said } : {}) },
    ),
    select(
      { field: 'spec.audience', label: 'For whom' },
      [
        { value: 'Responders', label: 'Responders: the timeline and the live status' },
        { value: 'Stakeholders', label: 'Stakeholders: also tickets and their channels' },
        { value: 'Public', label: 'Public: everybody, in words that customers may read' },
      ],
      'Stakeholders',
    ),
    ...channelInputs('spec.channels', choices.channels),
    select({ field: 'spec.nextDueAt', label: 'Next update due', optional: true }, dueOptions),
  ]);
}

/** `<field>` holds those chosen, `<field>.others` those typed. */
function channelInputs(field: string, known: readonly string[]) {
  const options = known.map((value) => ({ value, label: value }));
  return [
    ...(options.length > 0 ? [selectSeveral({ field, label: 'Stakeholder channels', optional: true }, options)] : []),
    textInput(
      {
        field: `${field}.others`,
        label: options.length > 0 ? 'Other channels' : 'Stakeholder channels',
        optional: true,
        hint: 'The bot must be a member there.',
      },
      // 20 names of 81 characters, and what parts them.
      { most: 1_700, placeholder: '#support, #sales' },
    ),
  ];
}

export function closeModal(incident: Incident, choices: Choices, channel?: string, said?: string): Modal {
  const dismissed = incident.spec.state === 'Triage';
  return modal('close', 'Close Incident', 'Close Incident', aboutOf(incident, channel), [
    textInput(
      {
        field: 'spec.resolution.summary',
        label: dismissed ? 'Why is it no incident?' : 'What ended it?',
        hint: dismissed
          ? 'It is closed without having been declared.'
          : 'It stands in the all clear and in the record.',
      },
      { most: most['spec.resolution.summary'], lines: true, ...(said ? { initial: said } : {}) },
    ),
    textInput(
      { field: 'spec.resolution.rootCause', label: 'Root cause, if it is known', optional: true },
      { most: most['spec.resolution.rootCause'], lines: true },
    ),
    ...channelInputs('spec.resolution.channels', choices.channels),
  ]);
}

const reasonInput = (why: string, optional = false) =>
  textInput({ field: 'spec.change.reason', label: why, optional }, { most: most['spec.change.reason'], lines: true });

export const reopenModal = (incident: Incident, channel?: string): Modal =>
  modal('reopen', 'Reopen Incident', 'Reopen', aboutOf(incident, channel), [
    ...(incident.spec.resolution
      ? [context(`Closed with: ${slackText(incident.spec.resolution.summary, 600, inCluster(incident))}`)]
      : []),
    reasonInput('Why is it open again?'),
  ]);

export const severityModal = (incident: Incident, choices: Choices, channel?: string, to?: Severity): Modal =>
  modal('severity', 'Change Severity', 'Change', aboutOf(incident, channel), [
    select(
      { field: 'spec.severity', label: 'Severity' },
      severityOptions(choices.labels),
      to ?? incident.spec.severity,
    ),
    reasonInput('Why? Lowering needs a reason', true),
  ]);

export const stateModal = (incident: Incident, channel?: string, to?: IncidentState): Modal =>
  modal('state', 'Change State', 'Change', aboutOf(incident, channel), [
    select(
      { field: 'spec.state', label: 'State' },
      incidentStates.filter((s) => s !== 'Triage' && s !== 'Resolved').map((value) => ({ value, label: value })),
      to ?? incident.spec.state,
    ),
    reasonInput('Why? A step back needs a reason', true),
  ]);

/** `to` stands in the modal as a choice, so that it is absolute. */
export const deescalateModal = (incident: Incident, channel?: string): Modal => {
  const { level } = incident.spec.escalation;
  const lower = Array.from({ length: level }, (_, i) => String(level - 1 - i));
  return modal('deescalate', 'De-escalate', 'De-escalate', aboutOf(incident, channel), [
    select(
      { field: 'spec.escalation.level', label: 'Level' },
      lower.map((value) => ({ value, label: value === '0' ? '0: the first responders' : value })),
      lower[0],
    ),
    reasonInput('Why?'),
  ]);
};

/** The input that says that nobody has the role any more: a person left out says nothing. */
export const roleFree = 'role.free';
export const wellKnownRoles = ['commander', 'scribe', 'comms'] as const;

export function roleModal(incident: Incident, channel?: string, role = 'commander', user?: string): Modal {
  const roles = incident.spec.roles ?? {};
  const known = [...new Set([...wellKnownRoles, ...Object.keys(roles), role])].filter((name) => !isBlank(name));
  const nameless = Object.keys(roles).filter(isBlank).length;
  const held = Object.entries(roles).map(
    ([name, who]) => `${isBlank(name) ? '(blank)' : slackLine(name, 40)}: ${slackLine(who, 200)}`,
  );
  const about = aboutOf(incident, channel);
  // private_metadata holds 3,000 characters; without them the roles as they are cached are what was seen.
  const small = JSON.stringify(roles).length < 2_000;
  const seen = small && about.shown ? { ...about, shown: { ...about.shown, roles } } : about;
  return modal('role', 'Roles', 'Assign', seen, [
    context(held.length > 0 ? joinWithin(held, ' · ', 2_000) : 'Nobody has a role yet.'),
    ...(nameless > 0
      ? [
          context(
            'A role whose name is blank cannot be chosen here and stays as it is. Give it a name, or remove it from `spec.roles`, with kubectl.',
          ),
        ]
      : []),
    select(
      { field: 'role', label: 'Role' },
      known.map((value) => ({ value, label: value })),
      role,
    ),
    selectPerson({ field: 'spec.roles', label: 'Who', optional: true }, user),
    select({ field: roleFree, label: 'Or nobody', optional: true }, [
      { value: 'free', label: 'The role is free again' },
    ]),
  ]);
}

/** The others, those that run first. */
export function duplicateModal(incident: Incident, others: readonly Incident[], channel?: string): Modal {
  const options = others.map((one) => ({
    // A name may be longer than a value.
    value: one.metadata.uid,
    label: `${one.status?.id ?? one.metadata.name}: ${one.spec.title}`,
  }));
  return modal('duplicate', 'Mark as Duplicate', 'Close as duplicate', aboutOf(incident, channel), [
    select({ field: 'spec.duplicateOf.name', label: 'The incident that goes on' }, options),
  ]);
}
