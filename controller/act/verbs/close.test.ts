import { describe, expect, test } from 'vitest';
import { anIncident, anUpdate } from '../../../test/builders/incident.ts';
import { aContext } from '../../../test/builders/verb-context.ts';
import { sent, startOf, typed, type Run } from '../../../test/builders/verb-runs.ts';
import { close } from './close.ts';

const incident = anIncident();
const closed = anIncident({ spec: { state: 'Resolved' } });

describe('close, typed', () => {
  test.each(['', 'Rolled back.\nAll well.'])('%j opens the form', async (line) => {
    expect(await typed(close, line, { incident })).toEqual({ form: 'close', filled: { summary: line } });
  });

  test('who closed it before is named', async () => {
    const update = anUpdate({ spec: { type: 'State', from: 'Monitoring', to: 'Resolved', author: 'bo@example.com' } });
    const around = { incident: closed, updates: [update] };
    expect(await typed(close, 'x', around)).toMatchObject({
      refused: expect.stringMatching(/^INC-00001 is closed, by bo@example.com; nothing was done\./),
    });
    expect(startOf(close, around)).toContain('nothing was done');
  });
});

describe('close, sent', () => {
  const says = 'All Clear has been declared!';
  test.each<[object, Run]>([
    [
      { summary: 'Rolled back.', rootCause: '', channels: [] },
      { write: { change: { state: 'Resolved', resolution: { summary: 'Rolled back.' } } }, says },
    ],
    [
      { summary: 'Rolled back.', rootCause: 'A flag.', channels: ['#support'] },
      {
        write: {
          change: {
            state: 'Resolved',
            resolution: { summary: 'Rolled back.', rootCause: 'A flag.', channels: ['#support'] },
          },
        },
        says,
      },
    ],
  ])('%j', async (given, run) => {
    expect(await sent(close, given, { incident })).toEqual(run);
  });

  test('out of Triage it is a dismissal', async () => {
    const around = { incident: anIncident({ spec: { state: 'Triage' } }) };
    expect(await sent(close, { summary: 'A test.' }, around)).toMatchObject({
      says: 'closed, without having been declared.',
    });
    expect(close.inputs.summary.wording(aContext(close, around)).label).toBe('Why is it no incident?');
  });

  test('a second press is no refusal: the write tells whether it is the same', async () => {
    expect(await sent(close, { summary: 'Rolled back.' }, { incident: closed })).toMatchObject({ says });
  });
});
