import { type Json, object, objects, text } from './json.ts';

/** Channels of which two have one name. emulate knows each such channel by another name than people see. */
export interface SameNames {
  /** The next channel is made even if another has its name. */
  letThrough(): void;
  /** One call of emulate. */
  through(method: string, args: Json, call: (args: Json) => Promise<Json>): Promise<Json>;
}

export function sameNames(): SameNames {
  /** By id of a channel: the name that another one has, too. */
  const shown = new Map<string, string>();
  let isNext = false;
  const asShown = (channel: Json): Json => {
    const name = shown.get(text(channel['id']));
    return name === undefined ? channel : { ...channel, name, name_normalized: name };
  };
  return {
    letThrough: () => void (isNext = true),
    async through(method, args, call) {
      const isLet = isNext && method === 'conversations.create';
      const name = text(args['name']);
      if (isLet) isNext = false;
      const body = await call(isLet ? { ...args, name: `${name.slice(0, 70)}-let-${shown.size}` } : args);
      const channel = object(body['channel']);
      if (isLet && body['ok'] === true) shown.set(text(channel['id']), name);
      if (method === 'conversations.rename') shown.delete(text(args['channel']));
      if (shown.size === 0) return body;
      return {
        ...body,
        ...(Array.isArray(body['channels']) ? { channels: objects(body['channels']).map(asShown) } : {}),
        ...(text(channel['id']) === '' ? {} : { channel: asShown(channel) }),
      };
    },
  };
}
