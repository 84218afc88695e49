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
  Forbidden: {
    means: 'The credentials do not allow this.',
    todo: 'Give them the permission that the message names.',
  },
  IssuesDisabled: {
    means: 'Issues are switched off in the repository.',
    todo: 'Switch them on, or leave tickets out of the policy (`tickets: []`).',
  },
  ValidationFailed: {
    means: 'GitHub does not take the content.',
    todo: 'Read the message, and mend what it names.',
  },
  CertificateRefused: {
    means: "The server's certificate is not trusted.",
    todo: 'Give the controller its CA (NODE_EXTRA_CA_CERTS).',
  },
  TicketGone: {
    means: 'The issue to comment on was deleted or moved.',
    todo: 'Nothing; the update stands in the cluster and the record.',
  },
  TicketUnknown: {
    means: 'The issue to comment on is not known yet.',
    todo: 'Wait.',
  },
  PullRequestExists: {
    means: "A foreign pull request of the record's branch is open.",
    todo: 'Close it.',
  },
  Refused: {
    means: 'GitHub refused for another reason.',
    todo: 'Read the message, and mend what it names.',
  },
} as const satisfies Readonly<Record<string, ReasonLine>>;
