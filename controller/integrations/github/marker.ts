import type { EffectKey, Identity } from '../../runtime/effect.ts';
import { clip } from '../../runtime/outcome.ts';
import { clipped, harmless } from './text.ts';

/** What our marker in a body says. */
export interface Marked {
  readonly rev: string;
  /** Labels that we set: those that people set are theirs. */
  readonly labels: readonly string[];
  /** Open or closed, as we last made it: any other is what people did. */
  readonly state: string | undefined;
  /** Of a record: the ending that its branch held when this was written. */
  readonly ending: string | undefined;
  /** What people wrote below the marker. */
  readonly tail: string;
}

const marker = /<!-- allclear (\S+) rev=(\S+?)(?: labels=(\S*))?(?: state=(\S+))?(?: ending=(\S+))? -->/;
/** GitHub's limit of a body, in characters. */
const mostBody = 65_536;
const mostTail = 20_000;

/** `install/uid/key`: whose thing this is. */
export function markerId(owner: Identity, key: EffectKey): string {
  return [owner.install, owner.uid, ...key.split('/')].map(encodeURIComponent).join('/');
}

/** A body: people's text made harmless, our marker as a comment that nobody sees, what people wrote below it. */
export function withMarker(
  text: string,
  id: string,
  marked: { rev: string; labels?: readonly string[]; state?: string; ending?: string | undefined; tail?: string },
) {
  const labels = marked.labels?.length ? ` labels=${marked.labels.map(encodeURIComponent).join(',')}` : '';
  const state = marked.state === undefined ? '' : ` state=${marked.state}`;
  const ending = marked.ending === undefined ? '' : ` ending=${marked.ending}`;
  const line = `\n\n<!-- allclear ${id} rev=${marked.rev}${labels}${state}${ending} -->`;
  const tail = clip(marked.tail ?? '', mostTail);
  return clipped(harmless(text), mostBody - line.length - tail.length) + line + tail;
}

/** Our marker in a body, if the first marker there is `id`'s. */
export function readMarker(body: string, id: string): Marked | undefined {
  const match = marker.exec(body);
  if (!match || match[1] !== id) return undefined;
  return {
    rev: match[2] ?? '',
    labels: (match[3] ?? '').split(',').filter(Boolean).map(decodeURIComponent),
    state: match[4],
    ending: match[5],
    tail: body.slice(match.index + match[0].length),
  };
}

/** The body of a thing that we give up: it says whose it was and is not found again. */
export function withoutMarker(body: string): string {
  return body.replace('<!-- allclear ', '<!-- allclear-released ');
}
