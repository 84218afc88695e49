import { describe, expect, test } from 'vitest';
import { anIncident } from '../../../test/builders/incident.ts';
import { sent, startOf, typed, type Run } from '../../../test/builders/verb-runs.ts';
import { state } from './state.ts';

const incident = anIncident({ spec: { state: 'Identified' } });
const shown = { state: 'Identified', severity: 'SEV2', level: 0 } as const;
const writes = (to: 'Investigating' | 'Monitoring', reason: string): Run => ({
  write: { change: { state: to }, reason },
  says: `state is now ${to}.`,
});
const known = 'Known are Investigating, Identified, Monitoring; Resolved by `/incident close`.';

describe('state, typed', () => {
  test.each<[string, Run]>([
    ['Monitoring', writes('Monitoring', '')],
    ['monitoring the fix is out', writes('Monitoring', 'the fix is out')],
    ['Investigating it was not that', writes('Investigating', 'it was not that')],
    ['', { form: 'state', filled: {} }],
    ['investigating', { form: 'state', filled: { state: 'Investigating', reason: '' } }],
    ['identified', { says: 'it is Identified already.' }],
    ['resoled', { refused: `“resoled” is no state to set. Did you mean Resolved? ${known}` }],
    ['resolved rolled back', { form: 'close', filled: { summary: 'rolled back' } }],
    ['monitorng', { refused: `“monitorng” is no state to set. Did you mean Monitoring? ${known}` }],
    ['Triage', { refused: `“Triage” is no state to set. ${known}` }],
  ])('%j', async (line, run) => {
    expect(await typed(state, line, { incident })).toEqual(run);
  });
});

describe('state, sent', () => {
  test.each<[object, Run]>([
    [{ state: 'Monitoring', reason: 'why' }, writes('Monitoring', 'why')],
    // The API server asks for the reason of a step back.
    [{ state: 'Investigating', reason: '' }, writes('Investigating', '')],
    [
      { state: '', reason: '' },
      { refused: 'Choose a state.', field: 'spec.state' },
    ],
    [
      { state: 'Resolved', reason: '' },
      { refused: 'Choose a state.', field: 'spec.state' },
    ],
    [
      { state: 'Identified', reason: 'why' },
      { refused: 'It is Identified already. Choose another, or cancel.', field: 'spec.state' },
    ],
  ])('%j', async (given, run) => {
    expect(await sent(state, given, { incident, shown })).toEqual(run);
  });
});

test('not of an incident that is closed', async () => {
  const closed = anIncident({ spec: { state: 'Resolved' } });
  expect(startOf(state, { incident: closed })).toContain('nothing was done');
  expect(await sent(state, { state: 'Monitoring' }, { incident: closed, shown })).toMatchObject({
    refused: expect.stringContaining('INC-00001 is closed'),
  });
});
