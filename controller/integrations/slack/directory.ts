import { type Duration, minutes } from '../../runtime/clock.ts';
import { Rejected } from '../../runtime/outcome.ts';
import type { Api, Reader } from './call.ts';
import { type Conversation, conversation, nextCursor, objects } from './parse.ts';

/** Slack's most for a page. */
const page = 999;
const nameLifetime = minutes(10);

/** The conversations that the bot is in. */
export interface Directory {
  /** All of them, archived ones too, read after this was called. */
  list(reader: Reader): Promise<readonly Conversation[]>;
  /** The id behind '#name', remembered for 10 minutes. Throws Rejected NotInChannel. */
  resolve(name: string, reader: Reader): Promise<string>;
  /** Drops what is remembered of a name. */
  forget(name: string): void;
}

export function directory(api: Api): Directory {
  const ids = new Map<string, { id: string; until: Duration }>();
  /** A list that is asked for and has not left yet: who comes meanwhile shares it. */
  let joinable: Promise<readonly Conversation[]> | undefined;

  async function read(reader: Reader, leaving: () => void): Promise<readonly Conversation[]> {
    const found: Conversation[] = [];
    let cursor = '';
    do {
      const body = await api.read(
        'users.conversations',
        { types: 'public_channel,private_channel', exclude_archived: false, limit: page, ...(cursor && { cursor }) },
        reader,
        leaving,
      );
      found.push(...objects(body['channels']).map(conversation));
      cursor = nextCursor(body);
    } while (cursor !== '');
    const until = api.clock.monotonic() + nameLifetime;
    for (const one of found) if (!one.archived) ids.set(one.name, { id: one.id, until });
    return found;
  }

  function list(reader: Reader): Promise<readonly Conversation[]> {
    if (joinable) return joinable;
    // What is asked for later may have come to be after this list was read.
    const leaving = (): void => {
      if (joinable === mine) joinable = undefined;
    };
    const mine = read(reader, leaving).finally(leaving);
    joinable = mine;
    return mine;
  }

  return {
    list,
    async resolve(name, reader) {
      const bare = name.replace(/^#/, '');
      const known = ids.get(bare);
      if (known && known.until > api.clock.monotonic()) return known.id;
      ids.delete(bare);
      const found = (await list(reader)).find((one) => one.name === bare && !one.archived);
      if (found) return found.id;
      const { userName } = await api.self(reader);
      throw new Rejected(
        'NotInChannel',
        `The bot is in no channel named #${bare}: type "/invite @${userName}" there, or correct the name`,
        { terminal: true },
      );
    },
    forget: (name) => void ids.delete(name.replace(/^#/, '')),
  };
}
