import type { ReasonLine } from '../runtime/reasons.ts';

/** What a phase waits for. */
export const waitReasons = {
  WaitingForIncident: {
    means: 'The incident’s status does not count this entry yet; a crash came between.',
    todo: 'Wait.',
  },
  WaitingForNumber: {
    means: 'The incident has no number yet.',
    todo: 'Wait; if it lasts, look whether a controller runs.',
  },
  WaitingForChannel: {
    means: 'The channel is not open yet.',
    todo: 'Wait; if it lasts, look at ChannelReady.',
  },
  WaitingForLiveStatus: {
    means: 'The live status is not posted yet, and receipts are replies to it.',
    todo: 'Wait; if it lasts, look at LiveStatusPosted.',
  },
  GatheringReceipts: {
    means: 'The first receipt waits two seconds, to hold the first outcomes.',
    todo: 'Wait.',
  },
  WaitingForTicket: {
    means: 'A ticket is being filed; the comment follows.',
    todo: 'Wait; if it lasts, look at TicketsFiled.',
  },
  WaitingForOutcomes: {
    means: 'The record waits up to 30 seconds for the last notices, so that it holds them.',
    todo: 'Wait.',
  },
  WaitingForRecord: {
    means: "The pull request follows the record's first commit.",
    todo: 'Wait; if it lasts, look at RecordCommitted.',
  },
  WaitingForBookmark: {
    means: 'A link takes the place of a bookmark that nobody wants any more, and that is still being looked for.',
    todo: 'Wait; if it lasts, look at the Integration.',
  },
} as const satisfies Readonly<Record<string, ReasonLine>>;
