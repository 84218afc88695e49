import { describe, expect, test } from 'vitest';
import { anIncident } from '../../../test/builders/incident.ts';
import { aContext } from '../../../test/builders/verb-context.ts';
import { sent, startOf, typed, type Run } from '../../../test/builders/verb-runs.ts';
import { minutes, rfc3339 } from '../../runtime/clock.ts';
import { update } from './update.ts';

const incident = anIncident();
const { now } = aContext(update, { incident });

test.each(['', 'Half of it is back.'])('update, typed: %j opens the form', async (line) => {
  expect(await typed(update, line, { incident })).toEqual({ form: 'update', filled: { text: line } });
});

describe('update, sent', () => {
  test.each<[object, Run]>([
    [
      { text: 'Back.', audience: 'Stakeholders', channels: ['#support'], due: '30' },
      {
        write: {
          entry: {
            type: 'Status',
            text: 'Back.',
            more: { audience: 'Stakeholders', channels: ['#support'], nextDueAt: rfc3339(now + minutes(30)) },
          },
        },
        says: 'the update is stored; it goes out to stakeholders.',
      },
    ],
    [
      { text: 'Back.', audience: 'Responders', channels: [], due: '' },
      {
        write: { entry: { type: 'Status', text: 'Back.', more: { audience: 'Responders', channels: [] } } },
        says: 'the update is stored; it goes out to responders.',
      },
    ],
    [
      { text: 'Back.', audience: 'Responders', channels: ['#support'] },
      {
        refused: 'Responders are told in the incident’s channel alone. Choose Stakeholders, or no channel.',
        field: 'spec.audience',
      },
    ],
  ])('%j', async (given, run) => {
    expect(await sent(update, given, { incident })).toEqual(run);
  });

  test('not of an incident that is closed', async () => {
    const closed = anIncident({ spec: { state: 'Resolved' } });
    expect(startOf(update, { incident: closed })).toContain('is closed');
    expect(await sent(update, { text: 'x', audience: 'Public' }, { incident: closed })).toMatchObject({
      refused: expect.stringContaining('is closed'),
    });
  });
});
