import type { ReasonLine } from '../../runtime/reasons.ts';

/** Reasons of GitHub's refusals. */
export const githubReasons = {
  RepositoryNotFound: {
    means: 'The repository does not exist, or the credentials cannot see it.',
    todo: 'Correct owner and repo (or the git address), or give the credentials access.',
  },
  RepositoryMoved: {
    means: 'The repository has another name now.',
    todo: 'Name its new place in the Integration.',
  },
  InsufficientPermission: {
    means: "The token's user may not label issues, by which they are found again.",
    todo: 'Give it the role Triage or Write.',
  },
  IssuesDisabled: {
    means: 'Issues are switched off in the repository.',
    todo: 'Switch them on, or leave tickets out of the policy (`tickets: []`).',
  },
  PullRequestExists: {
    means: "A foreign pull request of the record's branch is open.",
    todo: 'Close it.',
  },
} as const satisfies Readonly<Record<string, ReasonLine>>;
