import { describe, expect, test } from 'vitest';
import { anIncident, anUpdate } from '../../test/builders/incident.ts';
import { changeAnnotation, titleAnnotation } from '../api/names.ts';
import { unseenUpdates, withOrphans } from './history.ts';
import type { Applied } from './scope.ts';

const applied: Applied = { seq: 1, state: 'Investigating', severity: 'SEV2', level: 0 };
const entry = (seq: number, type: 'State' | 'Severity', to: string) =>
  anUpdate({ metadata: { name: `mobile-app-login-6f1c7c54-t${seq}` }, spec: { type, to } });

describe('what was written down by a process that died', () => {
  test('counts as told, in order', () => {
    const updates = [entry(3, 'State', 'Monitoring'), entry(2, 'Severity', 'SEV1'), entry(1, 'State', 'Investigating')];
    expect(withOrphans(anIncident(), applied, updates)).toEqual({
      seq: 3,
      state: 'Monitoring',
      severity: 'SEV1',
      level: 0,
    });
  });

  test('what was told and taken back meanwhile is a difference again', () => {
    const incident = anIncident({ spec: { state: 'Investigating' } });
    const told = withOrphans(incident, applied, [entry(2, 'State', 'Identified')]);
    expect(told.state).toBe('Identified');
    expect(told.state).not.toBe(incident.spec.state);
  });

  test('without any it is as it was', () => {
    expect(
      withOrphans(anIncident(), applied, [entry(1, 'State', 'Investigating'), entry(4, 'State', 'Identified')]),
    ).toBe(applied);
  });
});

test('an entry names the act that it tells of', () => {
  const change = { id: 'slack-severity-a', source: 'Slack', by: 'ana@example.com' } as const;
  const [told] = unseenUpdates(anIncident({ spec: { severity: 'SEV1', change } }), applied, 0);
  expect(told?.metadata.annotations).toEqual({ [changeAnnotation]: 'slack-severity-a' });
});

test('the entry of a declaration holds the title of then', () => {
  const triage: Applied = { ...applied, state: 'Triage' };
  const [declared] = unseenUpdates(anIncident(), triage, 0);
  expect(declared?.metadata.annotations).toEqual({ [titleAnnotation]: 'Mobile app login errors' });
  const dismissed = anIncident({ spec: { state: 'Resolved', resolution: { summary: 'Nothing.' } } });
  expect(unseenUpdates(dismissed, triage, 0)[0]?.metadata.annotations).toBeUndefined();
  const [first] = unseenUpdates(anIncident(), undefined, 0);
  expect([first?.spec.text, first?.metadata.annotations]).toEqual(['Mobile app login errors', undefined]);
});
