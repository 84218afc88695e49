import type { ProductEffect } from '../capabilities/capabilities.ts';
import type { Phase } from '../runtime/phase.ts';
import { acceptance } from './phases/acceptance.ts';
import { bookmarks } from './phases/bookmarks.ts';
import { channel } from './phases/channel.ts';
import { farewell } from './phases/farewell.ts';
import { liveStatus } from './phases/live-status.ts';
import { members } from './phases/members.ts';
import { number } from './phases/number.ts';
import { receipts } from './phases/receipts.ts';
import { record } from './phases/record.ts';
import { review } from './phases/review.ts';
import { tickets } from './phases/tickets.ts';
import { triage } from './phases/triage.ts';
import type { IncidentScope } from './scope.ts';

/**
 * The product on one screen: what AllClear does for an Incident, in the order in which people read it.
 * Each phase owns one condition and is a pure function to effects; there are no barriers between them.
 * To add one: a file in phases/, a line here, a line in controller/reasons/ for each new reason.
 */
export const phases: readonly Phase<IncidentScope, ProductEffect>[] = [
  number, //     Numbered           INC-00447
  triage, //     TriagePosted       an alert that waits to be declared
  channel, //    ChannelReady       #inc-00447
  liveStatus, // LiveStatusPosted   one message, pinned, edited in place
  members, //    MembersInvited     commander, roles, the policy's invitees
  tickets, //    TicketsFiled       an issue that follows the incident
  bookmarks, //  BookmarksAdded     links at the top of the channel
  receipts, //   ReceiptsPosted     what was done, in a thread
  record, //     RecordCommitted    once resolved: timeline and post-mortem on a branch
  review, //     RecordProposed     a pull request for it
  acceptance, // RecordAccepted     merged by people
];

/** What is left to do for an Incident that was deleted. Deletion is no resolution. */
export const deletionPhases: readonly Phase<IncidentScope, ProductEffect>[] = [farewell];
