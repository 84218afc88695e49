import type { Incident } from '../api/incident.gen.ts';
import { Declined } from './declined.ts';
import {
  requireAll,
  valuesOf,
  missingOf,
  type Given,
  type Input,
  type PeopleById,
  type PersonInput,
} from './inputs.ts';
import { addTimelineEntry, change, declare, type Acting } from './perform.ts';
import type { Person } from './person.ts';
import type { Shown } from './shown.ts';
import { type By, type VerbContext } from './verb-context.ts';
import { kindOf, type Verb, type Write } from './verb.ts';

/** What a typed line comes to. */
export type Understood = { readonly verb: Verb; readonly given: Given; readonly line: string } & (
  | { readonly next: 'write' | 'ask' }
  /** Nothing is to be done: a sentence for the end of `INC-00001: …`. */
  | { readonly next: 'say'; readonly sentence: string }
);

/** Reads a line, without the verb and the incident's id. @throws Declined */
export function understand(verb: Verb, line: string, at: By<VerbContext>): Understood {
  verb.start?.(at);
  const other = verb.instead?.(line);
  if (other) return understand(other.verb, other.line, at);
  const given = verb.parse(line, at);
  const said = { verb, given, line };
  const sentence = verb.already?.(given, at);
  if (sentence !== undefined) return { ...said, next: 'say', sentence };
  const asks = verb.form !== undefined && (missingOf(verb.inputs, given).length > 0 || verb.asks?.(given, at));
  return { ...said, next: asks ? 'ask' : 'write' };
}

/** Finds a person by the id that was given. @throws Declined for whom it cannot be */
export type FindPerson = (id: string, input: PersonInput) => Promise<Person>;

/** What is to be written, and what is said once it is. @throws Declined */
export async function plan(
  verb: Verb,
  given: Given,
  at: By<VerbContext>,
  find: FindPerson,
): Promise<{ readonly write: Write; readonly sentence: string }> {
  requireAll(verb.inputs, given);
  verb.refuse?.(given, at);
  const already = verb.already?.(given, at);
  if (already !== undefined) throw new Declined(`${sentenceCase(already)} Choose another, or cancel.`, firstOf(verb));
  const values = valuesOf(verb.inputs, given, await peopleIn(verb.inputs, given, find));
  return { write: verb.write(values, at), sentence: verb.done(values, at) };
}

async function peopleIn(inputs: Verb['inputs'], given: Given, find: FindPerson): Promise<PeopleById> {
  const people = new Map<string, Person>();
  for (const [name, input] of Object.entries(inputs)) {
    const id = given[name];
    if (input.kind === 'person' && typeof id === 'string' && id !== '') people.set(id, await find(id, input));
  }
  return people;
}

const firstOf = ({ inputs }: Verb): string | undefined => Object.values<Input>(inputs)[0]?.field;
const sentenceCase = (text: string): string => `${text.charAt(0).toUpperCase()}${text.slice(1)}`;

export interface ToCarryOut {
  readonly verb: Verb;
  readonly given: Given;
  readonly at: By<VerbContext>;
  readonly find: FindPerson;
  /** What the person saw; absent: the incident as it is cached. */
  readonly shown?: Shown | undefined;
}

/** Writes what a verb is asked for. Returns the incident as it is afterwards. @throws Declined, and as act() does */
export async function carryOut(
  acting: Acting,
  { verb, given, at, find, shown }: ToCarryOut,
): Promise<{ readonly incident: Incident; readonly sentence: string }> {
  const { write, sentence } = await plan(verb, given, at, find);
  const cause = { kind: kindOf(verb), key: at.key ?? '' };
  if ('create' in write) return { incident: await declare(acting, at.namespace, cause, write.create), sentence };
  const { incident } = at;
  if (!incident) throw new Declined('This form is about no incident. Close it and open it again.');
  if ('entry' in write) {
    await addTimelineEntry(acting, incident, cause, write.entry);
    return { incident, sentence };
  }
  return {
    incident: await change(acting, incident, { ...cause, wish: write.change, reason: write.reason, shown }),
    sentence,
  };
}
