import { describe, expect, test } from 'vitest';
import { anIncident, anUpdate } from '../../test/builders/incident.ts';
import type { IncidentState } from '../api/enums.gen.ts';
import { projectStatus } from './project.ts';
import type { Applied } from '../timeline/history.ts';

const applied: Applied = { seq: 1, state: 'Investigating', severity: 'SEV2', level: 0 };

/** One entry a minute from 10:00. */
const mitigatedAfter = (...states: IncidentState[]): string | undefined =>
  projectStatus(
    anIncident(),
    {},
    applied,
    states.map((to, i) =>
      anUpdate({
        metadata: { name: `t${i}` },
        spec: { type: 'State', to, occurredAt: `2026-02-03T10:0${i}:00Z` },
      }),
    ),
    () => undefined,
  ).timestamps?.mitigatedAt;

describe('customers are no longer hurt', () => {
  test('from when a fix is watched, also once it is closed', () => {
    expect(mitigatedAfter('Investigating', 'Monitoring', 'Resolved')).toBe('2026-02-03T10:01:00Z');
  });

  test('not while it is looked for again, nor by a fix that did not hold', () => {
    expect(mitigatedAfter('Investigating')).toBeUndefined();
    expect(mitigatedAfter('Monitoring', 'Investigating')).toBeUndefined();
    expect(mitigatedAfter('Monitoring', 'Resolved', 'Investigating', 'Resolved')).toBeUndefined();
    expect(mitigatedAfter('Monitoring', 'Identified', 'Monitoring')).toBe('2026-02-03T10:02:00Z');
  });
});
