import type { Given, Input } from '../../../act/inputs.ts';
import { textsOf, type Shown } from '../../../act/shown.ts';
import { type VerbContext } from '../../../act/verb-context.ts';
import { isRead, kindOf, type Form, type Verb } from '../../../act/verb.ts';
import { verbs } from '../../../act/verbs.ts';
import type { Block } from '../blocks.ts';
import { lineText } from './answer.ts';
import {
  context,
  modal,
  select,
  selectPerson,
  selectSeveral,
  textInput,
  type About,
  type Modal,
} from './views/parts.ts';

/** The modal that asks for what a verb needs, filled with what was given. */
export function formOf(verb: Verb, at: VerbContext, given: Given = {}, channel?: string): Modal | undefined {
  const { form, inputs } = verb;
  if (!form) return undefined;
  return modal(kindOf(verb), form.title, form.submit, aboutOf(verb, form, at, channel), [
    ...(form.notes?.(at) ?? []).map((line) => context(lineText(line))),
    ...Object.entries(inputs).flatMap(([name, input]) => blocksOf(input, at, given, given[name])),
  ]);
}

/** The verb of a form that was sent. A drill's form is declare's, with a mark. */
export function verbOfForm(kind: string, { drill = false }: Pick<About, 'drill'>): Verb | undefined {
  for (const verb of verbs) if (!isRead(verb) && kindOf(verb) === kind && isDrill(verb) === drill) return verb;
  return undefined;
}

const isDrill = ({ name }: Verb): boolean => name === 'drill';

/** The field that holds channels typed beside those chosen. */
export const othersField = (field: string): string => `${field}.others`;

function aboutOf(
  verb: Verb,
  form: Form<VerbContext>,
  { incident, seen, namespace }: VerbContext,
  channel?: string,
): About {
  const place = channel ? { channel } : {};
  if (!incident || !seen) return { namespace, ...place, ...(isDrill(verb) ? { drill: true } : {}) };
  const { name, uid } = incident.metadata;
  const edits = Object.values(verb.inputs).some((input) => input.kind === 'text' && input.edits !== undefined);
  const roles = incident.spec.roles ?? {};
  // private_metadata holds 3,000 characters; without them the roles as they are cached are what was seen.
  const small = JSON.stringify(roles).length < 2_000;
  const shown: Shown = {
    ...seen,
    ...(edits ? { texts: textsOf(incident) } : {}),
    ...(form.showsRoles && small ? { roles } : {}),
  };
  return { namespace, name, uid, shown, ...place };
}

function blocksOf(input: Input, at: VerbContext, given: Given, filled: Given[string]): Block[] {
  const { field, label, hint, optional = false } = input;
  const of = { field, label, optional, ...(hint === undefined ? {} : { hint }), ...input.wording?.(at) };
  const words = typeof filled === 'string' && filled !== '' ? filled : undefined;
  switch (input.kind) {
    case 'text': {
      const { most, lines = false, placeholder, edits } = input;
      const initial = words ?? (edits ? at.incident?.spec[edits] : undefined);
      const rest = input.beyond?.(at);
      return [
        textInput(of, {
          most,
          lines,
          ...(initial === undefined ? {} : { initial }),
          ...(placeholder === undefined ? {} : { placeholder }),
          ...(rest === undefined ? {} : { rest }),
        }),
      ];
    }
    case 'choice':
      return [select(of, input.options(at, given), words ?? input.initial?.(at))];
    case 'person':
      return [selectPerson(of, words)];
    case 'channels':
      return channelInputs(of, at.channels);
  }
}

/** Those chosen of the known ones, and those typed. */
function channelInputs(of: { field: string; label: string }, known: readonly string[]): Block[] {
  const options = known.map((value) => ({ value, label: value }));
  return [
    ...(options.length > 0 ? [selectSeveral({ ...of, optional: true }, options)] : []),
    textInput(
      {
        field: othersField(of.field),
        label: options.length > 0 ? 'Other channels' : of.label,
        optional: true,
        hint: 'The bot must be a member there.',
      },
      // 20 names of 81 characters, and what parts them.
      { most: 1_700, placeholder: '#support, #sales' },
    ),
  ];
}
