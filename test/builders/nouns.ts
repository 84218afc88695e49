import type { Noun } from '../../controller/document/words.ts';

/** What an incident's tickets and reviews are called where they are GitHub's. */
export const githubNoun: Noun = (kind) => (kind === 'ticket' ? 'GitHub issue' : 'GitHub pull request');
