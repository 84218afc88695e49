import { isRecord, readCrds, type Schema } from './schema.ts';

let schemas: ReadonlyMap<string, Schema> | undefined;

/** The object as the API server would store it: fields left out, or null, that have a default are filled in, at every depth. */
export function withDefaults(kind: string, object: object): Readonly<Record<string, unknown>> {
  schemas ??= new Map(readCrds().map((crd) => [crd.kind, crd.schema]));
  const full = filled(object, schemas.get(kind));
  return isRecord(full) ? full : {};
}

function filled(value: unknown, schema: Schema | undefined): unknown {
  if (Array.isArray(value)) return value.map((item) => filled(item, schema?.items));
  if (!isRecord(value) || schema === undefined) return value;
  const given = Object.entries(value).filter(([key, field]) => field !== null || !has(schema.properties?.[key]));
  const absent = Object.entries(schema.properties ?? {}).filter(
    ([key, field]) => has(field) && (value[key] === undefined || value[key] === null),
  );
  return Object.fromEntries([
    ...given.map(([key, field]) => [key, filled(field, schema.properties?.[key] ?? schema.additionalProperties)]),
    ...absent.map(([key, field]) => [key, filled(structuredClone(field.default), field)]),
  ]);
}

const has = (schema: Schema | undefined): boolean => schema?.hasDefault === true;
