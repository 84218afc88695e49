import { afterAll, beforeAll, expect, it } from 'vitest';
import { stringify } from 'yaml';
import { validateFile } from '../../controller/api/validate.ts';
import type { KindName } from '../../controller/api/kinds.gen.ts';
import { sharedCluster } from '../cluster/shared.ts';
import { apiOf, type Api } from './api.ts';
import { addressStrings, blankStrings, dayStrings, timeStrings } from './strings.ts';

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
  const apart: string[] = [];
  let good = 0;
  for (const text of texts) {
    const spec = specOf(text);
    const { code, message } = await api.create(kind, spec);
    expect([201, 422]).toContain(code);
    const file = { apiVersion: 'allclear.dev/v1alpha1', kind, metadata: { name: 'a' }, spec };
    const found = validateFile(stringify(file), 'a.yaml');
    if (code === 201) good += 1;
    if ((code === 201) !== (found.length === 0)) apart.push(`${JSON.stringify(text)}: ${message || 'accepted'}`);
  }
  expect(apart).toEqual([]);
  expect(good).toBeGreaterThan(3);
  expect(good).toBeLessThan(texts.length);
});
