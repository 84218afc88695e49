import type { Doc } from '../document/doc.ts';
import { channelSign, type Capability } from './capability.ts';

/** within {channel} or {channelName} ('#stakeholders'), and {thread} for a reply. */
export const message: Capability<Doc, 'channel' | 'ts'> = {
  plural: 'messages',
  ref: ['channel', 'ts'],
  told: 'first',
  words({ within }, key) {
    const name = channelSign(within?.['channelName']);
    if (key === 'triage') return { thing: `Alert in ${name ?? 'chat'}`, done: 'posted' };
    if (name !== undefined) return { thing: `Notice to ${name}`, done: 'sent' };
    return { thing: key === 'farewell' ? 'Last line' : 'Live status', done: 'posted' };
  },
  brief: ({ line }, { channelName }) => (channelName === undefined ? line : `${channelName}: ${line}`),
  pretend: (_, { channel }, unknown) => ({ ref: { channel: channel ?? unknown, ts: unknown } }),
};
