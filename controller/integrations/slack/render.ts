import type { Doc, Part } from '../../document/doc.ts';
import { isBlank, joinWithin } from '../../text.ts';
import { context, mrkdwn, section, type Block } from './blocks.ts';
import { buttonsOf } from './buttons.ts';
import { mrkdwnLine, mrkdwnLink, type IdOf } from './line.ts';
import { slackLine, slackPlain, slackText } from './text.ts';

/** What `chat.postMessage` and `chat.update` take. */
export interface Content {
  readonly text: string;
  readonly blocks: readonly Block[];
}

/** Characters for people's words in one message, all texts together: near 13,000 of blocks Slack refuses the message. */
const mostWords = 4_800;
/** Of one text: a section holds 3,000. */
const mostText = 2_900;
/** A section holds no more: https://docs.slack.dev/reference/block-kit/blocks/section-block. */
const mostFields = 10;

/** A document as a message of Slack's, within Slack's limits. */
export function render(doc: Doc, idOf: IdOf): Content {
  const { mark, title, line, parts } = doc;
  const marked = mark === undefined ? '' : `${mark} `;
  const texts = parts.filter((part) => 'text' in part).length;
  const each = Math.min(mostText, Math.floor(mostWords / Math.max(1, texts)));
  return {
    text: `${marked}${slackLine(line, 1_200)}`,
    blocks: [
      ...(title === '' ? [] : [header(`${marked}${title}`)]),
      ...parts.flatMap((part) => blocksOf(part, idOf, each)),
      ...buttonsOf(doc),
    ],
  };
}

const header = (text: string): Block => ({
  type: 'header',
  text: { type: 'plain_text', text: slackPlain(text, 150), emoji: false },
});

function blocksOf(part: Part, idOf: IdOf, most: number): Block[] {
  if ('facts' in part) {
    const fields = part.facts
      .slice(0, mostFields)
      .map(([name, value]) => mrkdwn(`*${slackLine(name, 60)}*\n${mrkdwnLine(value, idOf, 400)}`));
    return fields.length === 0 ? [] : [{ type: 'section', fields }];
  }
  if ('text' in part) {
    if (isBlank(part.text)) return [];
    const title = part.title === undefined ? '' : `*${slackLine(part.title, 150)}*\n`;
    return [section(`${title}${slackText(part.text, most, part.more)}`)];
  }
  if ('line' in part) return [section(mrkdwnLine(part.line, idOf, most))];
  if ('links' in part)
    return part.links.length === 0 ? [] : [section(joinWithin(part.links.map(mrkdwnLink), ' · ', 2_500))];
  const notes = part.notes.map((note) => mrkdwnLine(note, idOf, 1_000)).filter((note) => note !== '');
  return notes.length === 0 ? [] : [context(joinWithin(notes, '\n', 1_500))];
}
