import type { Line } from '../document/doc.ts';
import type { Capability } from './capability.ts';

/** One reply of a thread. */
export interface ThreadLine {
  readonly key: string;
  readonly lines: readonly Line[];
  /** Only the new words of a line that stands there: where it does not, nothing is posted. */
  readonly amends?: true;
}

export interface ThreadDesired {
  readonly lines: readonly ThreadLine[];
}

/** within {channel, ts}: a thread of ours, one reply a line, edited in place. Receipts have no receipts. */
export const thread: Capability<ThreadDesired, 'channel' | 'ts'> = {
  plural: 'threads',
  ref: ['channel', 'ts'],
  told: 'never',
  words: () => ({ thing: 'Receipts', done: 'posted' }),
  brief: ({ lines }) => (lines.length === 1 ? '1 line' : `${lines.length} lines`),
  pretend: (_, { channel }, unknown) => ({ ref: { channel: channel ?? unknown, ts: unknown } }),
};
