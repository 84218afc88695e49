import { Ajv } from 'ajv';
import { objects } from './json.ts';

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
const selects = ['static_select', 'multi_static_select'].map((type) =>
  element(type, ['options'], {
    placeholder: plain(150),
    options: options(100),
    initial_option: { type: 'object' },
    initial_options: { type: 'array' },
    max_selected_items: { type: 'integer', minimum: 1 },
  }),
);
const interactive = [
  element('button', ['text'], {
    text: plain(75),
    url,
    value: { type: 'string', maxLength: 2000 },
    style: { enum: ['primary', 'danger'] },
    accessibility_label: { type: 'string', maxLength: 75 },
  }),
  ...selects,
  element('users_select', [], { placeholder: plain(150), initial_user: { type: 'string' } }),
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

const validate = new Ajv({ discriminator: true, strict: false }).compile({
  type: 'array',
  maxItems: 50,
  items: oneOf([
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
  ]),
});

/** What Slack would say to these blocks in a message; undefined when it would take them. */
export function blocksError(blocks: unknown): { error: string; messages: string[] } | undefined {
  if (blocks === undefined) return undefined;
  if (!validate(blocks)) {
    const messages = (validate.errors ?? []).map(
      (e) => `[ERROR] ${e.message ?? 'invalid'} [json-pointer:${e.instancePath}]`,
    );
    return { error: 'invalid_blocks', messages };
  }
  const list = objects(blocks);
  if (repeats(list.map((one) => one['block_id']))) {
    return { error: 'invalid_blocks', messages: ['[ERROR] block_id is not unique'] };
  }
  if (list.some((one) => repeats(objects(one['elements']).map((inner) => inner['action_id'])))) {
    return { error: 'invalid_blocks', messages: ['[ERROR] action_id is not unique in its block'] };
  }
  // Undocumented; seen near 13,200 characters: https://github.com/slackapi/bolt-js/issues/2509
  if (JSON.stringify(blocks).length > 13_000) return { error: 'msg_blocks_too_long', messages: [] };
  return undefined;
}

function repeats(ids: readonly unknown[]): boolean {
  const named = ids.filter((one) => one !== undefined);
  return new Set(named).size !== named.length;
}
