import type { EffectKey } from '../../runtime/effect.ts';

/** Which condition speaks of an effect, by the first part of its key. Keys are recorded for good, so this only grows. */
const conditions: Readonly<Record<string, string>> = {
  number: 'Numbered',
  channel: 'ChannelReady',
  'live-status': 'LiveStatusPosted',
  purpose: 'LiveStatusPosted',
  pin: 'LiveStatusPosted',
  triage: 'TriagePosted',
  'triage-receipts': 'TriagePosted',
  members: 'MembersInvited',
  ticket: 'TicketsFiled',
  bookmark: 'BookmarksAdded',
  receipts: 'ReceiptsPosted',
  record: 'RecordCommitted',
  review: 'RecordProposed',
  farewell: 'FarewellSaid',
  notice: 'NoticesSent',
  comment: 'CommentsAdded',
};

/** undefined: a key of another version. */
export const conditionOfKey = (key: EffectKey): string | undefined => conditions[key.split('/')[0] ?? ''];
