import { expect, it } from 'vitest';
import { validateFile } from '../../controller/api/validate.ts';
import { KubectlError } from '../cluster/kubectl.ts';
import { sharedCluster } from '../cluster/shared.ts';

// What people may write after `title`, as YAML: the file's check and kubectl with the API server must judge alike.
// Server-side apply is the stricter way in: a client-side one drops nulls.
const written: readonly (readonly [string, 'good' | 'bad'])[] = [
  ['fields: {a: b}', 'good'],
  ['fields: {a: y}', 'bad'],
  ['fields: {a: N}', 'bad'],
  ['fields: {a: yes}', 'bad'],
  ['fields: {a: Off}', 'bad'],
  ['fields: {a: 1:30}', 'good'],
  ['fields: {a: 010}', 'bad'],
  ['fields: {a: 1_000}', 'bad'],
  ['fields: {a: 0x1F}', 'bad'],
  ['fields: {a: 0b11}', 'bad'],
  ['fields: {a: 1e3}', 'bad'],
  ['fields: {a: 2026-06-15}', 'good'],
  ['fields: {a: ~}', 'bad'],
  ['fields: {a: TrUe}', 'good'],
  ['fields: {a: !!str 5}', 'good'],
  ['fields: {1: a, on: b}', 'good'],
  ['fields: {a: "x", <<: {b: c}}', 'good'],
  ['fields: [a]', 'bad'],
  ['severity: null', 'good'],
  ['escalation: null', 'good'],
  ['escalation: {level: 1.0}', 'good'],
  ['escalation: {level: 1.5}', 'bad'],
  ['escalation: {level: "1"}', 'bad'],
  ['resolution: null', 'bad'],
  ['roles: {commander: null}', 'bad'],
  ['roles: {commander: ""}', 'bad'],
  ['services: [null]', 'bad'],
  ['services: [a, a]', 'bad'],
  ['services: [a, A]', 'good'],
  ['relatedTo: [{name: a}, {name: a}]', 'bad'],
  ['relatedTo: [{name: A}]', 'bad'],
  ['startedAt: 2026-06-15T21:16:06Z', 'good'],
  ['startedAt: 2026-06-15t21:16:06.123456789z', 'good'],
  ['startedAt: 2026-06-15T21:16:06+02:00', 'good'],
  ['startedAt: 2026-06-15T21:16:06+0200', 'bad'],
  ['startedAt: 2026-06-15 21:16:06Z', 'bad'],
  ['startedAt: 2026-06-15T21:16:06', 'bad'],
  ['startedAt: 2026-06-15T21:16Z', 'bad'],
  ['startedAt: 2026-02-30T21:16:06Z', 'bad'],
  ['startedAt: 2026-06-15T24:16:06Z', 'bad'],
  ['startedAt: 2026-06-15', 'bad'],
  ['startedAt: ""', 'bad'],
  ['links: [{title: a, url: "http://ü.example/ä|{}"}]', 'good'],
  ['links: [{title: a, url: "HTTPS://a.example"}]', 'bad'],
  ['links: [{title: a, url: "https://"}]', 'bad'],
  ['links: [{title: a, url: "https://a b"}]', 'bad'],
  ['links: [{title: a}]', 'bad'],
  ['Severity: SEV1', 'bad'],
  ['foo: bar', 'bad'],
];

const { kubectl } = sharedCluster();

it.each(written)('%s is %s for both', async (line, verdict) => {
  const text = `apiVersion: allclear.dev/v1alpha1\nkind: Incident\nmetadata: {name: q}\nspec: {title: a, ${line}}\n`;
  const refused = await kubectl.apply(text, '--dry-run=server', '-n', 'default').then(
    () => undefined,
    (error: unknown) => error,
  );
  const problems = validateFile(text, 'a.yaml');
  expect({
    server: refused instanceof KubectlError ? 'bad' : (refused ?? 'good'),
    file: problems.length === 0 ? 'good' : 'bad',
  }).toEqual({ server: verdict, file: verdict });
  // Never more than the one mistake that was made.
  expect(problems.length).toBeLessThan(2);
});
