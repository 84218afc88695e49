import { canonical } from './canonical.ts';

type Json = unknown;
type Fields = Readonly<Record<string, Json>>;

/**
 * The JSON merge patch (RFC 7386) that brings `stored` to `wanted` in the fields that `wanted` names; undefined when none differs.
 * Top-level fields that `wanted` leaves out are left as they are; inside a named field everything is compared,
 * so a part that is no longer there becomes null. Lists are replaced whole.
 */
export function mergePatch(stored: Fields, wanted: Fields): Fields | undefined {
  const patch: Record<string, Json> = {};
  for (const [field, value] of Object.entries(wanted)) {
    if (value === undefined) continue;
    const change = difference(stored[field], value);
    if (change !== same) patch[field] = change;
  }
  return Object.keys(patch).length ? patch : undefined;
}

const same = Symbol('same');

function difference(from: Json, to: Json): Json {
  if (to === undefined) return from === undefined ? same : null;
  if (!isFields(to)) return canonical(from) === canonical(to) ? same : to;
  const before = isFields(from) ? from : {};
  const patch: Record<string, Json> = {};
  for (const field of new Set([...Object.keys(before), ...Object.keys(to)])) {
    const change = difference(before[field], to[field]);
    if (change !== same) patch[field] = change;
  }
  return Object.keys(patch).length || !isFields(from) ? patch : same;
}

const isFields = (value: Json): value is Fields => value !== null && typeof value === 'object' && !Array.isArray(value);
