import { describe, expect, test } from 'vitest';
import { anIncident } from '../../../test/builders/incident.ts';
import { aContext } from '../../../test/builders/verb-context.ts';
import { sent, startOf, typed, type Run } from '../../../test/builders/verb-runs.ts';
import { deescalate } from './deescalate.ts';

const at = (level: number) => anIncident({ spec: { escalation: { level } } });
const writes = (level: number, reason: string): Run => ({
  write: { change: { level }, reason },
  says: `de-escalated to level ${level}.`,
});

describe('deescalate, typed', () => {
  test.each<[string, Run]>([
    ['they are here', writes(1, 'they are here')],
    ['0 they are here', writes(0, 'they are here')],
    ['', { form: 'deescalate', filled: {} }],
    ['0', { form: 'deescalate', filled: {} }],
    ['3 because', { refused: 'It is at level 2; that is no step down.' }],
  ])('%j at level 2', async (line, run) => {
    expect(await typed(deescalate, line, { incident: at(2) })).toEqual(run);
  });

  test('after a step down of one’s own the level must be named', async () => {
    const incident = anIncident({
      spec: {
        escalation: { level: 2 },
        change: { id: 'slack-deescalate-x', source: 'Slack', via: 'slack:T1/U1', by: 'ana' },
      },
    });
    expect(await typed(deescalate, 'why', { incident })).toEqual({
      refused: 'It is at level 2 since you typed or pressed that. For one more: `/incident deescalate 1 why`.',
    });
  });
});

describe('deescalate, sent', () => {
  test.each<[object, Run]>([
    [{ level: '0', reason: 'they are here' }, writes(0, 'they are here')],
    [
      { level: '', reason: 'why' },
      { refused: 'Choose a level.', field: 'spec.escalation.level' },
    ],
    [
      { level: '12', reason: 'why' },
      { refused: 'Choose a level.', field: 'spec.escalation.level' },
    ],
  ])('%j', async (given, run) => {
    expect(await sent(deescalate, given, { incident: at(2) })).toEqual(run);
  });

  test('the levels below can be chosen, the next one first', () => {
    const { options, initial } = deescalate.inputs.level;
    const context = aContext(deescalate, { incident: at(2) });
    expect(options(context)).toEqual([
      { value: '1', label: '1' },
      { value: '0', label: '0: the first responders' },
    ]);
    expect(initial(context)).toBe('1');
  });
});

test.each([
  ['the lowest level', at(0), 'It is at the lowest level already.'],
  ['a closed incident', anIncident({ spec: { state: 'Resolved', escalation: { level: 1 } } }), 'is closed'],
])('not from %s', async (_, incident, words) => {
  expect(startOf(deescalate, { incident })).toContain(words);
  expect(await typed(deescalate, 'why', { incident })).toMatchObject({ refused: expect.stringContaining(words) });
});
