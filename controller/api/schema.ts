import { readdirSync, readFileSync } from 'node:fs';
import { parse } from 'yaml';

/** The part of a CRD's structural schema that types and checks are made from. */
export interface Schema {
  readonly type?: string;
  readonly format?: string;
  readonly description?: string;
  readonly enum?: readonly string[];
  readonly pattern?: string;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly minItems?: number;
  readonly maxItems?: number;
  readonly maxProperties?: number;
  readonly required?: readonly string[];
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly additionalProperties?: Schema;
  readonly items?: Schema;
  /** The API server fills it in where the field is absent. */
  readonly hasDefault: boolean;
  readonly default?: unknown;
  /** A list whose items differ: `set` by value, `map` by `listMapKeys`. */
  readonly listType?: string;
  readonly listMapKeys?: readonly string[];
  readonly rules: readonly Rule[];
}

/** A CEL rule that the API server holds. */
export interface Rule {
  readonly rule: string;
  readonly message: string;
  readonly fieldPath?: string;
}

export interface Crd {
  readonly kind: string;
  readonly plural: string;
  readonly apiVersion: string;
  /** Its file's name in crds/. */
  readonly file: string;
  readonly schema: Schema;
}

const folder = new URL('../../crds/', import.meta.url);

/** Every CRD in crds/, by file name. Throws, naming the place, if one is not what it should be. */
export const readCrds = (): readonly Crd[] => readCrdFiles().map(({ file, text }) => crdOf(file, text));

/** The files of crds/, by name. */
export function readCrdFiles(): readonly { readonly file: string; readonly text: string }[] {
  return readdirSync(folder)
    .filter((file) => file.endsWith('.yaml'))
    .toSorted()
    .map((file) => ({ file, text: readFileSync(new URL(file, folder), 'utf8') }));
}

/** Throws, naming the place, if it is not what it should be. */
export function crdOf(file: string, yaml: string): Crd {
  const spec = record(record(parse(yaml), file)['spec'], `${file}: spec`);
  const names = record(spec['names'], `${file}: spec.names`);
  const versions = spec['versions'];
  const only = record(Array.isArray(versions) ? versions[0] : undefined, `${file}: spec.versions[0]`);
  const schema = record(only['schema'], `${file}: schema`)['openAPIV3Schema'];
  return {
    kind: text(names['kind']),
    plural: text(names['plural']),
    apiVersion: `${text(spec['group'])}/${text(only['name'])}`,
    file,
    schema: schemaOf(schema, `${file}: openAPIV3Schema`),
  };
}

function schemaOf(value: unknown, at: string): Schema {
  const raw = record(value, at);
  const { properties, additionalProperties, items } = raw;
  const rules = raw['x-kubernetes-validations'];
  return {
    ...pick(raw, 'string', ['type', 'format', 'description', 'pattern']),
    ...pick(raw, 'number', ['minLength', 'maxLength', 'minimum', 'maximum', 'minItems', 'maxItems', 'maxProperties']),
    ...(raw['enum'] === undefined ? {} : { enum: texts(raw['enum']) }),
    ...(raw['required'] === undefined ? {} : { required: texts(raw['required']) }),
    ...(properties === undefined
      ? {}
      : {
          properties: Object.fromEntries(
            Object.entries(record(properties, at)).map(([key, field]) => [key, schemaOf(field, `${at}.${key}`)]),
          ),
        }),
    ...(additionalProperties === undefined
      ? {}
      : { additionalProperties: schemaOf(additionalProperties, `${at}.additionalProperties`) }),
    ...(items === undefined ? {} : { items: schemaOf(items, `${at}[]`) }),
    hasDefault: 'default' in raw,
    ...('default' in raw ? { default: raw['default'] } : {}),
    ...(typeof raw['x-kubernetes-list-type'] === 'string' ? { listType: raw['x-kubernetes-list-type'] } : {}),
    ...(raw['x-kubernetes-list-map-keys'] === undefined
      ? {}
      : { listMapKeys: texts(raw['x-kubernetes-list-map-keys']) }),
    rules: Array.isArray(rules) ? rules.map((rule) => ruleOf(record(rule, `${at}: rule`))) : [],
  };
}

function ruleOf(raw: Readonly<Record<string, unknown>>): Rule {
  const { fieldPath } = raw;
  return {
    rule: text(raw['rule']),
    message: text(raw['message']),
    ...(typeof fieldPath === 'string' ? { fieldPath } : {}),
  };
}

type Named<K extends string, V> = { [P in K]?: V };

function pick<K extends string>(raw: Readonly<Record<string, unknown>>, type: 'string', keys: K[]): Named<K, string>;
function pick<K extends string>(raw: Readonly<Record<string, unknown>>, type: 'number', keys: K[]): Named<K, number>;
function pick(raw: Readonly<Record<string, unknown>>, type: string, keys: string[]): Record<string, unknown> {
  return Object.fromEntries(Object.entries(raw).filter(([key, value]) => keys.includes(key) && typeof value === type));
}

const text = (value: unknown): string => (typeof value === 'string' ? value : '');
const texts = (value: unknown): string[] => (Array.isArray(value) ? value.map(text) : []);

/** A map with text keys. */
export function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function record(value: unknown, at: string): Readonly<Record<string, unknown>> {
  if (!isRecord(value)) throw new Error(`crds/${at} is not a map`);
  return value;
}
