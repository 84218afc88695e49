import type { Capability } from './capability.ts';

/** Stands for the number that the incident will get: long, so that no text holds it by chance. */
export const unknownNumber = 987_650_321;

/** The incident's number. */
export const number: Capability<Readonly<Record<string, never>>, 'number'> = {
  plural: 'numbers',
  ref: ['number'],
  told: 'never',
  words: () => ({ thing: 'Number', done: 'given' }),
  brief: () => 'INC-(known after number)',
  pretend: () => ({ ref: { number: String(unknownNumber) } }),
};
