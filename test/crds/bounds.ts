import { readCrds, type Schema } from '../../controller/api/schema.ts';
import { breaks, textRules } from '../../controller/api/text-rules.ts';

const crds = readCrds();

/** The status of a kind, as its CRD has it. */
export function statusSchema(kind: string): Schema {
  const schema = crds.find((crd) => crd.kind === kind)?.schema.properties?.['status'];
  if (!schema) throw new Error(`there is no status of ${kind}`);
  return schema;
}

/** The spec of a kind. */
export function specSchema(kind: string): Schema {
  const schema = crds.find((crd) => crd.kind === kind)?.schema.properties?.['spec'];
  if (!schema) throw new Error(`there is no spec of ${kind}`);
  return schema;
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Whether a text is as the schema's expressions want it, the status' own patterns and the rules written in CEL. */
const fits = (schema: Schema, text: string): boolean =>
  (schema.pattern === undefined || new RegExp(schema.pattern, 'u').test(text)) &&
  !textRules(schema).some((rule) => breaks(rule, text));

/** What the API server would refuse of a value: unknown fields, types, and each bound. Texts are counted by characters. */
export function violations(schema: Schema, value: unknown, path = ''): string[] {
  const say = (what: string): string[] => [`${path}: ${what}`];
  const { type, properties, additionalProperties, items, maxLength, maxItems, maxProperties } = schema;
  if (type === 'string') {
    if (typeof value !== 'string') return say(`no string: ${JSON.stringify(value)}`);
    const { length } = Array.from(value);
    if (!value.isWellFormed()) return say('half of a character');
    if (length > (maxLength ?? Infinity)) return say(`${length} characters, more than ${maxLength}`);
    if (length < (schema.minLength ?? 0)) return say(`${length} characters`);
    if (schema.enum && !schema.enum.includes(value)) return say(`none of ${schema.enum.join(', ')}: ${value}`);
    if (!fits(schema, value)) return say(`not as it must be: ${value}`);
    if (schema.format === 'date-time' && Number.isNaN(Date.parse(value))) return say(`no time: ${value}`);
    return [];
  }
  if (type === 'integer') {
    const isIn = Number(value) >= (schema.minimum ?? -Infinity) && Number(value) <= (schema.maximum ?? Infinity);
    return Number.isInteger(value) && isIn ? [] : say(`no such number: ${String(value)}`);
  }
  if (type === 'array') {
    if (!Array.isArray(value)) return say('no list');
    if (value.length > (maxItems ?? Infinity)) return say(`${value.length} items, more than ${maxItems}`);
    return items ? value.flatMap((item, i) => violations(items, item, `${path}[${i}]`)) : [];
  }
  if (type !== 'object') return [];
  if (!isObject(value)) return say('no object');
  const fields = Object.entries(value).filter(([, field]) => field !== undefined);
  if (fields.length > (maxProperties ?? Infinity)) return say(`${fields.length} entries, more than ${maxProperties}`);
  const missing = (schema.required ?? []).filter((name) => value[name] === undefined);
  return [
    ...missing.map((name) => `${path}.${name}: missing`),
    ...fields.flatMap(([name, field]) => {
      const of = properties?.[name] ?? additionalProperties;
      return of ? violations(of, field, `${path}.${name}`) : [`${path}.${name}: unknown`];
    }),
  ];
}

/** A value that puts every field at its bound; `over` replaces fields by their path, as `.roles` or `.links[].url`. */
export function largest(
  schema: Schema,
  over: Readonly<Record<string, (nth: number) => unknown>> = {},
  path = '',
  nth = 0,
): unknown {
  const replaced = over[path];
  if (replaced) return replaced(nth);
  const { type, properties, additionalProperties, items, maxLength = 10, maxItems = 3, maxProperties = 3 } = schema;
  if (type === 'string') {
    if (schema.enum) return schema.enum[0];
    if (schema.format === 'date-time') return '2026-02-03T10:55:12Z';
    if (schema.format === 'date') return '2026-02-03';
    if (textRules(schema).some(({ address }) => address)) return `https://e.example/${nth}/`.padEnd(maxLength, 'a');
    return fits(schema, '🔥🔥')
      ? '🔥'.repeat(maxLength - String(nth).length) + String(nth)
      : `a${nth}`.padEnd(maxLength, 'a');
  }
  if (type === 'integer') return schema.maximum ?? 1;
  if (type === 'boolean') return true;
  if (type === 'array')
    return items ? Array.from({ length: maxItems }, (_, i) => largest(items, over, `${path}[]`, i)) : [];
  if (additionalProperties)
    return Object.fromEntries(
      Array.from({ length: maxProperties }, (_, i) => [
        `key-${i}`,
        largest(additionalProperties, over, `${path}[]`, i),
      ]),
    );
  return Object.fromEntries(
    Object.entries(properties ?? {}).map(([name, field]) => [name, largest(field, over, `${path}.${name}`, nth)]),
  );
}
