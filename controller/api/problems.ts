import type { ErrorObject } from 'ajv';
import { nearest } from './nearest.ts';
import type { Schema } from './schema.ts';
import type { Step } from './source.ts';

/** One mistake in a file, for people. */
export interface Problem {
  readonly file: string;
  /** From 1. */
  readonly line: number;
  /** As in `kubectl explain`, with places: `spec.links[0].url`. Empty where the document itself is wrong. */
  readonly field: string;
  /** What is wrong and what to do. */
  readonly message: string;
}

/** One line, as compilers write it: `incidents/example.yaml:7: spec.severity: …`. */
export function formatProblem({ file, line, field, message }: Problem): string {
  return `${file}:${line}: ${field === '' ? '' : `${field}: `}${message}`;
}

/** What one of ajv's errors says to people, and where. `root` is the schema that was checked against. */
export function explain(error: ErrorObject, root: Schema): { path: Step[]; message: string } {
  const path = stepsOf(error.instancePath);
  const schema = schemaAt(root, path);
  switch (error.keyword) {
    case 'additionalProperties': {
      const name = String(error.params['additionalProperty']);
      return { path: [...path, name], message: unknownField(name, schema, path) };
    }
    case 'required': {
      const name = String(error.params['missingProperty']);
      const about = schema.properties?.[name]?.description?.split(' Allowed: ')[0];
      return { path: [...path, name], message: `is missing. Add it${about === undefined ? '.' : `: ${about}`}` };
    }
    case 'rules':
      return { path, message: error.message ?? 'breaks a rule.' };
    case 'oneField':
      return { path: [...path, String(error.params['field'])], message: error.message ?? 'breaks a rule.' };
    default:
      return { path, message: wrongValue(error, schema) };
  }
}

/** A path as people write it. */
export function fieldOf(root: Schema, path: readonly Step[]): string {
  let schema: Schema | undefined = root;
  let field = '';
  for (const step of path) {
    const plain = schema?.items === undefined && /^[\w-]+$/.test(String(step));
    field += plain ? `${field === '' ? '' : '.'}${step}` : `[${step}]`;
    schema = child(schema, step);
  }
  return field;
}

const stepsOf = (pointer: string): string[] =>
  pointer
    .split('/')
    .slice(1)
    .map((step) => step.replaceAll('~1', '/').replaceAll('~0', '~'));

const child = (schema: Schema | undefined, step: Step): Schema | undefined =>
  schema?.items ?? schema?.properties?.[step] ?? schema?.additionalProperties;

function schemaAt(root: Schema, path: readonly Step[]): Schema {
  let schema: Schema | undefined = root;
  for (const step of path) schema = child(schema, step);
  return schema ?? root;
}

function unknownField(name: string, schema: Schema, path: readonly Step[]): string {
  const known = Object.keys(schema.properties ?? {});
  const below = ['spec', 'provider'].find((parent) => schema.properties?.[parent]?.properties?.[name] !== undefined);
  if (below !== undefined) return `is not known here. It belongs under ${[...path, below].join('.')}.`;
  const meant = nearest(name, known);
  return meant === undefined
    ? `is not known. Remove it; known here are ${known.toSorted().join(', ')}.`
    : `is not known. Did you mean ${meant}?`;
}

function wrongValue(error: ErrorObject, schema: Schema): string {
  const { data } = error;
  const limit: unknown = error.params['limit'];
  switch (error.keyword) {
    case 'enum': {
      const allowed = schema.enum ?? [];
      const meant = typeof data === 'string' ? nearest(data, allowed) : undefined;
      return `${show(data)} is not one of ${allowed.join(', ')}. ${meant === undefined ? 'Choose one of them.' : `Did you mean ${meant}?`}`;
    }
    case 'type':
      return wrongType(data, schema);
    case 'minLength':
      return data === '' ? 'is empty. Fill it in, or remove it.' : `is shorter than ${String(limit)} characters.`;
    case 'maxLength':
      return `has ${typeof data === 'string' ? Array.from(data).length : 0} characters, and ${String(limit)} is the most. Shorten it.`;
    case 'minItems':
      return 'is an empty list. Fill it in, or remove it.';
    case 'maxItems':
      return `has ${Array.isArray(data) ? data.length : 0} items, and ${String(limit)} is the most. Remove some.`;
    case 'maxProperties':
      return `has more than ${String(limit)} entries. Remove some.`;
    case 'uniqueItems':
    case 'uniqueBy':
      return 'names the same thing twice. Remove one of the two.';
    case 'minimum':
      return `${show(data)} is too low: ${String(limit)} is the least.`;
    case 'maximum':
      return `${show(data)} is too high: ${String(limit)} is the most.`;
    default: {
      const allowed = schema.description?.split(' Allowed: ')[1];
      return `${show(data)} is not allowed.${allowed === undefined ? '' : ` Allowed: ${allowed}`}`;
    }
  }
}

const typeNames: Readonly<Record<string, string>> = {
  string: 'text',
  integer: 'a whole number',
  array: 'a list',
  object: 'a map',
};

function wrongType(data: unknown, schema: Schema): string {
  if (data === null) return 'is empty. Fill it in, or remove it.';
  if (schema.type === 'string' && (typeof data === 'number' || typeof data === 'boolean')) {
    const read = typeof data === 'number' ? 'a number' : 'true or false';
    return `is read as ${read} (${show(data)}), but text is wanted. Put it in quotes.`;
  }
  const wanted = typeNames[schema.type ?? ''] ?? 'something else';
  const found = Array.isArray(data) ? 'a list' : typeof data === 'object' ? 'a map' : show(data);
  return `is ${found}, but ${wanted} is wanted.`;
}

function show(value: unknown): string {
  const text = JSON.stringify(value) ?? 'nothing';
  return text.length > 80 ? `${text.slice(0, 77)}…` : text;
}
