import type { ReasonLine } from '../runtime/reasons.ts';

/** Reasons that only Events have. */
export const eventReasons = {
  Declared: {
    means: 'The incident was seen for the first time.',
    todo: 'Nothing.',
  },
  Triaged: {
    means: 'An Incident in state Triage was seen for the first time.',
    todo: 'Declare it, or close it.',
  },
  AllClear: {
    means: 'The incident was resolved.',
    todo: 'Nothing.',
  },
  CleanupAbandoned: {
    means: 'A deleted incident left its channel as it is; the message says why.',
    todo: 'Write a last line there by hand, if it matters.',
  },
  NumberDone: {
    means: 'The number was given.',
    todo: 'Nothing.',
  },
  ChannelDone: {
    means: 'The channel was opened.',
    todo: 'Nothing.',
  },
  PurposeDone: {
    means: "The channel's purpose was set.",
    todo: 'Nothing.',
  },
  MessageDone: {
    means: 'A message was posted.',
    todo: 'Nothing.',
  },
  PinDone: {
    means: 'The live status was pinned.',
    todo: 'Nothing.',
  },
  MembersDone: {
    means: 'People were invited.',
    todo: 'Nothing.',
  },
  BookmarkDone: {
    means: 'A bookmark was added.',
    todo: 'Nothing.',
  },
  ThreadDone: {
    means: 'The receipts thread was begun.',
    todo: 'Nothing.',
  },
  TicketDone: {
    means: 'A ticket was filed.',
    todo: 'Nothing.',
  },
  CommentDone: {
    means: 'A comment was added to a ticket.',
    todo: 'Nothing.',
  },
  RecordDone: {
    means: 'The record was committed.',
    todo: 'Nothing.',
  },
  ReviewDone: {
    means: "The record's pull request was opened.",
    todo: 'Nothing.',
  },
} as const satisfies Readonly<Record<string, ReasonLine>>;
