import { afterAll, beforeAll, expect, it } from 'vitest';
import { stringify } from 'yaml';
import { validateFile } from '../../controller/api/validate.ts';
import type { KindName } from '../../controller/api/kinds.gen.ts';
import { sharedCluster } from '../cluster/shared.ts';
import { apiOf, type Api } from './api.ts';
import { addressStrings, blankStrings, dayStrings, signStrings, timeStrings } from './strings.ts';
import { textCases } from './text-cases.ts';

let api: Api;
beforeAll(async () => {
  const cluster = sharedCluster();
  api = apiOf(cluster, await cluster.newNamespace());
});
afterAll(() => api.close());

const incident = (spec: object): object => ({ title: 'a', ...spec });
const update = (spec: object): object => ({ incidentRef: { name: 'a' }, type: 'Status', text: 'a', ...spec });

/** A sample of what strings.test.ts tries on the file's check alone. */
const samples: readonly (readonly [string, KindName, readonly string[], (text: string) => object])[] = [
  ['times', 'IncidentUpdate', timeStrings(150, 7), (text) => update({ occurredAt: text })],
  [
    'days',
    'Incident',
    dayStrings(80, 7),
    (due) =>
      incident({
        state: 'Resolved',
        resolution: { summary: 'a', correctiveActions: [{ what: 'a', kind: 'Detect', due }] },
      }),
  ],
  ['text that can hardly be seen', 'IncidentUpdate', blankStrings(150, 7), (text) => update({ text })],
  ['names of roles', 'Incident', blankStrings(60, 9), (text) => incident({ roles: { [text]: 'a' } })],
  ['addresses', 'Incident', addressStrings(150, 7), (url) => incident({ links: [{ title: 'a', url }] })],
];

it.each(samples)('%s are judged alike by the API server and the file’s check', async (_, kind, texts, specOf) => {
  const { apart, good } = await compare(kind, texts, specOf);
  expect(apart).toEqual([]);
  expect(good).toBeGreaterThan(3);
  expect(good).toBeLessThan(texts.length);
});

it('whatever is written where a rule holds its letters and signs, both judge alike', async () => {
  // Go's parser of addresses is stricter than ours in what a host may be: https://{name} is none.
  const rows = textCases.filter(({ refused }) => !/(apiUrl|\]\.url)$/.test(refused.field));
  const rules = new Map(rows.map((row) => [`${row.kind}: ${row.refused.says}`, row]));
  let good = 0;
  for (const [n, { kind, specWith }] of [...rules.values()].entries()) {
    const compared = await compare(kind, signStrings(14, n + 1), specWith);
    expect(compared.apart).toEqual([]);
    good += compared.good;
  }
  expect(rules.size).toBeGreaterThan(25);
  expect(good).toBeGreaterThan(60);
});

async function compare(
  kind: KindName,
  texts: readonly string[],
  specOf: (text: string) => object,
): Promise<{ apart: string[]; good: number }> {
  const apart: string[] = [];
  let good = 0;
  for (const text of texts) {
    const spec = specOf(text);
    const { code, message } = await api.create(kind, spec);
    expect([201, 422]).toContain(code);
    const file = { apiVersion: 'allclear.dev/v1alpha1', kind, metadata: { name: 'a' }, spec };
    const found = validateFile(stringify(file, { defaultStringType: 'QUOTE_DOUBLE' }), 'a.yaml');
    if (code === 201) good += 1;
    if ((code === 201) !== (found.length === 0)) apart.push(`${JSON.stringify(text)}: ${message || 'accepted'}`);
  }
  return { apart, good };
}
