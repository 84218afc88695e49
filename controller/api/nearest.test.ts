import { expect, it } from 'vitest';
import { nearest } from './nearest.ts';

const known = ['severity', 'services', 'state', 'startedAt', 'title', 'SEV1', 'SEV2'];

it.each([
  ['sevrity', 'severity'],
  ['severtiy', 'severity'],
  ['Severity', 'severity'],
  ['started_at', 'startedAt'],
  ['tittle', 'title'],
  ['sev1', 'SEV1'],
  ['title', 'title'],
])('%s is meant as %s', (given, meant) => {
  expect(nearest(given, known)).toBe(meant);
});

it.each(['', 'x', 'commander', 'status.state', 'zzzzzzzz'])('nothing is near to "%s"', (given) => {
  expect(nearest(given, known)).toBeUndefined();
});

it('takes the first of two that are as near', () => {
  expect(nearest('SEV', ['SEV2', 'SEV1'])).toBe('SEV2');
});
