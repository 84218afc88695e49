import { createHash } from 'node:crypto';
import type { Identity } from '../../runtime/effect.ts';
import type { Self } from './call.ts';
import { type Json, object, text } from './parse.ts';

const eventType = 'allclear_effect';
/** Of no meaning but ours: the name space of client message ids. */
const idSpace = '6f1c1c0e-5d0a-5b7e-9a53-2f1f0b7c8a11';

/** What a message of ours carries. Others in the workspace can read it: no secret belongs here. */
export interface Marker {
  /** `<uid>/<effect key>`, and `/<line key>` for a line of a thread. */
  readonly key: string;
  readonly rev: string;
  readonly install: string;
}

export const markerKey = (owner: Identity, ...parts: string[]): string => [owner.uid, ...parts].join('/');

/** For `metadata` of a message. */
export const metadata = ({ key, rev, install }: Marker): Json => ({
  event_type: eventType,
  event_payload: { key, rev, install },
});

/** The marker of a message that this bot posted; undefined for anyone else's, whatever it carries. */
export function markerOf(message: Json, self: Self): Marker | undefined {
  const { event_type: type, event_payload: payload } = object(message['metadata']);
  if (type !== eventType) return undefined;
  if (message['user'] !== self.userId && message['bot_id'] !== self.botId) return undefined;
  const { key, rev, install } = object(payload);
  return { key: text(key), rev: text(rev), install: text(install) };
}

/** UUID version 5 of a key. Slack documents only error codes for it, so it is an extra, never the guarantee. */
export function clientMessageId(key: string): string {
  const hash = createHash('sha1')
    .update(Buffer.from(idSpace.replaceAll('-', ''), 'hex'))
    .update(key)
    .digest();
  hash[6] = ((hash[6] ?? 0) & 0x0f) | 0x50;
  hash[8] = ((hash[8] ?? 0) & 0x3f) | 0x80;
  const hex = hash.subarray(0, 16).toString('hex');
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-');
}

/** What stands at the end of a channel's purpose. */
export const purposeMarker = ({ uid }: Pick<Identity, 'uid'>): string => `allclear/${uid}`;
