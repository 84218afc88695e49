import type { By, VerbContext } from './verb-context.ts';
import type { Wish } from './act.ts';
import type { Answer, Line } from './answer.ts';
import type { Given, Inputs, Values } from './inputs.ts';
import type { Declaration, TimelineEntry } from './perform.ts';

/** What a line begins with, and how help tells of it. */
interface Word {
  /** The line's first word, and the button's and form's id. */
  readonly name: string;
  /** Other first words; each is a button's id too. */
  readonly aliases?: readonly string[];
  /** As help shows it: `severity SEV1 [why]`. */
  readonly usage: string;
  /** What help says of it; absent: another verb's does. */
  readonly help?: string;
  /** `here`: about the incident of the place where it is typed, if that is one's. */
  readonly on: 'incident' | 'nothing' | 'here';
}

/** What is to be written. Values are absolute: a repeat changes nothing. */
export type Write =
  | { readonly change: Wish; readonly reason?: string | undefined }
  | { readonly entry: TimelineEntry }
  | { readonly create: Declaration };

export interface Form<C extends VerbContext> {
  readonly title: string;
  /** The label of its button. */
  readonly submit: string;
  /** Lines above the inputs. */
  notes?(at: C): readonly Line[];
  /** It shows who has which role: a change of them since is noticed. */
  readonly showsRoles?: true;
}

/**
 * One thing that people do to incidents: by a typed line, a form, a button. Methods refuse by throwing Declined, in words
 * for the person who asked.
 */
export interface Verb<I extends Inputs = Inputs, C extends VerbContext = VerbContext> extends Word {
  /** Part of `change.id` and the form's id, where that is not the name. */
  readonly kind?: string;
  readonly inputs: I;
  /** Asks for what a line leaves out and opens at the press of a button. Absent: a press writes at once. */
  readonly form?: Form<C>;
  /** A line's first id is another incident's, where the place has one of its own. */
  readonly namesAnother?: true;
  /** What it makes gets a channel: the person is told once that is open, in place of `done`. */
  readonly opensChannel?: true;
  /** Before anything is asked or read of a line: whether it can be done at all. */
  start?(at: C): void;
  /** A line that is another verb's. */
  instead?(line: string): { readonly verb: Verb; readonly line: string } | undefined;
  /** What a line says, without the verb and the incident's id. What is missing the form asks for. */
  parse(line: string, at: By<C>): Given<I>;
  /** The form asks though every input that must be given is. */
  asks?(given: Given<I>, at: C): boolean;
  /** Before a write, whatever way it was asked for. */
  refuse?(given: Given<I>, at: C): void;
  /** It is so already: there is nothing to write. A sentence for the end of `INC-00001: …`. */
  already?(given: Given<I>, at: C): string | undefined;
  write(values: Values<I>, at: By<C>): Write;
  /** What was done, for the end of `INC-00001: …`; `at` is as it was before. */
  done(values: Values<I>, at: By<C>): string;
}

/** A question, answered from the caches: whatever the API server does. */
export interface Read extends Word {
  /** Whoever asks is answered, member or not. */
  readonly anybody?: true;
  answer(at: VerbContext): Answer | Promise<Answer>;
}

export type AnyVerb = Verb | Read;

export const isRead = (verb: AnyVerb): verb is Read => 'answer' in verb;

/** Part of `change.id`. */
export const kindOf = ({ kind, name }: Pick<Verb, 'kind' | 'name'>): string => kind ?? name;
