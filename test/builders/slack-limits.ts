import type { Doc } from '../../controller/document/doc.ts';
import type { ThreadLine } from '../../controller/capabilities/thread.ts';
import { textOf } from '../../controller/integrations/slack/thread.ts';
import type { Block } from '../../controller/integrations/slack/blocks.ts';
import { render, type Content } from '../../controller/integrations/slack/render.ts';

export interface TextObject {
  readonly type: string;
  readonly text: string;
  /** Slack's limit where it stands. */
  readonly most: number;
}

/** A document as Slack shows it where it knows nobody. */
export const inSlack = (doc: Doc): Content => render(doc, () => undefined);

/** A line of a thread, likewise. */
export const threadTextOf = (line: ThreadLine): string => textOf(line, () => undefined);

/** Every text object of a message, in order. */
export const textsOf = (message: Content): TextObject[] =>
  message.blocks.flatMap((block) => [
    ...textObject(block['text'], block.type === 'header' ? 150 : 3_000),
    ...list(block, 'fields').flatMap((field) => textObject(field, 2_000)),
    ...list(block, 'elements').flatMap((element) => [
      ...textObject(element, 3_000),
      ...textObject(labelOf(element), 75),
    ]),
  ]);

function textObject(value: unknown, most: number): TextObject[] {
  if (typeof value !== 'object' || value === null || !('type' in value) || !('text' in value)) return [];
  if (typeof value.text !== 'string') return [];
  return [{ type: String(value.type), text: value.text, most }];
}

/** A button's. */
const labelOf = (element: unknown): unknown =>
  typeof element === 'object' && element !== null && 'text' in element ? element.text : undefined;

function list(block: Block, key: string): readonly unknown[] {
  const value: unknown = block[key];
  return Array.isArray(value) ? value : [];
}

/** What Slack would refuse or bring to life; empty when all is well. */
export function faultsOf(message: Content): string[] {
  const length = JSON.stringify(message.blocks).length;
  return [
    ...(message.blocks.length > 50 ? ['more than 50 blocks'] : []),
    // Undocumented: near 13,000 Slack answers msg_blocks_too_long.
    ...(length > 13_000 ? [`${length} characters of blocks`] : []),
    ...(message.text === '' || message.text.length > 4_000 ? [`a text of ${message.text.length} characters`] : []),
    ...message.blocks
      .filter((block) => list(block, 'fields').length > 10 || list(block, 'elements').length > 10)
      .map(({ type }) => `too many parts in a ${type}`),
    ...textsOf(message)
      .filter(({ text, most }) => text === '' || text.length > most)
      .map(({ type, text, most }) => `a ${type} of ${text.length} characters, at most ${most}`),
    ...liveIn(message.text),
    ...textsOf(message).flatMap(({ type, text }) =>
      type === 'plain_text' ? (/[<>]|@(?:channel|here|everyone)/i.test(text) ? [`live: ${text}`] : []) : liveIn(text),
    ),
  ];
}

/** In mrkdwn only a `<http…|…>` link, and a date of ours, may begin with an angle bracket: a mention or command would be live. */
export function liveIn(mrkdwn: string): string[] {
  const rest = mrkdwn
    .replaceAll(/<https?:\/\/[^<>|\s]+\|[^<>|\n]+>/g, '')
    .replaceAll(/<!date\^\d+\^\{date_short_pretty\}, \{time\}\|[-\d]{10} \d\d:\d\d UTC>/g, '');
  return /[<>]|&(?!amp;|lt;|gt;)|@(?:channel|here|everyone)/i.test(rest) ? [`live: ${mrkdwn}`] : [];
}
