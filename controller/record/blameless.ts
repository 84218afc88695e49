import { oneLine } from '../text.ts';

/** A person whom the record names, and the role to write instead. */
export interface KnownPerson {
  readonly name: string;
  /** `the commander`. */
  readonly role: string;
  /** Holds a role: a full name there is a person's. An author or owner may as well be a bot or a team. */
  readonly holder?: boolean;
}

/**
 * How a sentence names somebody: a mail address, its handle, the full name of who holds a role. A single word is none
 * of them: `payments`, `api` or `the` can be a role's holder and are words all the same.
 */
export interface Naming {
  readonly name: string;
  readonly role: string;
  readonly pattern: RegExp;
}

/** Each way to name one of these people, with the first role that they came with. */
export function namings(people: readonly KnownPerson[]): readonly Naming[] {
  const found = new Map<string, Naming>();
  for (const { name, role, holder = false } of people)
    for (const form of forms(oneLine(name).replace(/^@/, ''), holder))
      if (!found.has(form)) found.set(form, { name: form, role, pattern: whole(form) });
  return [...found.values()];
}

function forms(name: string, holder: boolean): string[] {
  const local = /^([^@\s"]+)@[^@\s"]+\.[^@\s"]+$/.exec(name)?.[1];
  if (local !== undefined) return [name, `@${local}`];
  if (!holder) return [];
  if (/^[\p{L}\p{N}._-]+$/u.test(name)) return [`@${name}`];
  // No sentence of the draft has two words beside each other that begin with capital letters.
  return /^(?:[\p{Lu}\p{Lt}\p{Lo}][\p{L}\p{M}.'’-]*)(?: [\p{Lu}\p{Lt}\p{Lo}][\p{L}\p{M}.'’-]*)+$/u.test(name)
    ? [name]
    : [];
}

/** Mail addresses are the same in any case; a name is not, since `All Clear` may be one. */
const whole = (name: string): RegExp =>
  new RegExp(
    String.raw`(?<![\p{L}\p{N}@._+-])${RegExp.escape(name)}(?![\p{L}\p{N}]|[@._+-][\p{L}\p{N}])`,
    name.includes('@') ? 'iu' : 'u',
  );

/** What others wrote in a sentence: quotations, and the policy's word after a severity. */
const theirs = /\\.|"(?:[^"\\]|\\.)*"|“[^”]*”|\bSEV\d \((?:[^()\\]|\\.)*\)/g;

const ownWords = (line: string): string =>
  line.replaceAll(theirs, (found) => (found.startsWith('\\') ? found.replace(/^\\(?=[!-/:-@[-`{-~])/, '') : ''));

/** The first person whom a line names in words that are nobody's quotation. */
export function named(line: string, people: readonly Naming[]): Naming | undefined {
  const own = ownWords(line);
  return people.find(({ pattern }) => pattern.test(own));
}
