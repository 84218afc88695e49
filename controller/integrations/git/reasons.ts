import type { ReasonLine } from '../../runtime/reasons.ts';

/** Reasons of git's refusals. */
export const gitReasons = {
  GitUrlRefused: {
    means: 'The address is none that may be used.',
    todo: 'Correct spec.provider.git.url: https, or ssh.',
  },
  BranchNotFound: {
    means: 'The branch that the record is merged into does not exist, or is not seen yet.',
    todo: 'Give the repository a first commit, or correct spec.provider.git.branch.',
  },
  BranchBusy: {
    means: "Others kept pushing to the record's branch.",
    todo: 'Wait; it is tried again by itself.',
  },
  BranchRefused: {
    means: "The record's branch may not have that name.",
    todo: "Correct the policy's record.",
  },
  PathRefused: {
    means: "The record's folder may not have that path.",
    todo: "Correct the policy's record.folder.",
  },
  FolderTaken: {
    means: "The record's folder holds what is somebody else's; the message says whose.",
    todo: 'A folder with the uid is used instead. If this stays, move those files elsewhere.',
  },
  BranchTaken: {
    means: "The record's branch is somebody else's; the message says what it holds.",
    todo: 'A branch with the uid is used instead. If this stays, rename or remove that branch.',
  },
  PathTaken: {
    means: "A file is where the record's folder should be, or the other way round.",
    todo: "Remove or rename it, or correct the policy's record.folder.",
  },
  PushRefused: {
    means: 'The server refused the push, for one by a branch rule.',
    todo: 'Let the bot push branches that begin with postmortem/; it is tried again each minute.',
  },
  GitFailed: {
    means: 'git itself failed here, in a new clone, too; the message says how.',
    todo: "Look at the free space of the controller's temporary folder; it is tried again by itself.",
  },
} as const satisfies Readonly<Record<string, ReasonLine>>;
