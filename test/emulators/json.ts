/** Parsed JSON, read without trust: what a test reads must be there. */
export type Json = Readonly<Record<string, unknown>>;

export const isJson = (value: unknown): value is Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** An object. Throws when it is not. */
export function json(value: unknown): Json {
  if (!isJson(value)) throw new Error(`not an object: ${JSON.stringify(value)}`);
  return value;
}

/** The objects of a list. Throws when it is not one. */
export function jsonList(value: unknown): readonly Json[] {
  if (!Array.isArray(value)) throw new Error(`not a list: ${JSON.stringify(value)}`);
  return value.map(json);
}

/** A string, or '' for null and nothing. */
export const text = (value: unknown): string => (typeof value === 'string' ? value : '');

/** A string, or null. */
export const textOrNull = (value: unknown): string | null => (typeof value === 'string' ? value : null);

/** What a text holds, if it is a JSON object. */
export function parseJson(given: string): Json | undefined {
  try {
    const value: unknown = JSON.parse(given);
    return isJson(value) ? value : undefined;
  } catch {
    return undefined;
  }
}
