import { expect, test } from 'vitest';
import { anIncident } from '../../test/builders/incident.ts';
import { Overtaken } from '../act/act.ts';
import { lastAuthor } from './authors.ts';
import type { FieldManagers } from './meta.ts';

const change = { id: 'a', source: 'Slack', by: 'zoe@example.com' } as const;
const after = (managers?: FieldManagers) =>
  anIncident({ spec: { change }, metadata: managers === undefined ? {} : { managers } });
const slack = { severity: 'allclear-controller', change: 'allclear-controller' };

test.each<[string, FieldManagers | undefined, string, string | undefined]>([
  ['whoever acted', slack, 'spec.severity', 'zoe@example.com'],
  ['whoever acted, where nothing else is known', undefined, 'spec.severity', 'zoe@example.com'],
  [
    'not whoever acted on something else',
    { ...slack, severity: 'kubectl-edit' },
    'spec.severity',
    'kubectl-edit (field manager)',
  ],
  ['whoever acted on what has no manager any more', slack, 'spec.roles.commander', 'zoe@example.com'],
  ['whoever acted on what is not told', slack, 'spec.description', 'zoe@example.com'],
])('a field was last set by %s', (_, managers, field, author) => {
  expect(lastAuthor(after(managers), field)).toBe(author);
});

test('by nobody who is known', () => {
  expect(lastAuthor(anIncident(), 'spec.severity')).toBeUndefined();
});

test('whose edit came in between is told with the right name', () => {
  const now = after({ ...slack, severity: 'kubectl-edit' });
  expect(new Overtaken('spec.severity', now).message).toContain(
    'was changed meanwhile by kubectl-edit (field manager);',
  );
  expect(new Overtaken('spec.severity', after(slack)).message).toContain('was changed meanwhile by zoe@example.com;');
});
