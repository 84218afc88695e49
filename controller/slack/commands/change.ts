import { lastAuthor } from '../../api/authors.ts';
import { incidentStates, severities } from '../../api/enums.gen.ts';
import { nearest } from '../../api/nearest.ts';
import type { Incident } from '../../api/incident.gen.ts';
import { levels } from '../../api/levels.ts';
import { severityRank, severityWord } from '../../document/words.ts';
import { slackLine } from '../../integrations/slack/text.ts';
import { cut, lengthOf } from '../../text.ts';
import { change, roleHolder } from '../acts.ts';
import { choicesOf } from '../choices.ts';
import { Declined } from '../declined.ts';
import { changeIdsOf } from '../names.ts';
import { viaOf } from '../people.ts';
import { byId, idOf, openIncidents } from '../desk.ts';
import {
  closeModal,
  deescalateModal,
  duplicateModal,
  reopenModal,
  roleModal,
  severityModal,
  stateModal,
  updateModal,
} from '../views/incident.ts';
import type { Modal } from '../views/parts.ts';
import { overflow, plainMessage, shownIncident } from '../words.ts';
import type { LineContext, Said } from './command.ts';
import { firstWord, mentioned, parseSeverity } from './parse.ts';

type LineCommand = (context: LineContext) => Promise<Said>;

/** Subcommands that are about one incident. What can be done at once is; else a modal asks for what is missing. */
export const lineCommands = {
  update: (at) => {
    running(at);
    return opens(at, updateModal(at.incident, choicesOf(at.desk, at.incident), at.typed.channel, at.rest), at.rest);
  },
  severity,
  state,
  escalate,
  deescalate,
  role,
  duplicate,
  close: (at) => {
    running(at);
    return opens(at, closeModal(at.incident, choicesOf(at.desk, at.incident), at.typed.channel, at.rest), at.rest);
  },
  reopen,
} as const satisfies Record<string, LineCommand>;

/** `filledWith`: what the modal's text is filled with. What does not fit is given back: it stands nowhere else. */
async function opens({ desk, typed }: LineContext, view: Modal, filledWith = ''): Promise<Said> {
  await desk.api.open(typed.trigger, view);
  return overflow(filledWith);
}

/** @throws Declined for an incident that is over */
export function running({ desk, incident }: Pick<LineContext, 'desk' | 'incident'>): void {
  if (incident.spec.state !== 'Resolved') return;
  const by = lastAuthor(incident, 'spec.state', desk.cluster.updates(incident));
  throw new Declined(
    `${idOf(incident)} is closed${by ? `, by ${by}` : ''}; nothing was done. If it is not over: \`${desk.command} reopen\` and why.`,
  );
}

const done = (incident: Incident, what: string) => plainMessage(`${shownIncident(incident)}: ${slackLine(what, 500)}`);

async function severity(at: LineContext): Promise<Said> {
  running(at);
  const { desk, person, incident, typed } = at;
  const choices = choicesOf(desk, incident);
  const { word, rest } = firstWord(at.rest);
  if (word === '') return opens(at, severityModal(incident, choices, typed.channel));
  const to = parseSeverity(word, choices.labels);
  if (!to) {
    const known = severities.map((s) => severityWord(s, choices.labels)).join(', ');
    const near = nearest(word, [...severities, ...severities.flatMap((s) => choices.labels[s]?.label ?? [])]);
    throw new Declined(`“${cut(word, 60)}” is no severity.${near ? ` Did you mean ${near}?` : ''} Known are ${known}.`);
  }
  const lowers = severityRank(to) > severityRank(incident.spec.severity);
  if (lowers && rest === '') return opens(at, severityModal(incident, choices, typed.channel, to));
  if (to === incident.spec.severity) return done(incident, `it is ${severityWord(to, choices.labels)} already.`);
  await change(desk, person, incident, { kind: 'severity', key: typed.trigger, wish: { severity: to }, reason: rest });
  return done(incident, `severity is now ${severityWord(to, choices.labels)}.`);
}

async function state(at: LineContext): Promise<Said> {
  running(at);
  const { desk, person, incident, typed } = at;
  const { word, rest } = firstWord(at.rest);
  if (word === '') return opens(at, stateModal(incident, typed.channel));
  const to = incidentStates.find((s) => s.toLowerCase() === word.toLowerCase());
  if (!to || to === 'Triage') {
    const near = nearest(word, incidentStates);
    throw new Declined(
      `“${cut(word, 60)}” is no state to set.${near ? ` Did you mean ${near}?` : ''} Known are Investigating, Identified, Monitoring; Resolved by \`${desk.command} close\`.`,
    );
  }
  if (to === 'Resolved') return lineCommands.close({ ...at, rest });
  if (to === incident.spec.state) return done(incident, `it is ${to} already.`);
  if (incidentStates.indexOf(to) < incidentStates.indexOf(incident.spec.state) && rest === '')
    return opens(at, stateModal(incident, typed.channel, to));
  await change(desk, person, incident, { kind: 'state', key: typed.trigger, wish: { state: to }, reason: rest });
  return done(incident, `state is now ${to}.`);
}

async function escalate(at: LineContext): Promise<Said> {
  running(at);
  const { desk, person, incident, typed } = at;
  const now = incident.spec.escalation.level;
  const { level: asked, rest } = levelIn(at.rest);
  if (asked === undefined) notAgain(at, 'escalate', now + 1);
  const level = asked ?? now + 1;
  if (level > levels.most) throw new Declined(`It is at level ${now}; ${levels.most} is the highest.`);
  if (level <= now)
    throw new Declined(`It is at level ${now} already. To go down: \`${desk.command} deescalate\` and why.`);
  await change(desk, person, incident, { kind: 'escalate', key: typed.trigger, wish: { level }, reason: rest });
  return done(incident, `escalated to level ${level}.`);
}

async function deescalate(at: LineContext): Promise<Said> {
  running(at);
  const { desk, person, incident, typed } = at;
  const now = incident.spec.escalation.level;
  if (now <= levels.least) throw new Declined('It is at the lowest level already.');
  const { level: asked, rest } = levelIn(at.rest);
  if (rest === '') return opens(at, deescalateModal(incident, typed.channel));
  if (asked === undefined) notAgain(at, 'deescalate', now - 1);
  const level = asked ?? now - 1;
  if (level >= now) throw new Declined(`It is at level ${now}; that is no step down.`);
  await change(desk, person, incident, { kind: 'deescalate', key: typed.trigger, wish: { level }, reason: rest });
  return done(incident, `de-escalated to level ${level}.`);
}

/**
 * A line that names no level is one step each time it is typed, and whoever got no answer types it again: after a step of
 * his own, with nothing since, he is to say which level he means. @throws Declined
 */
function notAgain({ desk, person, incident }: LineContext, kind: 'escalate' | 'deescalate', next: number): void {
  const { change: last, escalation } = incident.spec;
  if (next < levels.least || next > levels.most) return;
  if (last === undefined || last.via !== viaOf(person) || !last.id.startsWith(changeIdsOf(kind))) return;
  throw new Declined(
    `It is at level ${escalation.level} since you typed or pressed that. For one more: \`${desk.command} ${kind} ${next}${kind === 'deescalate' ? ' why' : ''}\`.`,
  );
}

function levelIn(text: string): { level?: number; rest: string } {
  const { word, rest } = firstWord(text);
  return /^\d$/.test(word) ? { level: Number(word), rest } : { rest: text };
}

async function role(at: LineContext): Promise<Said> {
  running(at);
  const { desk, person, incident, typed } = at;
  const { word, rest } = firstWord(at.rest);
  const user = mentioned(rest);
  if (word === '' || user === undefined)
    return opens(
      at,
      roleModal(
        incident,
        typed.channel,
        word === '' || mentioned(word) ? undefined : roleName(word),
        mentioned(at.rest),
      ),
    );
  const name = roleName(word).toLowerCase();
  const who = roleHolder(await desk.people.member(user), incident, name);
  await change(desk, person, incident, { kind: 'role', key: typed.trigger, wish: { roles: { [name]: who } } });
  return done(incident, `${name} is now ${who}.`);
}

/** @throws Declined for one that is longer than the CRD allows */
function roleName(word: string): string {
  if (lengthOf(word) > 40)
    throw new Declined(`A role's name has at most 40 characters, and “${cut(word, 60)}” has ${lengthOf(word)}.`);
  return word;
}

async function duplicate(at: LineContext): Promise<Said> {
  const { desk, incident, typed } = at;
  running(at);
  const { word } = firstWord(at.rest);
  const others = openIncidents(desk).filter(
    ({ metadata }) => metadata.uid !== incident.metadata.uid && metadata.namespace === incident.metadata.namespace,
  );
  if (word === '') {
    if (others.length === 0) throw new Declined('There is no other open incident that this could be a duplicate of.');
    return opens(at, duplicateModal(incident, others, typed.channel));
  }
  const of = byId(desk, word);
  if (!of || of.metadata.namespace !== incident.metadata.namespace)
    throw new Declined(
      `There is no ${cut(word, 40)} beside this incident. Open: ${others.map(idOf).join(', ') || 'none'}.`,
    );
  await change(desk, at.person, incident, { kind: 'duplicate', key: typed.trigger, wish: duplicateWish(of) });
  return done(incident, `closed as a duplicate of ${idOf(of)}.`);
}

export const duplicateWish = (of: Incident) =>
  ({
    duplicateOf: { name: of.metadata.name },
    state: 'Resolved',
    resolution: { summary: `Duplicate of ${idOf(of)}: ${of.spec.title}` },
  }) as const;

async function reopen(at: LineContext): Promise<Said> {
  const { desk, person, incident, typed, rest } = at;
  if (incident.spec.state !== 'Resolved')
    throw new Declined(`${idOf(incident)} is open: it is ${incident.spec.state}.`);
  if (rest === '') return opens(at, reopenModal(incident, typed.channel));
  await change(desk, person, incident, {
    kind: 'reopen',
    key: typed.trigger,
    wish: { state: 'Investigating' },
    reason: rest,
  });
  return done(incident, 'reopened.');
}
