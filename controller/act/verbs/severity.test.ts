import { describe, expect, test } from 'vitest';
import { anIncident } from '../../../test/builders/incident.ts';
import { sent, startOf, typed, type Run } from '../../../test/builders/verb-runs.ts';
import { parseSeverity, severity } from './severity.ts';

const incident = anIncident();
const shown = { state: 'Investigating', severity: 'SEV2', level: 0 } as const;
const writes = (to: 'SEV1' | 'SEV3', reason: string): Run => ({
  write: { change: { severity: to }, reason },
  says: `severity is now ${to}.`,
});
const already = { refused: 'It is SEV2 already. Choose another, or cancel.', field: 'spec.severity' };

describe('severity, typed', () => {
  test.each<[string, Run]>([
    ['SEV1', writes('SEV1', '')],
    ['1 all regions', writes('SEV1', 'all regions')],
    ['sev3 one region', writes('SEV3', 'one region')],
    ['', { form: 'severity', filled: {} }],
    ['SEV3', { form: 'severity', filled: { severity: 'SEV3', reason: '' } }],
    ['SEV2', { says: 'it is SEV2 already.' }],
    ['SEV7', { refused: '“SEV7” is no severity. Did you mean SEV1? Known are SEV1, SEV2, SEV3, SEV4.' }],
    ['terrible', { refused: '“terrible” is no severity. Known are SEV1, SEV2, SEV3, SEV4.' }],
  ])('%j', async (line, run) => {
    expect(await typed(severity, line, { incident })).toEqual(run);
  });

  test('in the policy’s words', async () => {
    const policy = { severities: { SEV1: { label: 'Critical' }, SEV2: { label: 'High' } } };
    expect(await typed(severity, 'critical', { incident, policy })).toMatchObject({
      write: { change: { severity: 'SEV1' } },
      says: 'severity is now SEV1 (Critical).',
    });
    expect(await typed(severity, 'high', { incident, policy })).toEqual({ says: 'it is SEV2 (High) already.' });
    expect(await typed(severity, 'critica', { incident, policy })).toMatchObject({
      refused: expect.stringContaining('Did you mean Critical? Known are SEV1 (Critical), SEV2 (High), SEV3, SEV4.'),
    });
  });

  test.each([
    ['SEV1', 'SEV1'],
    ['sev2', 'SEV2'],
    ['3', 'SEV3'],
    ['sev-4', 'SEV4'],
    ['critical', 'SEV1'],
    // The organisation's word wins over ours.
    ['p1', 'SEV2'],
    ['SEV5', undefined],
    ['0', undefined],
    ['', undefined],
  ])('%j is %s', (word, found) => {
    expect(parseSeverity(word, { SEV1: { label: 'Critical' }, SEV2: { label: 'P1' } })).toBe(found);
  });
});

describe('severity, sent', () => {
  test.each([
    [{ severity: 'SEV1', reason: '' }, writes('SEV1', '')],
    [{ severity: 'SEV3', reason: 'one region' }, writes('SEV3', 'one region')],
    [
      { severity: '', reason: 'why' },
      { refused: 'Choose a severity.', field: 'spec.severity' },
    ],
    [
      { severity: 'SEV9', reason: 'why' },
      { refused: 'Choose a severity.', field: 'spec.severity' },
    ],
    [
      { severity: 'SEV3', reason: '' },
      { refused: 'Lowering the severity needs a reason.', field: 'spec.change.reason' },
    ],
    [{ severity: 'SEV2', reason: 'why' }, already],
  ] as const)('%j', async (given, run) => {
    expect(await sent(severity, given, { incident, shown })).toEqual(run);
  });

  test('what is lower is judged by what the person saw', async () => {
    const now = anIncident({ spec: { severity: 'SEV4' } });
    expect(await sent(severity, { severity: 'SEV3', reason: '' }, { incident: now, shown })).toMatchObject({
      field: 'spec.change.reason',
    });
    expect(await sent(severity, { severity: 'SEV2', reason: '' }, { incident: now, shown })).toMatchObject({
      write: { change: { severity: 'SEV2' } },
    });
  });
});

test('not of an incident that is closed', async () => {
  const closed = anIncident({ spec: { state: 'Resolved' } });
  const refused = 'INC-00001 is closed; nothing was done. If it is not over: `/incident reopen` and why.';
  expect(startOf(severity, { incident: closed })).toBe(refused);
  expect(await typed(severity, 'SEV1', { incident: closed })).toEqual({ refused });
  expect(await sent(severity, { severity: 'SEV1' }, { incident: closed, shown })).toEqual({ refused });
});
