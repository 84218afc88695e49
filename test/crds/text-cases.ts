import type { KindName } from '../../controller/api/kinds.gen.ts';
import { isRecord, readCrds, type Schema } from '../../controller/api/schema.ts';
import { breaks, textRules, type TextRule } from '../../controller/api/text-rules.ts';
import { vendorNames } from '../../tools/vendor-options.ts';
import { exampleOf } from '../builders/vendor-example.ts';
import { resolution, title, type Case } from './cases.ts';

/** A wrong text for one rule of one field, and the whole sentence that refuses it. */
export interface TextCase extends Case {
  readonly refused: { readonly field: string; readonly says: string };
  /** The same spec with another text there. */
  readonly specWith: (text: string) => object;
}

const name = 'a';
const links = [{ title: 'a', url: 'https://a.example' }];
const update = { incidentRef: { name }, text: 'a' };

/** Specs in which every field with a rule over its text is given; those that exclude each other stand apart. */
const specs: readonly (readonly [KindName, object])[] = [
  [
    'Incident',
    {
      title,
      state: 'Resolved',
      services: ['a'],
      policyRef: { name },
      startedAt: '2026-06-15T21:16:06Z',
      detectedAt: '2026-06-15T21:16:06Z',
      mitigatedAt: '2026-06-15T21:16:06Z',
      roles: { scribe: 'a' },
      resolution: {
        ...resolution,
        channels: ['#support'],
        correctiveActions: [{ what: 'a', kind: 'Detect', owner: 'a', due: '2026-07-01' }],
      },
      duplicateOf: { name },
      relatedTo: [{ name }],
      links,
      change: { id: '1', reason: 'a', by: 'a', via: 'a' },
    },
  ],
  [
    'IncidentUpdate',
    {
      ...update,
      type: 'Status',
      author: 'a',
      occurredAt: '2026-06-15T21:16:06Z',
      nextDueAt: '2026-06-15T21:16:06Z',
      channels: ['#support'],
      links,
    },
  ],
  ['IncidentUpdate', { ...update, type: 'Correction', corrects: { name } }],
  ...vendorNames().map((vendor): readonly [KindName, object] => ['Integration', exampleOf(vendor).spec]),
  [
    'ResponsePolicy',
    {
      match: { services: ['a'] },
      severities: { SEV1: { label: 'a' }, SEV2: { label: 'a' }, SEV3: { label: 'a' }, SEV4: { label: 'a' } },
      channel: { integrationRef: { name }, nameTemplate: 'inc-{number}' },
      invitees: ['a'],
      tickets: [{ integrationRef: { name }, labels: ['a'] }],
      notices: [{ integrationRef: { name }, channel: '#support', notAfter: '15m' }],
      triage: { integrationRef: { name }, channel: '#support' },
      respond: { userTemplate: 'oidc:{mail}', users: { zoe: 'a' }, groups: { sre: 'a' } },
      updates: { dueIn: '30m' },
      bookmarks: links,
      record: { integrationRef: { name }, reviewRef: { name }, folder: 'a', reviewers: ['a'] },
    },
  ],
];

/** One of these breaks each rule and no other of the same field. */
const wrong = ['A!', 'a\nb', 'a,b', 'a<b', '\u200b', 'a b', 'https://user:password@a.example/a', 'system:{mail}'];

/** One for each rule over the text of each field that people write. Throws where no spec or no text above is for it. */
export const textCases: readonly TextCase[] = readCrds().flatMap(({ kind, schema }) =>
  [...ruledTexts('spec', schema.properties?.['spec'])].flatMap(({ path, schema: field }) =>
    textRules(field).map((rule) => caseOf(kind, path, field, rule)),
  ),
);

interface Field {
  /** Items and values of maps are `[]`. */
  readonly path: string;
  readonly schema: Schema;
}

function* ruledTexts(path: string, schema: Schema | undefined): Generator<Field> {
  if (schema === undefined) return;
  if (schema.type === 'string' && schema.rules.length > 0) yield { path, schema };
  for (const [key, field] of Object.entries(schema.properties ?? {})) yield* ruledTexts(`${path}.${key}`, field);
  yield* ruledTexts(`${path}[]`, schema.items ?? schema.additionalProperties);
}

function caseOf(kind: string, path: string, schema: Schema, rule: TextRule): TextCase {
  const others = textRules(schema).filter(({ message }) => message !== rule.message);
  const fits = (text: string): boolean =>
    breaks(rule, text) && text.length >= (schema.minLength ?? 0) && text.length <= (schema.maxLength ?? Infinity);
  const found = [...wrong, 'ftp://a', 'x-system:{mail}'].filter(fits);
  const text = found.find((one) => !others.some((other) => breaks(other, one))) ?? found[0];
  for (const [of, spec] of specs) {
    if (of !== kind || text === undefined) continue;
    const steps = path.split(/\.|(?=\[\])/).slice(1);
    const { found: isThere, field, value } = replaced(spec, steps, text, 'spec');
    if (isThere)
      return {
        name: `${field}: ${JSON.stringify(text)}`,
        kind: of,
        write: value,
        refused: { field, says: rule.message },
        specWith: (other) => replaced(spec, steps, other, 'spec').value,
      };
  }
  throw new Error(`${kind}.${path}: no spec or no wrong text for "${rule.message}"`);
}

interface Replaced {
  readonly found: boolean;
  /** As the API server names it. */
  readonly field: string;
  readonly value: object;
}

function replaced(value: unknown, steps: readonly string[], text: string, at: string): Replaced {
  const [step, ...rest] = steps;
  const key = step === '[]' && isRecord(value) ? (Object.keys(value)[0] ?? '') : step === '[]' ? '0' : (step ?? '');
  const field = step === '[]' ? `${at}[${key}]` : `${at}.${key}`;
  const now: unknown = Array.isArray(value) ? value[0] : isRecord(value) ? value[key] : undefined;
  if (now === undefined) return { found: false, field, value: {} };
  const inner = rest.length === 0 ? undefined : replaced(now, rest, text, field);
  const next: unknown = inner === undefined ? text : inner.value;
  return {
    found: inner?.found ?? true,
    field: inner?.field ?? field,
    value: Array.isArray(value) ? [next] : { ...(isRecord(value) ? value : {}), [key]: next },
  };
}
