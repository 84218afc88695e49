import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { stringify } from 'yaml';
import { apiVersion } from '../../controller/api/names.ts';
import { validateFile } from '../../controller/api/validate.ts';
import { readCrds, type Rule, type Schema } from '../../controller/api/schema.ts';
import { textRules } from '../../controller/api/text-rules.ts';
import { effectStates, type Entry } from '../../controller/runtime/effect.ts';
import type { Condition } from '../../controller/api/meta.ts';
import { generate } from '../../tools/generate.ts';
import { incidentSpecCases } from './incident-spec-cases.ts';
import { otherCases } from './other-cases.ts';
import { statusCases } from './status-cases.ts';
import { textCases } from './text-cases.ts';

const crds = readCrds();

interface Field {
  readonly path: string;
  readonly schema: Schema;
}

/** Every field of every kind, with items and map values as `[]`. */
function* walk(path: string, schema: Schema): Generator<Field> {
  yield { path, schema };
  for (const [name, field] of Object.entries(schema.properties ?? {})) yield* walk(`${path}.${name}`, field);
  if (schema.items !== undefined) yield* walk(`${path}[]`, schema.items);
  if (schema.additionalProperties !== undefined) yield* walk(`${path}[]`, schema.additionalProperties);
}
const fields = crds.flatMap(({ kind, schema }) => [...walk(kind, schema)]);
const at = (path: string): Schema | undefined => fields.find((field) => field.path === path)?.schema;
/** Kinds that tell how they stand. */
const withConditions = crds.filter(({ kind }) => at(`${kind}.status.conditions[]`));
const pathsOf = (wrong: (schema: Schema, path: string) => boolean): string[] =>
  fields.filter(({ schema, path }) => wrong(schema, path)).map(({ path }) => path);

/** By a rule of its own, beside the one that something in it can be seen. */
const decided = (schema: Schema): boolean =>
  textRules(schema).some(({ message, ofKeys }) => !ofKeys && !message.startsWith('nothing in it can be seen'));

describe('every field', () => {
  it('is found', () => {
    expect(fields.map(({ path }) => path)).toContain('Incident.spec.resolution.correctiveActions[].due');
    expect(fields.length).toBeGreaterThan(200);
  });

  it('has a description, apart from metadata, where the API server refuses one', () => {
    const bare = pathsOf(({ description }) => description === undefined || description.length < 5);
    expect(bare).toEqual(crds.map(({ kind }) => `${kind}.metadata`));
  });

  it('has a description that ends as a sentence', () => {
    expect(pathsOf(({ description }) => description !== undefined && !/[.\])]$/.test(description))).toEqual([]);
  });

  it('is bounded', () => {
    expect(pathsOf((s) => s.type === 'string' && s.maxLength === undefined && s.enum === undefined)).toEqual([]);
    expect(pathsOf((s) => s.type === 'array' && s.maxItems === undefined)).toEqual([]);
    expect(pathsOf((s) => s.additionalProperties !== undefined && s.maxProperties === undefined)).toEqual([]);
    expect(pathsOf((s) => s.type === 'integer' && s.minimum === undefined)).toEqual([]);
    expect(pathsOf((s) => s.type === undefined)).toEqual([]);
  });

  it('that people write has no pattern, which the API server would show them as it is', () => {
    const conditions = withConditions.flatMap(({ kind }) =>
      ['type', 'reason'].map((name) => `${kind}.status.conditions[].${name}`),
    );
    expect(pathsOf(({ pattern }) => pattern !== undefined)).toEqual(conditions);
  });

  it('says what is allowed where a rule decides of its letters and signs', () => {
    const silent = pathsOf((s) => s.type === 'string' && decided(s) && !/ Allowed: ./.test(s.description ?? ''));
    expect(silent).toEqual([]);
  });

  it('has a name that no YAML parser reads as true or false', () => {
    expect(pathsOf((_, path) => /\.(y|n|yes|no|on|off|true|false)$/i.test(path))).toEqual([]);
  });

  it('says how a list merges', () => {
    expect(pathsOf((s) => s.items !== undefined && s.listType === undefined)).toEqual([]);
  });
});

describe('every rule', () => {
  const rules = crds.flatMap(({ kind, schema }) =>
    [...walk(kind, schema)].flatMap((field) => field.schema.rules.map((rule) => ({ kind, rule }))),
  );
  const refusals = [...incidentSpecCases, ...statusCases, ...otherCases, ...textCases].flatMap(({ kind, refused }) =>
    refused === undefined ? [] : [{ kind, ...refused }],
  );
  const refusedBy = (kind: string, rule: Rule): boolean =>
    refusals.some((refusal) => refusal.kind === kind && rule.message.includes(refusal.says));

  it('is refused by a case', () => {
    expect(rules.length).toBeGreaterThan(20);
    expect(rules.filter(({ kind, rule }) => !refusedBy(kind, rule))).toEqual([]);
  });

  it('says what is wrong, then what to do', () => {
    expect(rules.filter(({ rule }) => !/[.:;] .*\.$/.test(rule.message))).toEqual([]);
  });

  it('over a text is judged alike in a file, in the same words', () => {
    expect(textCases.length).toBeGreaterThan(80);
    for (const { kind, write, refused } of textCases) {
      const file = stringify({ apiVersion, kind, metadata: { name: 'a' }, spec: write });
      const field = refused.field.replace(/\[([a-z]+)\]$/, '.$1');
      expect(validateFile(file, 'a.yaml')).toMatchObject([{ field, message: refused.says }]);
    }
  });
});

describe('what is said in two places', () => {
  it('has the same words for conditions in all kinds, and for entries in both', () => {
    const conditions = withConditions.map(({ kind }) => at(`${kind}.status.conditions[]`));
    expect(conditions.length).toBeGreaterThan(3);
    for (const condition of conditions) expect(condition).toEqual(conditions[0]);
    expect(at('IncidentUpdate.status.effects[]')).toEqual(at('Incident.status.effects[]'));
  });

  it("has the runtime's entries", () => {
    const entry: Record<keyof Required<Entry>, true> = {
      kind: true,
      integration: true,
      state: true,
      attempt: true,
      cause: true,
      session: true,
      rev: true,
      within: true,
      ref: true,
      facts: true,
      reason: true,
      message: true,
      since: true,
      at: true,
    };
    const schema = at('Incident.status.effects[]');
    expect(Object.keys(schema?.properties ?? {})).toEqual(Object.keys(entry));
    expect(schema?.properties?.['state']?.enum).toEqual(effectStates);
    const least: Entry = { kind: '', state: 'Done', attempt: 1, since: '', at: '' };
    expect(schema?.required).toEqual(Object.keys(least));
  });

  it('has the conditions of meta.ts', () => {
    const condition: Condition = { type: '', status: 'True', reason: 'Done', message: '', lastTransitionTime: '' };
    expect(at('Incident.status.conditions[]')?.required).toEqual(Object.keys(condition));
  });

  it('has the names of names.ts', () => {
    for (const crd of crds) {
      expect(crd.apiVersion).toBe(apiVersion);
      expect(crd.file).toBe(`${crd.plural}.yaml`);
    }
  });

  it('has the generated types of these CRDs', async () => {
    const root = new URL('../../', import.meta.url);
    for (const [path, text] of await generate()) {
      expect(readFileSync(new URL(path, root), 'utf8'), `${path}: run node tools/generate.ts`).toBe(text);
    }
  });
});
