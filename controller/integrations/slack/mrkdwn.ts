// People's text is escaped where it is rendered (text.ts); this is for what is mrkdwn already.

// A zero-width space keeps the word readable and the mention dead.
const dead = '@\u200b';

/** What Slack stored, as people wrote it. */
export function unescape(text: string): string {
  return text.replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&amp;', '&');
}

/**
 * At most `most` UTF-16 units (Slack counts so), ending in `marker` where something was left out. Never inside an
 * entity, a link or a pair of surrogates.
 */
export function cut(text: string, most: number, marker = '…'): string {
  if (text.length <= most) return text;
  let kept = text.slice(0, Math.max(0, most - marker.length));
  const entity = kept.lastIndexOf('&');
  if (entity >= 0 && kept.length - entity < 5 && !kept.includes(';', entity)) kept = kept.slice(0, entity);
  const link = kept.lastIndexOf('<');
  if (link > kept.lastIndexOf('>')) kept = kept.slice(0, link);
  if (/[\uD800-\uDBFF]$/.test(kept)) kept = kept.slice(0, -1);
  return kept + marker;
}

/** The last line of defence: no message of ours calls a whole channel or a user group. */
export function defuse(text: string): string {
  return text
    .replaceAll(/<!(channel|here|everyone|group)(?:\|[^>]*)?>/gi, `${dead}$1`)
    .replaceAll(/<!subteam\^[^>|]*(?:\|@?([^>]*))?>/gi, (_all, label?: string) => `${dead}${label ?? 'group'}`);
}

/** The same for every string inside blocks. */
export function defuseAll<T>(value: T): T;
export function defuseAll(value: unknown): unknown {
  if (typeof value === 'string') return defuse(value);
  if (Array.isArray(value)) return value.map((one) => defuseAll<unknown>(one));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, defuseAll<unknown>(inner)]));
}
