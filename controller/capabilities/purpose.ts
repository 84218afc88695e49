import type { Capability } from './capability.ts';

/** within {channel}. The channel's purpose; the adapter appends the marker. */
export const purpose: Capability<{ readonly text: string }, 'channel'> = {
  plural: 'purposes of channels',
  ref: ['channel'],
  told: 'first',
  words: () => ({ thing: 'Channel purpose', done: 'set' }),
  brief: ({ text }) => text,
  pretend: (_, within) => ({ ref: within }),
};
