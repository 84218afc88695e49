import { describe, expect, test } from 'vitest';
import { anIncident, anUpdate } from '../../../test/builders/incident.ts';
import { nextDue } from './next-due.ts';

const incident = anIncident();
const every = (dueIn: string) => ({ spec: { updates: { dueIn } } });
const status = (at: string, nextDueAt?: string) =>
  anUpdate({
    metadata: { name: `s-${at}`, creationTimestamp: at },
    spec: { type: 'Status', ...(nextDueAt === undefined ? {} : { nextDueAt }) },
  });

describe('the next update', () => {
  test('is not due where nobody asks for one', () => {
    expect(nextDue({ incident, updates: [status('2026-02-03T11:00:00Z')], policy: { spec: {} } })).toBeUndefined();
    expect(nextDue({ incident, updates: [], policy: every('0m') })).toBeUndefined();
  });

  test('is due so long after the declaration, then after the last one', () => {
    expect(nextDue({ incident, updates: [], policy: every('30m') })).toBe('2026-02-03T11:25:12Z');
    const updates = [status('2026-02-03T11:20:00Z'), status('2026-02-03T11:10:00Z')];
    expect(nextDue({ incident, updates, policy: every('1h30m') })).toBe('2026-02-03T12:50:00Z');
  });

  test('is due when the last one promises it, and a note changes nothing', () => {
    const note = anUpdate({ metadata: { name: 'n', creationTimestamp: '2026-02-03T11:30:00Z' } });
    const updates = [status('2026-02-03T11:20:00Z', '2026-02-03T11:45:00Z'), note];
    expect(nextDue({ incident, updates, policy: every('30m') })).toBe('2026-02-03T11:45:00Z');
    expect(nextDue({ incident, updates: [...updates, status('2026-02-03T11:40:00Z')], policy: every('30m') })).toBe(
      '2026-02-03T12:10:00Z',
    );
  });

  test('is what the one that was written last says, and no promise that nobody could wait for', () => {
    const dated = anUpdate({
      metadata: { name: 'dated', creationTimestamp: '2026-02-03T11:00:00Z' },
      spec: { type: 'Status', occurredAt: '2062-02-03T11:00:00Z', nextDueAt: '2062-02-03T11:30:00Z' },
    });
    expect(nextDue({ incident, updates: [dated], policy: every('30m') })).toBe('2026-02-03T11:30:00Z');
    expect(nextDue({ incident, updates: [dated], policy: { spec: {} } })).toBeUndefined();
    const normal = status('2026-02-03T11:20:00Z', '2026-02-03T11:45:00Z');
    expect(nextDue({ incident, updates: [dated, normal], policy: every('30m') })).toBe('2026-02-03T11:45:00Z');
  });

  test('is known where a time of the status cannot be read', () => {
    const odd = anIncident({ status: { timestamps: { declaredAt: '2026-06-15T21:16:06+99:99' } } });
    expect(nextDue({ incident: odd, updates: [], policy: every('30m') })).toBe('2026-02-03T11:25:12Z');
  });

  test('is told of no time beyond the calendar', () => {
    const nowhere = anIncident({ metadata: { creationTimestamp: '2026-06-15T21:16:06+99:99' }, status: null });
    expect(nextDue({ incident: nowhere, updates: [], policy: every('30m') })).toBe('1970-01-01T00:30:00Z');
    expect(nextDue({ incident, updates: [], policy: every(`${'9'.repeat(400)}d`) })).toBe('9999-12-31T23:59:59Z');
  });
});
