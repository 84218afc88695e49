import type { KindName } from '../../controller/api/kinds.gen.ts';

/** One write and what the API server should say to it. */
export interface Case {
  readonly name: string;
  readonly kind: KindName;
  /** The spec that is created first; absent: the write is the create itself. */
  readonly before?: object;
  /** Then patched into status. */
  readonly status?: object;
  readonly metadata?: object;
  /** A merge patch, of the whole object or of its status alone; the spec if nothing was before. */
  readonly write: object;
  readonly on?: 'object' | 'status';
  /** The field it names and words of what it says; absent: accepted. */
  readonly refused?: { readonly field: string; readonly says: string };
}

export const dueToChange = (id: string, reason?: string): object => ({
  change: { id, source: 'Kubectl', ...(reason === undefined ? {} : { reason }) },
});

export const resolution = { summary: 'Re-deployed with the correct URL.' };
export const title = 'Mobile app login errors';
