import { readdirSync } from 'node:fs';
import { expect, test } from 'vitest';
import { readCrds, type Schema } from '../api/schema.ts';
import { isRead } from './verb.ts';
import { verbNamed, verbs } from './verbs.ts';

test('each file of verbs/ is one in the list', () => {
  const files = readdirSync(new URL('verbs/', import.meta.url)).filter((file) => !file.endsWith('.test.ts'));
  expect(files.toSorted()).toEqual(verbs.map(({ name }) => `${name}.ts`).toSorted());
});

test('each first word is one verb’s', () => {
  const words = verbs.flatMap(({ name, aliases = [] }) => [name, ...aliases]);
  expect(words.toSorted()).toEqual([...new Set(words)].toSorted());
  for (const word of words) expect(verbNamed(word)).toBeDefined();
});

test('an input’s path is a field of a CRD, and its bound that of the CRD', () => {
  const crds = readCrds().filter(({ kind }) => kind === 'Incident' || kind === 'IncidentUpdate');
  const fieldAt = (path: string): Schema | undefined =>
    crds
      .map(({ schema }) => path.split('.').reduce<Schema | undefined>((at, part) => at?.properties?.[part], schema))
      .find((found) => found !== undefined);
  const inputs = verbs.flatMap((verb) => (isRead(verb) ? [] : Object.values(verb.inputs)));
  const paths = inputs.map(({ field }) => field).filter((field) => field.startsWith('spec.'));
  expect(paths.filter((path) => fieldAt(path) === undefined)).toEqual([]);
  const texts = inputs.filter((input) => input.kind === 'text');
  expect(texts.length).toBeGreaterThan(5);
  for (const { field, most } of texts) expect([field, fieldAt(field)?.maxLength]).toEqual([field, most]);
});
