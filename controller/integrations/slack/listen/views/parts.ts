import type { Option } from '../../../../act/inputs.ts';
import type { Shown } from '../../../../act/shown.ts';
import { incidentStates, severities } from '../../../../api/enums.gen.ts';
import type { Block } from '../../blocks.ts';
import { type Json, object, objects, text } from '../../parse.ts';
import { cut, isBlank, lengthOf } from '../../../../text.ts';
import { slackPlain } from '../../text.ts';

/** A modal as `views.open` takes it. */
export interface Modal {
  readonly type: 'modal';
  readonly callback_id: string;
  readonly title: Plain;
  readonly close: Plain;
  readonly submit?: Plain;
  /** At most 3,000 characters. */
  readonly private_metadata: string;
  readonly blocks: readonly Block[];
}

export interface HomeView {
  readonly type: 'home';
  readonly blocks: readonly Block[];
}

export interface Plain {
  readonly type: 'plain_text';
  readonly text: string;
  readonly emoji: boolean;
}

/** What a modal is about: all that a submission needs, so that any replica can serve it. */
export interface About {
  readonly namespace: string;
  /** Absent: a new incident. */
  readonly name?: string;
  readonly uid?: string;
  /** How it stood when the modal was opened: what act() tests. */
  readonly shown?: Shown;
  readonly drill?: boolean;
  /** Where it was asked for, and so where the outcome is told. */
  readonly channel?: string;
}

/** Every input's `action_id`. Without the prefix of buttons: it asks for nothing by itself. */
export const inputId = 'value';

/** Slack refuses a whole view for one empty text. */
export const plain = (words: string, most = 75): Plain => {
  const shown = slackPlain(words, most);
  return { type: 'plain_text', text: isBlank(shown) ? '(blank)' : shown, emoji: true };
};
export const mrkdwn = (words: string) => ({ type: 'mrkdwn', text: words, verbatim: true }) as const;
export const section = (words: string, more: Json = {}): Block => ({ type: 'section', text: mrkdwn(words), ...more });
export const context = (words: string): Block => ({ type: 'context', elements: [mrkdwn(words)] });

/** `what`: its callback id is `ac.<what>`. */
export function modal(what: string, title: string, submit: string, about: About, blocks: readonly Block[]): Modal {
  return {
    type: 'modal',
    callback_id: `ac.${what}`,
    title: plain(title, 24),
    submit: plain(submit, 24),
    close: plain('Cancel', 24),
    private_metadata: JSON.stringify(about),
    blocks,
  };
}

/** A modal that only says something. */
export function note(title: string, blocks: readonly Block[]): Modal {
  return {
    type: 'modal',
    callback_id: 'ac.note',
    title: plain(title, 24),
    close: plain('Close', 24),
    private_metadata: '',
    blocks,
  };
}

interface Input {
  /** The path of the field in the CRD: what the API server refuses is shown there. */
  readonly field: string;
  readonly label: string;
  readonly hint?: string;
  readonly optional?: boolean;
}

function input({ field, label, hint, optional = false }: Input, element: Json): Block {
  return {
    type: 'input',
    block_id: field,
    label: plain(label, 2_000),
    element: { ...element, action_id: inputId },
    optional,
    ...(hint === undefined ? {} : { hint: plain(hint, 2_000) }),
  };
}

/** UTF-16 units that one of Slack's inputs holds. */
export const inputMost = 3_000;

/** What an input is filled with: all of `words`, or what an input of `most` characters holds of them; '' when nothing is seen. */
export function filledWith(words: string, most: number): string {
  if (isBlank(words)) return '';
  return lengthOf(words) <= most && words.length <= inputMost ? words : cut(words, Math.min(most, inputMost));
}

/**
 * `most`: characters as the API server counts them. An emoji is one or two to Slack, so a text that is longer there gets
 * more room, and the submission counts again. What the input does not hold, the hint tells; `rest` says what becomes of it.
 */
export function textInput(
  of: Input,
  {
    most,
    lines = false,
    initial = '',
    placeholder,
    rest = 'What is missing stands in the answer that only you see.',
  }: { most: number; lines?: boolean; initial?: string; placeholder?: string; rest?: string },
): Block {
  const kept = filledWith(initial, most);
  const shown =
    kept === initial || kept === ''
      ? undefined
      : `Shown are the first ${lengthOf(kept) - 1} of ${lengthOf(initial)} characters. ${rest}`;
  const hint = [shown, of.hint].filter((words) => words !== undefined).join(' ');
  return input(
    { ...of, ...(hint === '' ? {} : { hint }) },
    {
      type: 'plain_text_input',
      multiline: lines,
      max_length: Math.min(kept.length > most ? 2 * most : most, inputMost),
      ...(kept === '' ? {} : { initial_value: kept }),
      ...(placeholder === undefined ? {} : { placeholder: plain(placeholder, 150) }),
    },
  );
}

const option = ({ value, label }: Option): Json => ({ text: plain(label, 75), value });

export function select(of: Input, options: readonly Option[], initial?: string): Block {
  const chosen = options.find(({ value }) => value === initial);
  return input(of, {
    type: 'static_select',
    options: options.slice(0, 100).map(option),
    ...(chosen ? { initial_option: option(chosen) } : {}),
  });
}

export const selectSeveral = (of: Input, options: readonly Option[]): Block =>
  input(of, { type: 'multi_static_select', options: options.slice(0, 100).map(option) });

export const selectPerson = (of: Input, initial?: string): Block =>
  input(of, { type: 'users_select', ...(initial === undefined ? {} : { initial_user: initial }) });

/** undefined: not written by this version. */
export function readAbout(metadata: string): About | undefined {
  let value: Json;
  try {
    value = object(JSON.parse(metadata));
  } catch {
    return undefined;
  }
  const [namespace, name, uid, channel] = ['namespace', 'name', 'uid', 'channel'].map((key) => text(value[key]));
  if (!namespace) return undefined;
  const shown = readShown(value['shown']);
  return {
    namespace,
    ...(name ? { name } : {}),
    ...(uid ? { uid } : {}),
    ...(shown ? { shown } : {}),
    ...(value['drill'] === true ? { drill: true } : {}),
    ...(channel ? { channel } : {}),
  };
}

function readShown(value: unknown): Shown | undefined {
  const one = object(value);
  const state = incidentStates.find((s) => s === one['state']);
  const severity = severities.find((s) => s === one['severity']);
  const level = Number(one['level']);
  if (!state || !severity || !Number.isInteger(level)) return undefined;
  const roles = Object.entries(object(one['roles'])).map(([role, who]) => [role, text(who)] as const);
  const { title, description } = object(one['texts']);
  return {
    state,
    severity,
    level,
    ...(one['roles'] === undefined ? {} : { roles: Object.fromEntries(roles) }),
    ...(one['texts'] === undefined ? {} : { texts: { title: text(title), description: text(description) } }),
  };
}

/** What the text inputs of a submitted view were filled with, by `block_id`, as far as Slack tells. */
export function readFilled(view: unknown): Readonly<Record<string, string>> {
  const found = objects(object(view)['blocks']).flatMap((block) => {
    const { type, initial_value: initial } = object(block['element']);
    return type === 'plain_text_input' ? [[text(block['block_id']), text(initial)] as const] : [];
  });
  return Object.fromEntries(found);
}

/** What stands in the inputs of a submitted view, by `block_id`. Nothing chosen is absent; text is trimmed. */
export function readInputs(view: unknown): Readonly<Record<string, string | readonly string[]>> {
  const values = object(object(object(view)['state'])['values']);
  const found = Object.entries(values).flatMap(([field, actions]) => {
    const said = valueOf(object(object(actions)[inputId]));
    return said === undefined || said.length === 0 ? [] : [[field, said] as const];
  });
  return Object.fromEntries(found);
}

function valueOf(state: Json): string | readonly string[] | undefined {
  switch (state['type']) {
    case 'plain_text_input':
      return text(state['value']).trim();
    case 'static_select':
      return text(object(state['selected_option'])['value']);
    case 'users_select':
      return text(state['selected_user']);
    case 'multi_static_select':
      return Array.isArray(state['selected_options'])
        ? state['selected_options'].map((one) => text(object(one)['value'])).filter((one) => one !== '')
        : [];
    default:
      return undefined;
  }
}
