import { createHash } from 'node:crypto';
import type { ChangeSource } from '../api/enums.gen.ts';

const alphabet = 'abcdefghijklmnopqrstuvwxyz234567';

/** The first ten characters of base32(sha256(key)): 50 bits, which suffice to tell the acts on one incident apart. */
export function shortHash(key: string): string {
  const digest = createHash('sha256').update(key).digest();
  let text = '';
  let bits = 0;
  let held = 0;
  for (const byte of digest) {
    held = (held << 8) | byte;
    bits += 8;
    while (bits >= 5) {
      bits -= 5;
      text += alphabet.charAt((held >> bits) & 31);
    }
    held &= (1 << bits) - 1;
    if (text.length >= 10) return text.slice(0, 10);
  }
  return text;
}

/** The name of what an act on an incident creates: the same act, the same name, so that a repeat is known as one. */
export const nameFor = (incident: string, kind: string, key: string): string => `${incident}-${kind}-${shortHash(key)}`;

/** The name of an incident that a person declares: `slack-…`. */
export const incidentNameFor = (source: ChangeSource, key: string): string => `${prefixOf(source)}-${shortHash(key)}`;

/** What each `change.id` of a kind of act begins with. */
export const changeIdsOf = (source: ChangeSource, kind: string): string => `${prefixOf(source)}-${kind}-`;

/** `change.id` of an act: `slack-severity-…`. */
export const changeIdFor = (source: ChangeSource, kind: string, key: string): string =>
  `${changeIdsOf(source, kind)}${shortHash(key)}`;

const prefixOf = (source: ChangeSource): string => source.toLowerCase();
