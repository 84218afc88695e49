import { expect, test } from 'vitest';
import { anIncident } from '../../../test/builders/incident.ts';
import { sent, startOf, typed, type Run } from '../../../test/builders/verb-runs.ts';
import { reopen } from './reopen.ts';

const closed = anIncident({ spec: { state: 'Resolved', resolution: { summary: 'Rolled back.' } } });
const writes = (reason: string): Run => ({
  write: { change: { state: 'Investigating' }, reason },
  says: 'reopened.',
});

test.each<[string, Run]>([
  ['it is back', writes('it is back')],
  ['', { form: 'reopen', filled: { reason: '' } }],
])('reopen, typed: %j', async (line, run) => {
  expect(await typed(reopen, line, { incident: closed })).toEqual(run);
});

test('reopen, sent', async () => {
  expect(await sent(reopen, { reason: 'it is back' }, { incident: closed })).toEqual(writes('it is back'));
});

test('not of an incident that is open', async () => {
  const refused = 'INC-00001 is open: it is Investigating.';
  expect(startOf(reopen, { incident: anIncident() })).toBe(refused);
  expect(await typed(reopen, 'why', { incident: anIncident() })).toEqual({ refused });
});
