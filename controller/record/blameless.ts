import { oneLine } from '../text.ts';
import type { RecordView } from './entries.ts';

/** A person as the record knows them, and the role that stands for them in a narrative. */
export interface KnownPerson {
  readonly name: string;
  readonly role: string;
}

/** Everybody whom the incident names: role holders, authors, owners of actions. */
export function peopleOf({ incident, updates }: Pick<RecordView, 'incident' | 'updates'>): readonly KnownPerson[] {
  const { roles = {}, change, resolution } = incident.spec;
  return known([
    ...Object.entries(roles).map(([role, name]) => ({ name, role: `the ${role}` })),
    ...updates
      .flatMap(({ spec }) => (spec.type === 'Role' ? [spec.from ?? '', spec.to ?? ''] : []))
      .map((name) => ({ name, role: 'the commander' })),
    ...[change?.by, ...updates.map(({ spec }) => spec.author)].map((name = '') => ({ name, role: 'a responder' })),
    ...(resolution?.correctiveActions ?? []).map(({ owner = '' }) => ({ name: owner, role: 'an owner' })),
  ]);
}

/** Each form of a name once, with the first role it came with; the longest first, so that it is found whole. */
export function known(people: readonly KnownPerson[]): readonly KnownPerson[] {
  const roles = new Map<string, string>();
  for (const { name, role } of people) for (const form of forms(name)) if (!roles.has(form)) roles.set(form, role);
  return [...roles].map(([name, role]) => ({ name, role })).toSorted((a, b) => b.name.length - a.name.length);
}

/** A mail address is also a handle: matt@streamo.example is written @matt. Names of three letters or more. */
function forms(name: string): string[] {
  const whole = oneLine(name).replace(/^@/, '');
  if (whole.length < 3) return [];
  const handle = /^([^@\s]{3,})@/.exec(whole)?.[1];
  return handle === undefined ? [`@${whole}`, whole] : [whole, `@${handle}`];
}

/** The text with roles in place of the names that are known. */
export function blameless(text: string, people: readonly KnownPerson[]): string {
  return people.reduce((rest, { name, role }) => rest.replaceAll(whole(name), role), text);
}

/** The first person whom the text names. */
export const named = (text: string, people: readonly KnownPerson[]): KnownPerson | undefined =>
  people.find(({ name }) => whole(name).test(text));

const whole = (name: string): RegExp =>
  new RegExp(String.raw`(?<![\p{L}\p{N}@])${RegExp.escape(name)}(?![\p{L}\p{N}])`, 'gu');
