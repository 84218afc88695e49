import { isObject, type Json, object, objects, text } from './json.ts';
import type { ViewState } from './views.ts';

/** What a person types or chooses: a text, ids, or the `value` of options; null empties it. */
export type Input = string | readonly string[] | null;

interface Field {
  readonly block: Json;
  readonly blockId: string;
  readonly element: Json;
  readonly actionId: string;
}

/** Everything in a view or message that holds a value. */
export function fields(blocks: readonly Json[]): Field[] {
  return blocks.flatMap((block) => {
    const inside = [
      block['element'],
      block['accessory'],
      ...(block['type'] === 'actions' ? objects(block['elements']) : []),
    ];
    return inside
      .filter(isObject)
      .filter((element) => !['button', 'image', 'overflow'].includes(text(element['type'])))
      .map((element) => ({
        block,
        element,
        blockId: text(block['block_id']),
        actionId: text(element['action_id']),
      }));
  });
}

/** What stands in the fields: what was kept, else what the app put there. */
export function stateOf(blocks: readonly Json[], kept: ViewState): ViewState {
  const state: Record<string, Record<string, Json>> = {};
  for (const { element, blockId, actionId } of fields(blocks)) {
    const old = kept[blockId]?.[actionId];
    const same = old !== undefined && old['type'] === element['type'];
    state[blockId] = { ...state[blockId], [actionId]: same ? old : valueOf(element, initial(element)) };
  }
  return state;
}

/** The state after a person's input, named by block_id or action_id. Throws for a field or an option that is not there. */
export function typedInto(
  blocks: readonly Json[],
  kept: ViewState,
  inputs: Readonly<Record<string, Input>>,
): ViewState {
  const state = structuredClone(stateOf(blocks, kept)) as Record<string, Record<string, Json>>;
  for (const [name, input] of Object.entries(inputs)) {
    const all = fields(blocks);
    const field = all.find(({ blockId }) => blockId === name) ?? all.find(({ actionId }) => actionId === name);
    if (!field) {
      throw new Error(
        `no field ${name}; there are ${all.map(({ blockId, actionId }) => `${blockId} (${actionId})`).join(', ')}`,
      );
    }
    state[field.blockId] = { ...state[field.blockId], [field.actionId]: valueOf(field.element, input) };
  }
  return state;
}

/** What Slack itself says at a field before anything is sent. */
export function missing(blocks: readonly Json[], state: ViewState): Record<string, string> {
  const said: Record<string, string> = {};
  for (const { block, element, blockId, actionId } of fields(blocks)) {
    if (block['type'] !== 'input') continue;
    const given = plainValue(state[blockId]?.[actionId] ?? {});
    const size = typeof given === 'string' ? given.length : given.length;
    const [least, most] = [Number(element['min_length'] ?? 0), Number(element['max_length'] ?? 3_000)];
    if (size === 0 && block['optional'] !== true) said[blockId] = 'Please complete this required field.';
    else if (typeof given !== 'string' || size === 0) continue;
    else if (size < least) said[blockId] = `Please use at least ${least} characters.`;
    else if (size > most) said[blockId] = `Please use at most ${most} characters.`;
    else if (element['type'] === 'number_input' && Number.isNaN(Number(given)))
      said[blockId] = 'Please enter a number.';
    else if (element['type'] === 'url_text_input' && !/^https?:\/\/\S+$/.test(given))
      said[blockId] = 'Please enter a URL.';
    else if (element['type'] === 'email_text_input' && !/^\S+@\S+$/.test(given))
      said[blockId] = 'Please enter an e-mail address.';
  }
  return said;
}

/** A state's value as a person gave it. */
export function plainValue(value: Json): string | string[] {
  const type = text(value['type']);
  if (type === 'static_select' || type === 'radio_buttons') return option(value['selected_option']);
  if (type === 'multi_static_select' || type === 'checkboxes') return objects(value['selected_options']).map(option);
  const [, multi, kind] = /^(multi_)?(user|conversation|channel)s_select$/.exec(type) ?? [];
  if (kind !== undefined) {
    const many = value[`selected_${kind}s`];
    return multi ? (Array.isArray(many) ? many.map(text) : []) : text(value[`selected_${kind}`]);
  }
  const [, picked] = /^(date|time)picker$/.exec(type) ?? [];
  if (picked !== undefined) return text(value[`selected_${picked}`]);
  return type === 'datetimepicker' ? text(value['selected_date_time']) : text(value['value']);
}

const option = (one: unknown): string => text(object(one)['value']);

function valueOf(element: Json, input: Input): Json {
  const type = text(element['type']);
  const one = Array.isArray(input) ? text(input[0]) : text(input);
  const many = (Array.isArray(input) ? input.map(text) : [text(input)]).filter((each) => each !== '');
  const chosen = (value: string): Json => {
    const found = objects(element['options']).find((each) => each['value'] === value);
    if (!found) {
      const there = objects(element['options']).map((each) => text(each['value']));
      throw new Error(`no option ${value} in ${text(element['action_id'])}; there are ${there.join(', ')}`);
    }
    return found;
  };
  if (type === 'static_select' || type === 'radio_buttons') {
    return { type, selected_option: one === '' ? null : chosen(one) };
  }
  if (type === 'multi_static_select' || type === 'checkboxes') return { type, selected_options: many.map(chosen) };
  const [, multi, kind] = /^(multi_)?(user|conversation|channel)s_select$/.exec(type) ?? [];
  if (kind !== undefined)
    return multi ? { type, [`selected_${kind}s`]: many } : { type, [`selected_${kind}`]: one || null };
  const [, picked] = /^(date|time)picker$/.exec(type) ?? [];
  if (picked !== undefined) return { type, [`selected_${picked}`]: one || null };
  if (type === 'datetimepicker') return { type, selected_date_time: one === '' ? null : Number(one) };
  return { type, value: one === '' ? null : one };
}

function initial(element: Json): Input {
  const first = option(element['initial_option']);
  if (first !== '') return first;
  const options = objects(element['initial_options']).map(option);
  if (options.length > 0) return options;
  for (const [name, value] of Object.entries(element)) {
    if (!name.startsWith('initial_')) continue;
    if (Array.isArray(value)) return value.map(text);
    if (typeof value === 'string' || typeof value === 'number') return String(value);
  }
  return null;
}
