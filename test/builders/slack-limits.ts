import { expect } from 'vitest';
import type { Desired } from '../../controller/integrations/capabilities.ts';

interface TextObject {
  readonly type: string;
  readonly text: string;
}

/** Every text object of a message, with the block that holds it. */
export function textsOf(message: Desired['message']): { block: string; text: TextObject; most: number }[] {
  return message.blocks.flatMap((block) => {
    const {
      type,
      text,
      fields = [],
      elements = [],
    } = block as unknown as {
      type: string;
      text?: TextObject;
      fields?: TextObject[];
      elements?: TextObject[];
    };
    const most = type === 'header' ? 150 : 3_000;
    return [
      ...(text === undefined ? [] : [{ block: type, text, most }]),
      ...fields.map((field) => ({ block: type, text: field, most: 2_000 })),
      ...elements.map((element) => ({ block: type, text: element, most: 3_000 })),
    ];
  });
}

/** Slack's documented limits, and the undocumented one near 13,000 for a whole message. */
export function expectWithinLimits(message: Desired['message']): void {
  expect(message.blocks.length).toBeLessThanOrEqual(50);
  expect(message.text.length).toBeGreaterThan(0);
  expect(message.text.length).toBeLessThanOrEqual(4_000);
  for (const block of message.blocks) {
    const { fields, elements } = block as { fields?: unknown[]; elements?: unknown[] };
    expect(fields?.length ?? 0).toBeLessThanOrEqual(10);
    expect(elements?.length ?? 0).toBeLessThanOrEqual(10);
  }
  for (const { text, most } of textsOf(message)) {
    expect(text.text.length).toBeGreaterThan(0);
    expect(text.text.length).toBeLessThanOrEqual(most);
  }
  expect(JSON.stringify(message.blocks).length).toBeLessThan(13_000);
}

/**
 * In mrkdwn only `<http…|…>` links may begin with an angle bracket: a mention or command would be live. In plain_text
 * there is no bracket at all.
 */
export function expectNothingLive(message: Desired['message']): void {
  expectDeadText(message.text);
  for (const { text } of textsOf(message)) {
    if (text.type === 'plain_text') expect(text.text).not.toMatch(/[<>]|@(?:channel|here|everyone)/i);
    else expectDeadText(text.text);
  }
}

export function expectDeadText(mrkdwn: string): void {
  const withoutLinks = mrkdwn.replaceAll(/<https?:\/\/[^<>|\s]+\|[^<>|\n]+>/g, '');
  expect(withoutLinks).not.toMatch(/[<>]/);
  expect(withoutLinks).not.toMatch(/&(?!amp;|lt;|gt;)/);
  expect(mrkdwn).not.toMatch(/@(?:channel|here|everyone)/i);
}
