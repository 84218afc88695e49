import { KubeUnreachable, watchError } from './kube-errors.ts';
import type { KubeObject } from './kube-object.ts';

export interface WatchEvent<T extends KubeObject> {
  readonly type: 'ADDED' | 'MODIFIED' | 'DELETED' | 'BOOKMARK';
  /** Of a bookmark only `metadata.resourceVersion` and annotations mean anything. */
  readonly object: T;
}

/** Bookmarks that end the initial events of a streaming list carry it. */
const initialEventsEnd = 'k8s.io/initial-events-end';

export const endsInitialEvents = (event: WatchEvent<KubeObject>): boolean =>
  event.type === 'BOOKMARK' && event.object.metadata.annotations?.[initialEventsEnd] === 'true';

const types: ReadonlySet<unknown> = new Set(['ADDED', 'MODIFIED', 'DELETED', 'BOOKMARK']);

/**
 * Decodes a watch's body, one JSON document a line. Ends when the server ends it between two lines.
 * @throws KubeError for an ERROR event (410: the version is too old), KubeUnreachable for a line cut short.
 */
export async function* decodeWatch<T extends KubeObject>(
  body: AsyncIterable<Uint8Array>,
): AsyncGenerator<WatchEvent<T>> {
  const decoder = new TextDecoder();
  // Kept in pieces: a line of a megabyte comes in dozens of chunks.
  let pieces: string[] = [];
  for await (const chunk of body) {
    const lines = decoder.decode(chunk, { stream: true }).split('\n');
    const last = lines.pop() ?? '';
    for (const line of lines) {
      const whole = pieces.join('') + line;
      pieces = [];
      if (whole.trim() !== '') yield decodeLine<T>(whole);
    }
    if (last !== '') pieces.push(last);
  }
  if (pieces.join('').trim() !== '') throw cut();
}

function decodeLine<T extends KubeObject>(line: string): WatchEvent<T> {
  const event: WatchEvent<T> | { type: 'ERROR'; object: unknown } = parse(line);
  if (event.type === 'ERROR') throw watchError(event.object);
  if (!types.has(event.type) || !event.object?.metadata) throw cut();
  return event;
}

function parse(line: string) {
  try {
    return JSON.parse(line);
  } catch (error) {
    throw cut(error);
  }
}

const cut = (cause?: unknown): KubeUnreachable =>
  new KubeUnreachable('CUT', 'a watch event was cut short', cause === undefined ? undefined : { cause });
