import { lastAuthor } from '../api/authors.ts';
import { audiences, incidentStates, severities } from '../api/enums.gen.ts';
import type { Incident } from '../api/incident.gen.ts';
import { severityRank, severityWord } from '../document/words.ts';
import { object, objects, text } from '../integrations/slack/parse.ts';
import { minutes, rfc3339 } from '../runtime/clock.ts';
import { cut, lengthOf } from '../text.ts';
import { change, declare, roleHolder, tell } from './acts.ts';
import { tellOpened } from './afterwards.ts';
import { duplicateWish, running } from './commands/change.ts';
import { Declined } from './declined.ts';
import { isEdited } from './edited.ts';
import { idOf, policyOf, theIncident, type Desk } from './desk.ts';
import type { Person } from './people.ts';
import { changeIdFor } from './names.ts';
import { creatingNote, dueMinutes, most, roleFree } from './views/incident.ts';
import {
  filledWith,
  readAbout,
  readFilled,
  readInputs,
  textHash,
  type About,
  type Modal,
  type ShownText,
} from './views/parts.ts';

/** A modal that somebody sent. */
export interface Submission {
  /** `declare` of `ac.declare`. */
  readonly what: string;
  readonly user: string;
  /** The same for each press in one modal, `errors` or not. */
  readonly key: string;
  readonly viewId: string;
  readonly about: About;
  readonly inputs: Readonly<Record<string, string | readonly string[]>>;
  /** What its text inputs were filled with, by `block_id`. */
  readonly filled: Readonly<Record<string, string>>;
  /** `block_id`s of the inputs, in order. */
  readonly shown: readonly string[];
}

/** What the ack carries, and what the person is told where the modal was asked for. */
export interface Submitted {
  /** Instead of closing it. */
  readonly view?: Modal;
  /** Not escaped yet. */
  readonly words?: { readonly incident: Incident; readonly what: string };
}

/** Reads a `view_submission`. @throws Declined for a modal of another version */
export function readSubmission(body: Readonly<Record<string, unknown>>): Submission {
  const view = object(body['view']);
  const about = readAbout(text(view['private_metadata']));
  if (!about) throw new Declined('This form is of another version of AllClear. Close it and open it again.');
  const team = text(object(body['team'])['id']);
  return {
    what: text(view['callback_id']).replace(/^ac\./, ''),
    user: text(object(body['user'])['id']),
    key: `${team}/${text(view['root_view_id']) || text(view['id'])}`,
    viewId: text(view['id']),
    about,
    inputs: readInputs(view),
    filled: readFilled(view),
    shown: inputsOf(view),
  };
}

/** The inputs that a view shows: where `errors` may stand. */
export const inputsOf = (view: unknown): string[] =>
  objects(object(view)['blocks'])
    .filter(({ type }) => type === 'input')
    .map((block) => text(block['block_id']));

/** Does what the modal is for. @throws Declined, and as act() does */
export async function submit(desk: Desk, submission: Submission): Promise<Submitted> {
  const handler = handlers[submission.what];
  if (!handler) throw new Declined('This form is of another version of AllClear. Close it and open it again.');
  const person = await desk.people.member(submission.user);
  const incident = incidentOf(desk, submission.about);
  return handler({ desk, person, submission, incident, say: (field) => fitting(said(submission, field), field) });
}

interface At {
  readonly desk: Desk;
  readonly person: Person;
  readonly submission: Submission;
  readonly incident: Incident | undefined;
  /** What stands in an input of one value; '' when nothing does. @throws Declined for more than the CRD takes */
  readonly say: (field: string) => string;
}

type Handler = (at: At) => Promise<Submitted>;

const said = ({ inputs }: Submission, field: string): string => {
  const value = inputs[field];
  return typeof value === 'string' ? value : '';
};

function incidentOf(desk: Desk, { namespace, name, uid }: About): Incident | undefined {
  return name === undefined || uid === undefined ? undefined : theIncident(desk, { namespace, name, uid });
}

/** Slack counts other characters than the API server, whose own words for it speak of bytes. */
function fitting(words: string, field: string): string {
  const bound = new Map<string, number>(Object.entries(most)).get(field);
  if (bound === undefined || lengthOf(words) <= bound) return words;
  throw new Declined(
    `At most ${bound} characters, and these are ${lengthOf(words)}. Shorten it; nothing is lost.`,
    field,
  );
}

/** What a person wrote over a text that the form showed; undefined when it was left as it was. */
function edited({ submission, incident, say }: At, field: ShownText): string | undefined {
  if (!incident) return say(`spec.${field}`);
  const words = said(submission, `spec.${field}`);
  const now = incident.spec[field] ?? '';
  const seen = submission.about.shown?.texts?.[field];
  // As the form was filled; Slack's own word for it is second best, since Slack may write it another way.
  const filled = seen === textHash(now) ? filledWith(now, most[`spec.${field}`]) : submission.filled[`spec.${field}`];
  return filled !== undefined && !isEdited(filled, words) ? undefined : say(`spec.${field}`);
}

function needed({ incident }: At): Incident {
  if (!incident) throw new Declined('This form is about no incident. Close it and open it again.');
  return incident;
}

const handlers: Readonly<Record<string, Handler>> = {
  async declare(at) {
    const { desk, person, submission, incident, say } = at;
    const { key, about, viewId } = submission;
    const severity = severities.find((s) => s === say('spec.severity'));
    if (!severity) throw new Declined('Choose a severity.', 'spec.severity');
    const title = edited(at, 'title');
    if (title === '') throw new Declined('Say in a few words what is wrong.', 'spec.title');
    if (!desk.namespaces.includes(about.namespace))
      throw new Declined('This form is of another installation of AllClear. Close it and open it again.');
    const description = edited(at, 'description');
    const made = incident
      ? await accept(at, incident, { title, severity, description })
      : await declare(desk, person, about.namespace, {
          key,
          title: say('spec.title'),
          severity,
          description,
          drill: about.drill === true,
        });
    const where = { viewId, user: submission.user, channel: about.channel };
    desk.later('tell that it is open', () => desk.recent.once(`opened/${key}`, () => tellOpened(desk, made, where)));
    return { view: creatingNote(made.spec.title) };
  },

  async update(at) {
    const { desk, person, submission, say } = at;
    const incident = needed(at);
    running({ desk, incident });
    const audience = audiences.find((a) => a === say('spec.audience')) ?? 'Responders';
    const channels = channelsIn(submission, 'spec.channels');
    if (audience === 'Responders' && channels.length > 0)
      throw new Declined(
        'Responders are told in the incident’s channel alone. Choose Stakeholders, or no channel.',
        'spec.audience',
      );
    const due = say('spec.nextDueAt');
    await tell(desk, person, incident, {
      kind: 'update',
      key: submission.key,
      type: 'Status',
      text: say('spec.text'),
      more: {
        audience,
        channels,
        ...(dueMinutes.includes(due) ? { nextDueAt: rfc3339(desk.clock.now() + minutes(Number(due))) } : {}),
      },
    });
    return { words: { incident, what: `the update is stored; it goes out to ${audience.toLowerCase()}.` } };
  },

  async close(at) {
    const { submission, say } = at;
    const incident = needed(at);
    const rootCause = say('spec.resolution.rootCause');
    const channels = channelsIn(submission, 'spec.resolution.channels');
    const resolution = {
      summary: say('spec.resolution.summary'),
      ...(rootCause === '' ? {} : { rootCause }),
      ...(channels.length > 0 ? { channels } : {}),
    };
    const closed = await step(at, { state: 'Resolved', resolution });
    return {
      words: {
        incident: closed,
        what:
          incident.spec.state === 'Triage' ? 'closed, without having been declared.' : 'All Clear has been declared!',
      },
    };
  },

  async reopen(at) {
    return { words: { incident: await step(at, { state: 'Investigating' }), what: 'reopened.' } };
  },

  async severity(at) {
    const incident = needed(at);
    const to = severities.find((s) => s === at.say('spec.severity'));
    if (!to) throw new Declined('Choose a severity.', 'spec.severity');
    if (severityRank(to) > severityRank(at.submission.about.shown?.severity) && at.say('spec.change.reason') === '')
      throw new Declined('Lowering the severity needs a reason.', 'spec.change.reason');
    running({ desk: at.desk, incident });
    const word = severityWord(to, policyOf(at.desk, incident).spec.severities);
    if (to === at.submission.about.shown?.severity && to === incident.spec.severity)
      throw new Declined(`It is ${word} already. Choose another, or cancel.`, 'spec.severity');
    const changed = await step(at, { severity: to });
    return { words: { incident: changed, what: `severity is now ${word}.` } };
  },

  async state(at) {
    const incident = needed(at);
    running({ desk: at.desk, incident });
    const to = incidentStates.find((s) => s === at.say('spec.state'));
    if (!to || to === 'Resolved') throw new Declined('Choose a state.', 'spec.state');
    if (to === at.submission.about.shown?.state && to === incident.spec.state)
      throw new Declined(`It is ${to} already. Choose another, or cancel.`, 'spec.state');
    return { words: { incident: await step(at, { state: to }), what: `state is now ${to}.` } };
  },

  async deescalate(at) {
    const incident = needed(at);
    running({ desk: at.desk, incident });
    const level = Number(at.say('spec.escalation.level') || Number.NaN);
    if (!Number.isInteger(level)) throw new Declined('Choose a level.', 'spec.escalation.level');
    return { words: { incident: await step(at, { level }), what: `de-escalated to level ${level}.` } };
  },

  async role(at) {
    const incident = needed(at);
    running({ desk: at.desk, incident });
    const role = at.say('role');
    if (role === '') throw new Declined('Choose a role.', 'role');
    const user = at.say('spec.roles');
    const free = at.say(roleFree) !== '';
    // A form of the version before has no such input: there, nobody chosen freed the role.
    if (user === '' && !free && at.submission.shown.includes(roleFree))
      throw new Declined('Choose who takes the role, or that it is free again.', 'spec.roles');
    if (user !== '' && free) throw new Declined('Somebody is chosen: the role is not free then.', roleFree);
    const who = user === '' ? null : roleHolder(await chosen(at.desk, user), incident, role);
    const changed = await step(at, { roles: { [role]: who } });
    return {
      words: { incident: changed, what: who === null ? `nobody is ${role} any more.` : `${role} is now ${who}.` },
    };
  },

  async duplicate(at) {
    const incident = needed(at);
    running({ desk: at.desk, incident });
    const { namespace } = incident.metadata;
    const choice = at.say('spec.duplicateOf.name');
    // A form of the version before holds the name.
    const of =
      at.desk.cluster.incidents(namespace).find(({ metadata }) => metadata.uid === choice) ??
      at.desk.cluster.incident(namespace, choice);
    if (!of) throw new Declined('Choose the incident that goes on.', 'spec.duplicateOf.name');
    const changed = await step(at, duplicateWish(of));
    return { words: { incident: changed, what: `closed as a duplicate of ${idOf(of)}.` } };
  },
};

/** One change by this modal, for what its inputs say. */
function step(at: At, wish: Parameters<typeof change>[3]['wish']): Promise<Incident> {
  const { what: kind, key, about } = at.submission;
  return change(at.desk, at.person, needed(at), {
    kind,
    key,
    wish,
    reason: at.say('spec.change.reason'),
    shown: about.shown,
  });
}

/** What stands in the form; a text that was left as it was is undefined. */
interface Edited {
  readonly title: string | undefined;
  readonly severity: Incident['spec']['severity'];
  readonly description: string | undefined;
}

/** Out of Triage, with what the form changed and nothing else. Whoever presses second is told who was first. */
async function accept(at: At, incident: Incident, { title, severity, description }: Edited): Promise<Incident> {
  const { desk, person, submission } = at;
  alreadyDeclared(desk, incident, submission.key);
  const before = submission.about.shown?.severity ?? incident.spec.severity;
  const roles = person.mail && incident.spec.roles?.['reporter'] === undefined ? { reporter: person.mail } : undefined;
  return change(desk, person, incident, {
    kind: 'declare',
    key: submission.key,
    wish: {
      state: 'Investigating',
      ...(title === undefined ? {} : { title }),
      ...(severity === before ? {} : { severity }),
      ...(description === undefined ? {} : { description: description === '' ? null : description }),
      ...(roles ? { roles } : {}),
    },
    shown: submission.about.shown,
    // Lower than the alert said, by whoever looked at it.
    reason: severityRank(severity) > severityRank(before) ? 'Declared at this severity.' : undefined,
  });
}

/** @throws Declined naming who declared it; not for a repeat of the same press */
export function alreadyDeclared({ cluster }: Pick<Desk, 'cluster'>, incident: Incident, key?: string): void {
  const { state, change: last } = incident.spec;
  if (state === 'Triage' || (key !== undefined && last?.id === changeIdFor('declare', key))) return;
  const by = lastAuthor(incident, 'spec.state', cluster.updates(incident));
  throw new Declined(
    state === 'Resolved'
      ? `${idOf(incident)} was closed${by ? ` by ${by}` : ''}.`
      : `Already declared${by ? ` by ${by}` : ''}: ${idOf(incident)}${incident.status?.channel ? ` in #${incident.status.channel.name}` : ''}.`,
  );
}

async function chosen(desk: Desk, user: string): Promise<Person> {
  try {
    return await desk.people.member(user);
  } catch (error) {
    if (!(error instanceof Declined)) throw error;
    const name = await desk.people.nameOf(user);
    throw new Declined(`${name} is no full member of this workspace, so no role can be theirs.`, 'spec.roles');
  }
}

/** Those chosen and those typed, with `#`. @throws Declined for what is no channel's name */
function channelsIn({ inputs }: Submission, field: string): string[] {
  const picked = inputs[field];
  const typed = inputs[`${field}.others`];
  const words = typeof typed === 'string' ? typed.split(/[\s,;]+/).filter((word) => word !== '') : [];
  const wrong = words.find((word) => !/^#?[\p{Ll}\p{Lm}\p{Lo}\p{M}\p{N}_-]{1,80}$/u.test(word));
  if (wrong !== undefined)
    throw new Declined(
      `“${cut(wrong, 80)}” is no channel's name: lowercase letters, digits, - and _.`,
      `${field}.others`,
    );
  const all = [...(Array.isArray(picked) ? picked : []), ...words];
  const names = [...new Set(all.map((name) => `#${name.replace(/^#/, '')}`))];
  if (names.length > 20) throw new Declined('At most 20 channels.', field);
  return names;
}
