/** What the API server makes of a JSON merge patch (RFC 7386). */
export function applyMergePatch<T extends object>(target: T, patch: object): T {
  const result = new Map<string, unknown>(Object.entries(target));
  for (const [field, value] of Object.entries(patch)) {
    const before = result.get(field);
    if (value === null) result.delete(field);
    else result.set(field, isObject(value) ? applyMergePatch(isObject(before) ? before : {}, value) : value);
  }
  // A patch of a status of one kind leaves one of that kind.
  return structuredClone(Object.fromEntries(result)) as T;
}

const isObject = (value: unknown): value is object =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
