import type { Capability } from './capability.ts';

/** within {channel, ts}: a message at the top of its channel. */
export const pin: Capability<Readonly<Record<string, never>>, 'channel' | 'ts'> = {
  plural: 'pins',
  ref: ['channel', 'ts'],
  told: 'first',
  // Its trouble is its own: the live status stands without it.
  words: ({ state }) => ({ thing: state === 'Done' ? 'Live status' : 'Pin', done: 'pinned' }),
  brief: () => 'the live status',
  pretend: (_, within) => ({ ref: within }),
};
