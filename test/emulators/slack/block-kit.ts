import { Ajv } from 'ajv';
import { object, objects } from './json.ts';

// https://docs.slack.dev/reference/block-kit/blocks: sizes are Slack's; unknown properties are refused there too.
const text = (most: number, ...types: ('plain_text' | 'mrkdwn')[]): object => ({
  type: 'object',
  required: ['type', 'text'],
  additionalProperties: false,
  properties: {
    type: { enum: types },
    text: { type: 'string', minLength: 1, maxLength: most },
    emoji: { type: 'boolean' },
    verbatim: { type: 'boolean' },
  },
});
const plain = (most: number): object => text(most, 'plain_text');
const either = (most: number): object => text(most, 'plain_text', 'mrkdwn');
const id = { type: 'string', minLength: 1, maxLength: 255 };
const url = { type: 'string', pattern: '^(https?|slack|mailto):', maxLength: 3000 };

const confirm = {
  type: 'object',
  required: ['title', 'text', 'confirm', 'deny'],
  additionalProperties: false,
  properties: {
    title: plain(100),
    text: either(300),
    confirm: plain(30),
    deny: plain(30),
    style: { enum: ['primary', 'danger'] },
  },
};
const options = (most: number): object => ({
  type: 'array',
  minItems: 1,
  maxItems: most,
  items: {
    type: 'object',
    required: ['text', 'value'],
    additionalProperties: false,
    properties: {
      text: either(75),
      value: { type: 'string', minLength: 1, maxLength: 150 },
      description: either(75),
      url,
    },
  },
});
const part = (type: string, required: string[], properties: object): object => ({
  required: ['type', ...required],
  additionalProperties: false,
  properties: { type: { const: type }, ...properties },
});
const element = (type: string, required: string[], properties: object): object =>
  part(type, required, { action_id: id, confirm, ...properties });
const image = part('image', ['alt_text'], {
  image_url: url,
  slack_file: { type: 'object' },
  alt_text: { type: 'string', minLength: 1, maxLength: 2000 },
});
const staticSelects = ['static_select', 'multi_static_select'].map((type) =>
  element(type, ['options'], {
    placeholder: plain(150),
    options: options(100),
    initial_option: { type: 'object' },
    initial_options: { type: 'array' },
    max_selected_items: { type: 'integer', minimum: 1 },
    focus_on_load: { type: 'boolean' },
  }),
);
const placeSelects = ['users', 'conversations', 'channels'].flatMap((what) =>
  [`${what}_select`, `multi_${what}_select`].map((type) =>
    element(type, [], {
      placeholder: plain(150),
      [`initial_${what.slice(0, -1)}`]: { type: 'string' },
      [`initial_${what}`]: { type: 'array', items: { type: 'string' } },
      max_selected_items: { type: 'integer', minimum: 1 },
      response_url_enabled: { type: 'boolean' },
      focus_on_load: { type: 'boolean' },
      ...(what === 'conversations'
        ? { default_to_current_conversation: { type: 'boolean' }, filter: { type: 'object' } }
        : {}),
    }),
  ),
);
const buttonGroups = ['radio_buttons', 'checkboxes'].map((type) =>
  element(type, ['options'], {
    options: options(10),
    initial_option: { type: 'object' },
    initial_options: { type: 'array' },
    focus_on_load: { type: 'boolean' },
  }),
);
const pickers = ['date', 'time'].map((what) =>
  element(`${what}picker`, [], {
    placeholder: plain(150),
    [`initial_${what}`]: { type: 'string' },
    timezone: { type: 'string' },
    focus_on_load: { type: 'boolean' },
  }),
);
const datetime = element('datetimepicker', [], {
  initial_date_time: { type: 'integer' },
  focus_on_load: { type: 'boolean' },
});
/** Only in an input block. */
const typed = [
  element('plain_text_input', [], {
    placeholder: plain(150),
    initial_value: { type: 'string', maxLength: 3000 },
    multiline: { type: 'boolean' },
    min_length: { type: 'integer', minimum: 0, maximum: 3000 },
    max_length: { type: 'integer', minimum: 1, maximum: 3000 },
    dispatch_action_config: { type: 'object' },
    focus_on_load: { type: 'boolean' },
  }),
  ...['number', 'email_text', 'url_text'].map((what) =>
    element(`${what}_input`, what === 'number' ? ['is_decimal_allowed'] : [], {
      placeholder: plain(150),
      initial_value: { type: 'string' },
      is_decimal_allowed: { type: 'boolean' },
      min_value: { type: 'string' },
      max_value: { type: 'string' },
      focus_on_load: { type: 'boolean' },
    }),
  ),
];
const interactive = [
  element('button', ['text'], {
    text: plain(75),
    url,
    value: { type: 'string', maxLength: 2000 },
    style: { enum: ['primary', 'danger'] },
    accessibility_label: { type: 'string', maxLength: 75 },
  }),
  ...staticSelects,
  ...placeSelects,
  ...buttonGroups,
  ...pickers,
  datetime,
  element('overflow', ['options'], { options: options(5) }),
];
const oneOf = (choices: object[]): object => ({
  type: 'object',
  required: ['type'],
  discriminator: { propertyName: 'type' },
  oneOf: choices,
});
const block = (type: string, required: string[], properties: object): object =>
  part(type, required, { block_id: id, ...properties });
/** A context block takes a text object or an image; told apart by `type`. */
const contextElement = oneOf([
  part('plain_text', ['text'], { text: { type: 'string', minLength: 1, maxLength: 3000 }, emoji: { type: 'boolean' } }),
  part('mrkdwn', ['text'], { text: { type: 'string', minLength: 1, maxLength: 3000 }, verbatim: { type: 'boolean' } }),
  image,
]);

const ajv = new Ajv({ discriminator: true, strict: false });
const items = oneOf([
  {
    ...block('section', [], {
      text: either(3000),
      fields: { type: 'array', minItems: 1, maxItems: 10, items: either(2000) },
      accessory: oneOf([...interactive, image]),
      expand: { type: 'boolean' },
    }),
    anyOf: [{ required: ['text'] }, { required: ['fields'] }],
  },
  block('header', ['text'], { text: plain(150) }),
  block('divider', [], {}),
  block('context', ['elements'], {
    elements: { type: 'array', minItems: 1, maxItems: 10, items: contextElement },
  }),
  block('actions', ['elements'], {
    elements: { type: 'array', minItems: 1, maxItems: 25, items: oneOf(interactive) },
  }),
  block('image', ['alt_text'], {
    image_url: url,
    slack_file: { type: 'object' },
    alt_text: { type: 'string', minLength: 1, maxLength: 2000 },
    title: plain(2000),
  }),
  block('markdown', ['text'], { text: { type: 'string', minLength: 1, maxLength: 12_000 } }),
  block('rich_text', ['elements'], { elements: { type: 'array', minItems: 1 } }),
  block('input', ['label', 'element'], {
    label: plain(2000),
    element: oneOf([...typed, ...staticSelects, ...placeSelects, ...buttonGroups, ...pickers, datetime]),
    hint: plain(2000),
    optional: { type: 'boolean' },
    dispatch_action: { type: 'boolean' },
  }),
]);
const validate = {
  message: ajv.compile({ type: 'array', maxItems: 50, items }),
  view: ajv.compile({ type: 'array', maxItems: 100, items }),
};
const validateView = ajv.compile(
  oneOf([
    part('modal', ['title', 'blocks'], {
      title: plain(24),
      close: plain(24),
      submit: plain(24),
      blocks: { type: 'array' },
      private_metadata: { type: 'string', maxLength: 3000 },
      callback_id: { type: 'string', maxLength: 255 },
      external_id: { type: 'string', maxLength: 255 },
      clear_on_close: { type: 'boolean' },
      notify_on_close: { type: 'boolean' },
      submit_disabled: { type: 'boolean' },
    }),
    part('home', ['blocks'], {
      blocks: { type: 'array' },
      private_metadata: { type: 'string', maxLength: 3000 },
      callback_id: { type: 'string', maxLength: 255 },
      external_id: { type: 'string', maxLength: 255 },
    }),
  ]),
);

export interface KitError {
  readonly error: string;
  readonly messages: readonly string[];
}

type Problem = { readonly message?: string | undefined; readonly instancePath: string };

const worded = (problems: readonly Problem[] | null | undefined): string[] =>
  (problems ?? []).map((one) => `[ERROR] ${one.message ?? 'invalid'} [json-pointer:${one.instancePath}]`);

/** What Slack would say to these blocks in a message; undefined when it would take them. */
export function blocksError(blocks: unknown): KitError | undefined {
  if (blocks === undefined) return undefined;
  const wrong = wrongBlocks(blocks, 'message');
  if (wrong) return { error: 'invalid_blocks', messages: wrong };
  // Undocumented; seen near 13,200 characters: https://github.com/slackapi/bolt-js/issues/2509
  if (JSON.stringify(blocks).length > 13_000) return { error: 'msg_blocks_too_long', messages: [] };
  return undefined;
}

const refused = (messages: readonly string[]): KitError => ({ error: 'invalid_arguments', messages });

/** What Slack would say to a view, https://docs.slack.dev/reference/views; undefined when it would take it. */
export function viewError(view: unknown): KitError | undefined {
  if (!validateView(view)) return refused(worded(validateView.errors));
  const { blocks, submit, type } = object(view);
  const wrong = wrongBlocks(blocks, 'view');
  if (wrong) return refused(wrong);
  const asks = objects(blocks).some((one) => one['type'] === 'input');
  if (type === 'modal' && asks && submit === undefined) {
    return refused(['[ERROR] a view with input blocks needs `submit` [json-pointer:/view]']);
  }
  if (Buffer.byteLength(JSON.stringify(view)) > 250_000) return { error: 'view_too_large', messages: [] };
  return undefined;
}

function wrongBlocks(blocks: unknown, surface: 'message' | 'view'): string[] | undefined {
  const valid = validate[surface];
  if (!valid(blocks)) return worded(valid.errors);
  const list = objects(blocks);
  if (repeats(list.map((one) => one['block_id']))) return ['[ERROR] block_id is not unique'];
  if (list.some((one) => repeats(objects(one['elements']).map((inner) => inner['action_id'])))) {
    return ['[ERROR] action_id is not unique in its block'];
  }
  return undefined;
}

function repeats(ids: readonly unknown[]): boolean {
  const named = ids.filter((one) => one !== undefined);
  return new Set(named).size !== named.length;
}
