import { nearest } from '../api/nearest.ts';
import type { AnyVerb } from './verb.ts';
import { declare } from './verbs/declare.ts';
import { verbNamed, verbs } from './verbs.ts';

export type Typed =
  | { readonly verb: AnyVerb; readonly rest: string }
  /** A word that is no verb's; `meant` is what is nearest. */
  | { readonly unknown: string; readonly meant?: string };

const names = verbs.map(({ name }) => name);

/**
 * What stands after the command. A first word that is no verb's begins the summary of a new incident, unless it stands
 * alone or is a slip of one.
 */
export function parseLine(text: string): Typed {
  const said = text.trim();
  const [first = ''] = said.split(/\s+/, 1);
  const word = first.toLowerCase();
  if (said === '') return { verb: declare, rest: '' };
  const verb = verbNamed(word);
  const rest = said.slice(first.length).trim();
  if (verb) return { verb, rest };
  const meant = first.length > 40 ? undefined : nearest(word, names);
  if (meant !== undefined) return { unknown: first, meant };
  return rest === '' && /^[\w!?-]{1,40}$/.test(first) ? { unknown: first } : { verb: declare, rest: said };
}
