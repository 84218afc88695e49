import { Ajv, type ErrorObject, type ValidateFunction } from 'ajv';
import { metadataSchema } from './metadata-schema.ts';
import { apiVersion, group } from './names.ts';
import { nearest } from './nearest.ts';
import { explain, fieldOf, type Problem } from './problems.ts';
import { isRecord, readCrds, type Schema } from './schema.ts';
import { readSources, type Source } from './source.ts';
import { breaks, oneFieldRules, textRules, type OneFieldRule, type TextRule } from './text-rules.ts';

/**
 * Checks a file against the schemas in crds/, before any cluster sees it: unknown fields, types, enums, formats
 * and bounds, read as kubectl reads YAML. Documents of other groups, such as Secrets, are passed over.
 *
 * Of the rules written in CEL those that are one regular expression, and the one that wants exactly one vendor, are
 * checked here, too, with the same words; the others (what a change may do, a resolution for Resolved) are the API
 * server's alone: `kubectl apply --dry-run=server` asks it.
 *
 * @param path only for the problems' `file`; nothing is read from it.
 * @returns every mistake by line; none if the file is fine.
 */
export function validateFile(text: string, path: string): Problem[] {
  const sources = readSources(text);
  if (sources.length === 0) {
    return [{ file: path, line: 1, field: '', message: 'holds nothing. Write a resource into it.' }];
  }
  return sources
    .flatMap((source) => problemsOf(source))
    .map((problem) => ({ file: path, ...problem }))
    .toSorted((a, b) => a.line - b.line);
}

type Found = Omit<Problem, 'file'>;

function problemsOf(source: Source): Found[] {
  if (source.mistakes.length > 0) return source.mistakes.map((mistake) => ({ field: '', ...mistake }));
  const { value } = source;
  const at = (field: string, message: string): Found[] => [{ line: source.line(field.split('.')), field, message }];
  if (!isRecord(value)) {
    return [{ line: source.line([]), field: '', message: 'is not a resource. Begin with apiVersion and kind.' }];
  }
  for (const field of ['apiVersion', 'kind']) {
    if (typeof value[field] !== 'string')
      return at(field, `is missing. Begin with apiVersion: ${apiVersion} and a kind.`);
  }
  const kind = String(value['kind']);
  const given = String(value['apiVersion']);
  const checks = kinds();
  if (given !== apiVersion) {
    const ours = checks.has(kind) || given.startsWith(`${group}/`) || nearest(given, [apiVersion]) !== undefined;
    return ours ? at('apiVersion', `${given} is not known. Write ${apiVersion}.`) : [];
  }
  const check = checks.get(kind);
  if (check === undefined) {
    const meant = nearest(kind, [...checks.keys()]);
    const known = [...checks.keys()].join(', ');
    return at(
      'kind',
      `${kind} is not known. ${meant === undefined ? `Choose one of ${known}.` : `Did you mean ${meant}?`}`,
    );
  }
  const { status, ...rest } = value;
  const declared = recordOf(withoutNulls(rest, check.schema));
  const found = status === undefined ? [] : at('status', 'is written by the controller alone. Remove it.');
  const metadata = recordOf(declared['metadata']);
  if (metadata['name'] === undefined && metadata['generateName'] === undefined) {
    found.push(...at('metadata.name', 'is missing. Give the object a name, or metadata.generateName.'));
  }
  if (check.validate(declared)) return found;
  const seen = new Set<string>();
  for (const error of check.validate.errors ?? []) {
    const { path, message } = explain(error, check.schema);
    const field = fieldOf(check.schema, path);
    // One mistake often breaks several checks of a field; the first says it best.
    if (!seen.has(field)) found.push({ line: source.line(path), field, message });
    seen.add(field);
  }
  return found;
}

interface Check {
  readonly schema: Schema;
  readonly validate: ValidateFunction;
}

let compiled: ReadonlyMap<string, Check> | undefined;

/** The checks by kind, made at first use. */
function kinds(): ReadonlyMap<string, Check> {
  compiled ??= compileAll();
  return compiled;
}

function compileAll(): ReadonlyMap<string, Check> {
  const ajv = new Ajv({ allErrors: true, verbose: true, strict: true, formats });
  ajv.addKeyword({ keyword: 'uniqueBy', type: 'array', schemaType: 'array', validate: uniqueBy });
  ajv.addKeyword({ keyword: 'rules', type: ['string', 'object'], schemaType: 'array', errors: 'full', compile: ruled });
  ajv.addKeyword({ keyword: 'oneField', type: 'object', schemaType: 'array', errors: 'full', compile: withOneField });
  return new Map(
    readCrds().map(({ kind, schema }) => {
      const { status: _, metadata, ...fields } = schema.properties ?? {};
      const declared = { ...schema, properties: { ...fields, metadata: metadataSchema(metadata) } };
      return [kind, { schema: declared, validate: ajv.compile(convert(declared)) }];
    }),
  );
}

/** Numbers are held by their bounds. */
const formats = { int32: true, int64: true } as const;

/** Ajv reads from the function what was wrong. */
interface RuleCheck {
  (data: unknown): boolean;
  errors?: Partial<ErrorObject>[];
}

function ruled(rules: readonly TextRule[]): RuleCheck {
  const check: RuleCheck = (data) => {
    const broken = rules.filter((rule) =>
      (rule.ofKeys ? Object.keys(recordOf(data)) : [String(data)]).some((text) => breaks(rule, text)),
    );
    check.errors = broken.map(({ message }) => ({ keyword: 'rules', message, params: {} }));
    return broken.length === 0;
  };
  return check;
}

function withOneField(rules: readonly OneFieldRule[]): RuleCheck {
  const check: RuleCheck = (data) => {
    const broken = rules.filter(({ field }) => Object.keys(recordOf(recordOf(data)[field])).length !== 1);
    check.errors = broken.map(({ field, message }) => ({ keyword: 'oneField', message, params: { field } }));
    return broken.length === 0;
  };
  return check;
}

function uniqueBy(keys: readonly string[], items: readonly unknown[]): boolean {
  const names = items.map((item) => JSON.stringify(keys.map((key) => (isRecord(item) ? item[key] : undefined))));
  return new Set(names).size === names.length;
}

/** Without the nulls that the API server takes for absent: those of fields with a default. Others it may refuse. */
function withoutNulls(value: unknown, schema: Schema | undefined): unknown {
  if (Array.isArray(value)) return value.map((item) => withoutNulls(item, schema?.items));
  if (!isRecord(value)) return value;
  const kept = Object.entries(value).map(([key, field]): [string, unknown, Schema | undefined] => [
    key,
    field,
    schema?.properties?.[key] ?? schema?.additionalProperties,
  ]);
  return Object.fromEntries(
    kept
      .filter(([, field, of]) => field !== null || of?.hasDefault !== true)
      .map(([key, field, of]) => [key, withoutNulls(field, of)]),
  );
}

const recordOf = (value: unknown): Readonly<Record<string, unknown>> => (isRecord(value) ? value : {});

/** Kubernetes' dialect as ajv's: what the API server would drop or refuse is refused. */
function convert(schema: Schema): Record<string, unknown> {
  const {
    properties,
    additionalProperties,
    items,
    listType,
    listMapKeys,
    hasDefault: _,
    default: __,
    rules: ___,
    ...same
  } = schema;
  const checked = textRules(schema);
  const oneField = oneFieldRules(schema);
  return {
    ...same,
    ...(properties === undefined
      ? {}
      : {
          properties: Object.fromEntries(Object.entries(properties).map(([key, field]) => [key, convert(field)])),
          additionalProperties: false,
        }),
    ...(additionalProperties === undefined ? {} : { additionalProperties: convert(additionalProperties) }),
    ...(items === undefined ? {} : { items: convert(items) }),
    ...(listType === 'set' ? { uniqueItems: true } : {}),
    ...(listMapKeys === undefined ? {} : { uniqueBy: listMapKeys }),
    ...(checked.length === 0 ? {} : { rules: checked }),
    ...(oneField.length === 0 ? {} : { oneField }),
  };
}
