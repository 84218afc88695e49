/** A JSON object from Slack. Only the fields used are read, with the functions below. */
export type Json = Readonly<Record<string, unknown>>;

const isObject = (value: unknown): value is Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** The object, or an empty one. */
export const object = (value: unknown): Json => (isObject(value) ? value : {});

/** The objects of a list; anything else in it is left out. */
export const objects = (value: unknown): Json[] => (Array.isArray(value) ? value.filter(isObject) : []);

/** A string, or ''. */
export const text = (value: unknown): string => (typeof value === 'string' ? value : '');

/** Where the next page starts; '' on the last. */
export const nextCursor = (body: Json): string => text(object(body['response_metadata'])['next_cursor']);

export interface Conversation {
  readonly id: string;
  readonly name: string;
  /** User id. */
  readonly creator: string;
  /** Milliseconds since the Unix epoch; Slack tells whole seconds. */
  readonly created: number;
  readonly archived: boolean;
  readonly private: boolean;
  /** The bot is in it. Slack leaves it out where only such are listed. */
  readonly member: boolean;
  /** As Slack stores it, with `&`, `<` and `>` escaped. */
  readonly purpose: string;
}

export function conversation(value: unknown): Conversation {
  const one = object(value);
  return {
    id: text(one['id']),
    name: text(one['name']),
    creator: text(one['creator']),
    created: typeof one['created'] === 'number' ? one['created'] * 1000 : 0,
    archived: one['is_archived'] === true,
    private: one['is_private'] === true,
    member: one['is_member'] !== false,
    purpose: text(object(one['purpose'])['value']),
  };
}
