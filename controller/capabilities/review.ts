import { capital, withName, type Capability } from './capability.ts';

export interface ReviewDesired {
  readonly branch: string;
  readonly base: string;
  readonly title: string;
  /** Markdown. */
  readonly body: string;
  readonly draft: boolean;
  readonly reviewers: readonly string[];
  /** Names the ending that the branch is known to hold. */
  readonly ending?: string;
}

/**
 * A request to review `branch`. Facts: {state: Open|Closed|Merged, mergedAt?, carries: the ending that merging it accepts,
 * or accepted}.
 */
export const review: Capability<ReviewDesired> = {
  plural: 'pull requests',
  ref: ['pull', 'id'],
  told: 'last',
  words: ({ integration, ref, facts }, _, noun) => ({
    thing: withName(capital(noun('review', integration)), ref?.['id'] ?? numberSign(ref?.['pull'])),
    done: facts?.['state'] === 'Merged' ? 'merged' : 'opened',
  }),
  brief: ({ title }) => title,
  pretend: (_, __, unknown) => ({ ref: { id: unknown, pull: unknown }, facts: { state: 'Open' } }),
};

const numberSign = (id: string | undefined): string | undefined =>
  id === undefined ? undefined : `#${id.replace(/^#/, '')}`;
