import { expect, test } from 'vitest';
import { aScope, outlineOf, type ScopeParts } from '../../../test/builders/scope.ts';
import { number } from './number.ts';

test.each<[string, ScopeParts]>([
  ['before it has one', { named: null }],
  ['once it has one', {}],
  ['in triage', { spec: { state: 'Triage' } }],
  ['of a drill', { spec: { mode: 'Drill' } }],
  ['of a Backfill, which is quiet otherwise', { backfill: true }],
])('a number is wanted of the cluster itself %s', (_, parts) => {
  expect(outlineOf(number.plan(aScope(parts)))).toBe('number');
});

test.each([
  ['SEV1', 1],
  ['SEV4', 4],
] as const)('the number of a %s is served at priority %d', (severity, priority) => {
  expect(number.plan(aScope({ spec: { severity } }))).toMatchObject({ effects: [{ priority }] });
});
