import type { Instant } from '../../runtime/clock.ts';
import type { Api, Reader } from './call.ts';
import { codeOf } from './errors.ts';
import { type Json, nextCursor, objects, text } from './parse.ts';

export interface Range {
  readonly channel: string;
  /** The thread's first message, when replies are wanted. */
  readonly thread?: string | undefined;
  /** Not older than this. */
  readonly since: Instant;
  /** And this one message, however old. */
  readonly and?: string | undefined;
  /** This one message and no other. */
  readonly only?: string | undefined;
}

/** Messages with their metadata, oldest first; a thread's without its first one. A thread that is gone has none. */
export async function readMessages(api: Api, reader: Reader, range: Range): Promise<Json[]> {
  const { channel, thread, since, and, only } = range;
  const oldest = (Math.max(0, since) / 1000).toFixed(6);
  const method = thread === undefined ? 'conversations.history' : 'conversations.replies';
  const where = { channel, ...(thread === undefined ? {} : { ts: thread }), include_all_metadata: true };
  if (only !== undefined && thread === undefined)
    return pages(api, reader, method, { ...where, oldest: only, latest: only, inclusive: true });
  const found = await pages(api, reader, method, { ...where, oldest });
  if (and !== undefined && Number(and) < Number(oldest)) {
    found.push(...(await pages(api, reader, method, { ...where, oldest: and, latest: and, inclusive: true })));
  }
  return found
    .filter((message) => thread === undefined || message['ts'] !== thread)
    .toSorted((a, b) => (text(a['ts']) < text(b['ts']) ? -1 : 1));
}

async function pages(api: Api, reader: Reader, method: string, args: Json): Promise<Json[]> {
  const found: Json[] = [];
  let cursor = '';
  do {
    try {
      const body = await api.read(method, { ...args, limit: 999, ...(cursor && { cursor }) }, reader);
      found.push(...objects(body['messages']));
      cursor = nextCursor(body);
    } catch (error) {
      if (codeOf(error) === 'thread_not_found') return [];
      throw error;
    }
  } while (cursor !== '');
  return found;
}
