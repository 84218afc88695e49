import type { Channel, Message, Outside, Seen } from '../look.ts';
import { story } from '../stage.ts';

// What the chapters' checks look at.

export const channelOf = ({ outside }: Seen, name: string = story.channel): Channel | undefined =>
  outside.channels.find((one) => one.name === name);

/** The pinned message of the incident's channel. */
export const liveStatus = (seen: Seen): Message | undefined => channelOf(seen)?.messages.find(({ pinned }) => pinned);

/** Its lines, in one. */
export const liveText = (seen: Seen): string => liveStatus(seen)?.lines.join('\n') ?? 'no pinned message';

/** The receipts, in one. */
export const receipts = (seen: Seen): string =>
  liveStatus(seen)
    ?.replies.map(({ lines }) => lines.join('\n'))
    .join('\n') ?? 'no thread';

export const issueOf = ({ outside }: Seen): Outside['issues'][number] | undefined => outside.issues[0];

export const pullOf = ({ outside }: Seen): Outside['pulls'][number] | undefined => outside.pulls[0];

/** The newest message to the stakeholders. */
export const lastNotice = (seen: Seen): string =>
  channelOf(seen, '#stakeholders')?.messages.at(-1)?.lines.join('\n') ?? 'none';
