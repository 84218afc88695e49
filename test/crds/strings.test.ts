import { describe, expect, it } from 'vitest';
import { stringify } from 'yaml';
import { readCrds, type Schema } from '../../controller/api/schema.ts';
import { textRules } from '../../controller/api/text-rules.ts';
import { validateFile } from '../../controller/api/validate.ts';
import { isDay, rfc3339, timeOf } from '../../controller/runtime/clock.ts';
import { bareUrl, isBlank, webUrl } from '../../controller/text.ts';
import { addressStrings, blankStrings, dayStrings, timeStrings } from './strings.ts';

const problems = (kind: string, spec: object): string[] =>
  validateFile(stringify({ apiVersion: 'allclear.dev/v1alpha1', kind, metadata: { name: 'a' }, spec }), 'a.yaml').map(
    ({ field }) => field,
  );
const incident = (spec: object): string[] => problems('Incident', { title: 'a', ...spec });
const update = (spec: object): string[] =>
  problems('IncidentUpdate', { incidentRef: { name: 'a' }, type: 'Status', text: 'a', ...spec });
const action = (due: string): object => ({
  resolution: { summary: 'a', correctiveActions: [{ what: 'a', kind: 'Detect', due }] },
});

describe('every time that the schema lets through', () => {
  it.each([
    ['startedAt', incident],
    ['detectedAt', incident],
    ['mitigatedAt', incident],
    ['occurredAt', update],
    ['nextDueAt', update],
  ] as const)('is read, and no other: %s', (field, check) => {
    const wrong = timeStrings(1_500).filter(
      (text) => (check({ [field]: text }).length === 0) !== (timeOf(text) !== undefined),
    );
    expect(wrong).toEqual([]);
  });

  it('can be written again', () => {
    const read = timeStrings(5_000).flatMap((text) => timeOf(text) ?? []);
    expect(read.length).toBeGreaterThan(100);
    for (const at of read)
      expect(timeOf(rfc3339(at)) ?? rfc3339(at)).toEqual(
        /^(1899|3000)/.test(rfc3339(at)) ? rfc3339(at) : Math.floor(at / 1_000) * 1_000,
      );
  });

  it('is a day of the calendar where a day is due', () => {
    const wrong = dayStrings(2_000).filter((text) => (incident(action(text)).length === 0) !== isDay(text));
    expect(wrong).toEqual([]);
  });

  it('is one of these: no field of a spec is a time by its format alone', () => {
    const formats = readCrds().flatMap(({ kind, schema }) => [
      ...formatsOf(`${kind}.spec`, schema.properties?.['spec']),
    ]);
    expect(formats.filter(([, format]) => format.startsWith('date'))).toEqual([]);
  });
});

function* formatsOf(path: string, schema: Schema | undefined): Generator<[string, string]> {
  if (schema === undefined) return;
  if (schema.format !== undefined) yield [path, schema.format];
  for (const [name, field] of Object.entries(schema.properties ?? {})) yield* formatsOf(`${path}.${name}`, field);
  yield* formatsOf(`${path}[]`, schema.items ?? schema.additionalProperties);
}

describe('text that cannot be seen', () => {
  it('is told by the renderers as by the schema', () => {
    const all = blankStrings(3_000);
    expect(all.filter(isBlank).length).toBeGreaterThan(500);
    expect(all.filter((text) => !isBlank(text)).length).toBeGreaterThan(500);
    // Several lines are welcome here, so nothing else is wrong with it.
    expect(all.filter((text) => update({ text }).length > 0 !== isBlank(text))).toEqual([]);
  });

  it('is refused in every text that must be there or is a line of its own', () => {
    const bare = readCrds().flatMap(({ kind, schema }) => [...textsOf(`${kind}.spec`, schema.properties?.['spec'])]);
    expect(bare.length).toBeGreaterThan(15);
    const missing = bare.filter(([, { rules }]) => !rules.some(({ message }) => message.includes('can be seen')));
    // Kubernetes gives a uid; nobody writes one to be read.
    expect(missing.map(([path]) => path)).toEqual(['IncidentUpdate.spec.incidentRef.uid']);
  });
});

/** Free text that may not be empty: what has to be letters and signs by a rule is seen anyway. */
function* textsOf(path: string, schema: Schema | undefined): Generator<[string, Schema]> {
  if (schema === undefined) return;
  const free = !textRules(schema).some(({ expression, wanted }) => wanted && expression.source.startsWith('^'));
  if (schema.type === 'string' && schema.minLength !== undefined && free) yield [path, schema];
  for (const [name, field] of Object.entries(schema.properties ?? {})) yield* textsOf(`${path}.${name}`, field);
  yield* textsOf(`${path}[]`, schema.items ?? schema.additionalProperties);
}

const link = (url: string): object => ({ links: [{ title: 'a', url }] });

describe('an address', () => {
  it('that the schema lets through names nobody', () => {
    const through = addressStrings(3_000).filter((url) => incident(link(url)).length === 0);
    expect(through.length).toBeGreaterThan(20);
    expect(through.filter((url) => URL.parse(url)?.username !== '' || URL.parse(url)?.password !== '')).toEqual([]);
    expect(through.filter((url) => bareUrl(url) !== url || webUrl(url) === undefined)).toEqual([]);
  });

  it('from before goes out without credentials', () => {
    for (const url of addressStrings(3_000)) expect(bareUrl(url)).not.toMatch(/password@|token@|b@c@/);
    expect(bareUrl('https://user:p@ss@kibana.example/app?q=1#x')).toBe('https://kibana.example/app?q=1#x');
    expect(bareUrl('https://kibana.example')).toBe('https://kibana.example');
  });
});
