import type { Doc } from '../../controller/document/doc.ts';

/** A document of one sentence. */
export const aDoc = (sentence: string, more: Partial<Doc> = {}): Doc => ({
  title: '',
  line: sentence,
  parts: [{ line: [sentence] }],
  ...more,
});

/** A document of people's words under a title, as a ticket has it. */
export const aTitledDoc = (title: string, text: string): Doc => ({ title, line: title, parts: [{ text }] });
