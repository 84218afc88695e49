import type { Incident } from '../../../api/incident.gen.ts';
import { Declined } from '../../../act/declined.ts';
import { theIncident } from '../../../act/incidents.ts';
import { fitting, type Given, type Input, type TextInput } from '../../../act/inputs.ts';
import { textHash } from '../../../act/shown.ts';
import type { Verb } from '../../../act/verb.ts';
import { object, objects, text } from '../parse.ts';
import { cut } from '../../../text.ts';
import { tellOpened } from './afterwards.ts';
import { isEdited } from './edited.ts';
import { othersField, verbOfForm } from './form.ts';
import type { HandlerContext } from './handler-context.ts';
import { creatingNote } from './views/notes.ts';
import { filledWith, readAbout, readFilled, readInputs, type About, type Modal } from './views/parts.ts';
import { carryOutFor } from './way-in.ts';

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

const otherVersion = 'This form is of another version of AllClear. Close it and open it again.';

/** Reads a `view_submission`. @throws Declined for a modal of another version */
export function readSubmission(body: Readonly<Record<string, unknown>>): Submission {
  const view = object(body['view']);
  const about = readAbout(text(view['private_metadata']));
  if (!about) throw new Declined(otherVersion);
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
export async function submit(handler: HandlerContext, submission: Submission): Promise<Submitted> {
  const { what, key, viewId, user, about } = submission;
  const verb = verbOfForm(what, about);
  if (!verb) throw new Declined(otherVersion);
  const member = await handler.people.member(user);
  const { namespace, name, uid, shown, channel } = about;
  const incident = name === undefined || uid === undefined ? undefined : theIncident(handler, { namespace, name, uid });
  if (verb.on === 'incident' && !incident)
    throw new Declined('This form is about no incident. Close it and open it again.');
  const given = givenBy(verb, submission, incident);
  if (!handler.namespaces.includes(namespace))
    throw new Declined('This form is of another installation of AllClear. Close it and open it again.');
  const done = await carryOutFor(handler, member, { verb, given, incident, namespace, shown, key });
  if (!verb.opensChannel) return { words: { incident: done.incident, what: done.sentence } };
  const where = { viewId, user, channel };
  handler.later('tell that it is open', () =>
    handler.recent.once(`opened/${key}`, () => tellOpened(handler, done.incident, where)),
  );
  return { view: creatingNote(done.incident.spec.title) };
}

/** What stands in the form, by the verb's names for its inputs. What it does not show is absent. */
function givenBy(verb: Verb, submission: Submission, incident: Incident | undefined): Given {
  const given = Object.entries(verb.inputs).flatMap(([name, input]) => {
    const value = givenIn(input, submission, incident);
    return value === undefined ? [] : [[name, value] as const];
  });
  return Object.fromEntries(given);
}

function givenIn(
  input: Input,
  submission: Submission,
  incident: Incident | undefined,
): string | readonly string[] | undefined {
  if (input.kind === 'channels') return channelsIn(submission, input.field);
  const words = said(submission, input.field);
  if (input.kind !== 'text') return words === '' && !submission.shown.includes(input.field) ? undefined : words;
  return isUntouched(input, submission, incident) ? undefined : fitting(input, words);
}

const said = ({ inputs }: Submission, field: string): string => {
  const value = inputs[field];
  return typeof value === 'string' ? value : '';
};

/** The form showed a text of the incident, and the person left it as it was. */
function isUntouched({ field, edits, most }: TextInput, submission: Submission, incident?: Incident): boolean {
  if (!edits || !incident) return false;
  const now = incident.spec[edits] ?? '';
  const seen = submission.about.shown?.texts?.[edits];
  // As the form was filled; Slack's own word for it is second best, since Slack may write it another way.
  const filled = seen === textHash(now) ? filledWith(now, most) : submission.filled[field];
  return filled !== undefined && !isEdited(filled, said(submission, field));
}

/** Those chosen and those typed, with `#`. @throws Declined for what is no channel's name */
function channelsIn({ inputs }: Submission, field: string): string[] {
  const picked = inputs[field];
  const typed = inputs[othersField(field)];
  const words = typeof typed === 'string' ? typed.split(/[\s,;]+/).filter((word) => word !== '') : [];
  const wrong = words.find((word) => !/^#?[\p{Ll}\p{Lm}\p{Lo}\p{M}\p{N}_-]{1,80}$/u.test(word));
  if (wrong !== undefined)
    throw new Declined(
      `“${cut(wrong, 80)}” is no channel's name: lowercase letters, digits, - and _.`,
      othersField(field),
    );
  const all = [...(Array.isArray(picked) ? picked : []), ...words];
  const names = [...new Set(all.map((name) => `#${name.replace(/^#/, '')}`))];
  if (names.length > 20) throw new Declined('At most 20 channels.', field);
  return names;
}
