import { lengthOf } from '../text.ts';
import { Declined } from './declined.ts';
import type { Person } from './person.ts';
import type { ShownText } from './shown.ts';
import type { VerbContext } from './verb-context.ts';

export interface Option {
  readonly value: string;
  readonly label: string;
}

interface Field {
  /** The path of the field in the CRD: what the API server refuses is shown there. */
  readonly field: string;
  readonly label: string;
  readonly hint?: string;
  /** Nothing need be given. */
  readonly optional?: true;
  /** What is said when nothing is given that must be; absent: the API server judges. */
  readonly missing?: string;
  /** Label and hint where they depend on the incident. */
  wording?(at: VerbContext): { readonly label?: string; readonly hint?: string };
}

export interface TextInput extends Field {
  readonly kind: 'text';
  /** Characters, as the CRD bounds it. */
  readonly most: number;
  /** Several lines. */
  readonly lines?: true;
  readonly placeholder?: string;
  /** It is filled with this text of the incident, and what is left as it was is no value: nobody's edit is undone. */
  readonly edits?: ShownText;
  /** What becomes of what a form cannot show. Absent: it stands in the answer to the line. */
  beyond?(at: VerbContext): string | undefined;
}

export interface ChoiceInput<T extends string = string> extends Field {
  readonly kind: 'choice';
  /** All that can be chosen; absent: any value. */
  readonly values?: readonly T[];
  options(at: VerbContext, given: Given): readonly Option[];
  initial?(at: VerbContext): string | undefined;
}

/** Names of channels, with `#`: those that are known, and any other typed. */
export interface ChannelsInput extends Field {
  readonly kind: 'channels';
  readonly optional: true;
}

/** By the id of the service that asks. */
export interface PersonInput extends Field {
  readonly kind: 'person';
  readonly optional: true;
  /** Ends "Bo is no full member of this workspace, …". */
  readonly strangers: string;
}

export type Input = TextInput | ChoiceInput | ChannelsInput | PersonInput;
export type Inputs = Readonly<Record<string, Input>>;

/** As it was typed or chosen, a person as an id. Empty: asked for and left empty; absent: not asked for. */
export type Given<I extends Inputs = Inputs> = { readonly [K in keyof I]?: GivenFor<I[K]> };

type GivenFor<N extends Input> = N extends { kind: 'channels' } ? readonly string[] : string;

/** All inputs, each checked. '' and []: nothing. */
export type Values<I extends Inputs = Inputs> = { readonly [K in keyof I]: ValueOf<I[K]> };

type ValueOf<N extends Input> = N extends { kind: 'text' }
  ? N extends { edits: ShownText }
    ? string | undefined
    : string
  : N extends { kind: 'channels' }
    ? readonly string[]
    : N extends { kind: 'person' }
      ? Person | undefined
      :
          | (N extends { values: readonly (infer T extends string)[] } ? T : string)
          | (N extends { optional: true } ? undefined : never);

/** Inputs that must be given and are not. */
export const missingOf = (inputs: Inputs, given: Given): Input[] =>
  Object.entries(inputs).flatMap(([name, input]) =>
    input.optional === true || valueIn(input, given[name]) !== undefined ? [] : [input],
  );

/** What was given, if it is a value of the input. */
function valueIn(input: Input, given: string | readonly string[] | undefined): string | readonly string[] | undefined {
  if (given === undefined || given.length === 0) return undefined;
  if (input.kind === 'choice' && input.values && !input.values.some((value) => value === given)) return undefined;
  return given;
}

/** @throws Declined at the first input that must be given and is not; a text that the person left as it was may be absent */
export function requireAll(inputs: Inputs, given: Given): void {
  for (const [name, input] of Object.entries(inputs)) {
    if (input.missing === undefined || valueIn(input, given[name]) !== undefined) continue;
    if (input.kind === 'text' && input.edits !== undefined && given[name] === undefined) continue;
    throw new Declined(input.missing, input.field);
  }
}

/** Those that were given, looked up before. */
export type PeopleById = ReadonlyMap<string, Person>;

/** What was given as what the verb writes. */
export function valuesOf(inputs: Inputs, given: Given, people: PeopleById): Values {
  return Object.fromEntries(Object.entries(inputs).map(([name, input]) => [name, valueOf(input, given[name], people)]));
}

function valueOf(
  input: Input,
  given: string | readonly string[] | undefined,
  people: PeopleById,
): string | readonly string[] | Person | undefined {
  switch (input.kind) {
    case 'text':
      return given ?? (input.edits ? undefined : '');
    case 'channels':
      return given ?? [];
    case 'person':
      return typeof given === 'string' ? people.get(given) : undefined;
    case 'choice':
      return valueIn(input, given);
  }
}

/** A form may count other characters than the API server, whose own words for it speak of bytes. @throws Declined */
export function fitting(input: Pick<TextInput, 'most' | 'field'>, words: string): string {
  const length = lengthOf(words);
  if (length <= input.most) return words;
  throw new Declined(
    `At most ${input.most} characters, and these are ${length}. Shorten it; nothing is lost.`,
    input.field,
  );
}
