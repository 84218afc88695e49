/** A JSON object whose fields are read with the functions below. */
export type Json = Readonly<Record<string, unknown>>;

export const isObject = (value: unknown): value is Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** The object, or an empty one. */
export const object = (value: unknown): Json => (isObject(value) ? value : {});

/** The objects of a list; anything else is left out. */
export const objects = (value: unknown): Json[] => (Array.isArray(value) ? value.filter(isObject) : []);

/** Strings and numbers as text, all else as ''. */
export const text = (value: unknown): string =>
  typeof value === 'string' || typeof value === 'number' ? String(value) : '';

/** What a form or JSON may say for true. */
export const yes = (value: unknown): boolean => value === true || value === 1 || value === 'true' || value === '1';

/** JSON, or the text itself when it is none. */
export function parsed(value: string): unknown {
  try {
    return JSON.parse(value);
  } catch {
    return value;
  }
}
