import type { ReasonLine } from '../runtime/reasons.ts';

/** Why a phase does nothing. */
export const notDoneReasons = {
  NotConfigured: {
    means:
      'No Integration in reach can do it, or the one that the policy names is not there. The capability is off; that is no error.',
    todo: 'To have it, apply an Integration (docs/examples/integrations.yaml), or correct the name in the policy.',
  },
  NotSupported: {
    means:
      'The vendor cannot do it, or what answers there cannot, as a Slack-compatible server without pins. Off until its Integration changes (on 404: one hour); no error.',
    todo: 'Nothing, or name another Integration in the policy; after an upgrade of that server, change the Integration (a label is not enough, its spec or Secret is) or restart the controller.',
  },
  Ambiguous: {
    means:
      'Several Integrations in reach could do it, and neither the policy nor spec.default says which. Nothing is made; the message names them.',
    todo: 'Name one in the field of the policy that the message says, or set spec.default: true in one of them. It goes on by itself.',
  },
  Quiet: {
    means: 'A Backfill, or an incident that was Resolved when first seen: only its record is written.',
    todo: 'Nothing.',
  },
  Drill: {
    means: 'A drill tells nobody outside the channel, files no ticket and leaves no record.',
    todo: 'Nothing.',
  },
  Triage: {
    means: 'It waits to be declared: until then it has a number and an alert, and nobody is told.',
    todo: 'Declare it (spec.state: Investigating), or close it.',
  },
  Dismissed: {
    means: 'It was closed in triage, so it never was an incident: no channel, no ticket, no record.',
    todo: 'Nothing; reopen it to declare it after all.',
  },
  NotInTriage: {
    means: 'It was declared without an alert in triage.',
    todo: 'Nothing.',
  },
  NobodyToInvite: {
    means: 'No role holder and no invitee has a mail address.',
    todo: 'Give mail addresses in spec.roles, or invitees in the policy.',
  },
  PeopleNotInvited: {
    means:
      "The people that the message names could not be invited, each with the vendor's word for it; all others were.",
    todo: "Correct their mail addresses in spec.roles or in the policy's invitees, or invite them by hand.",
  },
  NothingToBookmark: {
    means: 'There is no ticket and no link.',
    todo: 'To have some, add spec.links, or bookmarks in the policy.',
  },
  OnlyAllClear: {
    means: 'It tells of a change, and AllClear did not write it: nobody is told, no fact follows.',
    todo: 'Edit the Incident to change it; use type Note or Status to say something.',
  },
  ForResponders: {
    means: 'The update is for responders, so nobody else is told.',
    todo: 'To tell others, write one with the audience Stakeholders.',
  },
  NobodyToTell: {
    means: 'No notice of the policy is for this kind of update, and it names no channel.',
    todo: 'To tell somebody, add notices to the policy.',
  },
  NotForTickets: {
    means: 'Updates of this kind are not repeated on tickets.',
    todo: 'Nothing.',
  },
  NoTicket: {
    means: 'The incident has no ticket to comment on.',
    todo: 'Nothing.',
  },
  NoChannel: {
    means: 'The deleted incident has no channel to take leave of.',
    todo: 'Nothing.',
  },
  NotResolved: {
    means: 'The record is written once the incident is resolved.',
    todo: 'Nothing until then.',
  },
  AwaitingReview: {
    means: "The pull request with the incident's last ending is open.",
    todo: 'Review and merge it; that accepts the record.',
  },
  ClosedUnmerged: {
    means: "The record's pull request was closed without a merge.",
    todo: 'Reopen it, and merge it to accept the record.',
  },
  TooManyRequests: {
    means: 'After each of five merges it was reopened; what was merged tells of an earlier ending.',
    todo: 'Merge the branch that the message names by hand; that accepts the record.',
  },
  IncidentNotFound: {
    means: "The update's Incident is not in its namespace.",
    todo: 'Correct spec.incidentRef: write a new update, since an update is never changed.',
  },
  IncidentReplaced: {
    means: 'The Incident of that name was deleted and another one has its name.',
    todo: 'Write a new update for the new one.',
  },
} as const satisfies Readonly<Record<string, ReasonLine>>;
