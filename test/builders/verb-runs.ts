import { plan, understand } from '../../controller/act/carry-out.ts';
import { Declined } from '../../controller/act/declined.ts';
import type { Given } from '../../controller/act/inputs.ts';
import type { Person } from '../../controller/act/person.ts';
import type { Verb, Write } from '../../controller/act/verb.ts';
import { aContext, type Surroundings } from './verb-context.ts';

/** What becomes of a line or form. */
export type Run =
  | { readonly write: Write; readonly says: string }
  | { readonly says: string }
  /** A form is opened, filled so. */
  | { readonly form: string; readonly filled: Given }
  | { readonly refused: string; readonly field?: string };

/** A line after the verb's name. */
export const typed = (verb: Verb, line: string, around: Surroundings): Promise<Run> =>
  refusable(async () => {
    const at = aContext(verb, around);
    const { verb: meant, given, ...understood } = understand(verb, line, at);
    if (understood.next === 'ask') return { form: meant.name, filled: given };
    if (understood.next === 'say') return { says: understood.sentence };
    const { write, sentence } = await plan(meant, given, at, find);
    return { write, says: sentence };
  });

/** A form that was sent, or a button that writes at once. */
export const sent = (verb: Verb, given: Given, around: Surroundings): Promise<Run> =>
  refusable(async () => {
    const { write, sentence } = await plan(verb, given, aContext(verb, around), find);
    return { write, says: sentence };
  });

/** Whether the form or button may be used at all: undefined, or why not. */
export function startOf(verb: Verb, around: Surroundings): string | undefined {
  try {
    verb.start?.(aContext(verb, around));
    return undefined;
  } catch (error) {
    if (error instanceof Declined) return error.message;
    throw error;
  }
}

async function refusable(run: () => Promise<Run>): Promise<Run> {
  try {
    return await run();
  } catch (error) {
    if (!(error instanceof Declined)) throw error;
    return { refused: error.message, ...(error.field === undefined ? {} : { field: error.field }) };
  }
}

/** U1 is known by a mail address, others by name alone. */
const find = (id: string): Promise<Person> =>
  Promise.resolve({ name: id, via: `slack:T1/${id}`, ...(id === 'U1' ? { mail: 'ana@example.com' } : {}) });
