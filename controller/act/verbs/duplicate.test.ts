import { describe, expect, test } from 'vitest';
import { anIncident } from '../../../test/builders/incident.ts';
import { changeIdFor } from '../names.ts';
import { sent, startOf, typed, type Run } from '../../../test/builders/verb-runs.ts';
import { duplicate } from './duplicate.ts';

const incident = anIncident();
const named = (name: string, number: number, namespace = 'default') =>
  anIncident({
    metadata: { name, uid: `uid-${name}`, namespace },
    spec: { title: 'Login down' },
    status: { number, id: `INC-0000${number}` },
  });
const other = named('login', 2);
const elsewhere = named('far', 3, 'other');
const around = { incident, others: [other, elsewhere] };
const writes: Run = {
  write: {
    change: {
      duplicateOf: { name: 'login' },
      state: 'Resolved',
      resolution: { summary: 'Duplicate of INC-00002: Login down' },
    },
  },
  says: 'closed as a duplicate of INC-00002.',
};
const closedBy = (id: string) =>
  anIncident({ spec: { state: 'Resolved', change: { id, source: 'Slack', by: 'ana' } } });
const missing = { refused: 'Choose the incident that goes on.', field: 'spec.duplicateOf.name' };

describe('duplicate, typed', () => {
  test.each<[string, Run]>([
    ['INC-00002', writes],
    ['2 it is the same', writes],
    ['login', writes],
    ['', { form: 'duplicate', filled: {} }],
    ['INC-00009', { refused: 'There is no INC-00009 beside this incident. Open: INC-00002.' }],
    ['INC-00003', { refused: 'There is no INC-00003 beside this incident. Open: INC-00002.' }],
  ])('%j', async (line, run) => {
    expect(await typed(duplicate, line, around)).toEqual(run);
  });

  test('where no other is open', async () => {
    expect(await typed(duplicate, '', { incident })).toEqual({
      refused: 'There is no other open incident that this could be a duplicate of.',
    });
    expect(await typed(duplicate, 'INC-00002', { incident })).toEqual({
      refused: 'There is no INC-00002 beside this incident. Open: none.',
    });
  });
});

describe('duplicate, sent', () => {
  test.each<[string, Run]>([
    ['uid-login', writes],
    ['login', writes],
    ['', missing],
    ['gone', missing],
    ['uid-far', missing],
  ])('%j', async (choice, run) => {
    expect(await sent(duplicate, { other: choice }, around)).toEqual(run);
  });

  test('not of an incident that is closed, unless by this very press', async () => {
    const [bo, again] = [closedBy('x'), closedBy(changeIdFor('Slack', 'duplicate', 'T1/V1'))];
    expect(startOf(duplicate, { incident: bo })).toContain('is closed');
    expect(await sent(duplicate, { other: 'login' }, { ...around, incident: bo })).toMatchObject({
      refused: expect.stringContaining('is closed'),
    });
    expect(await sent(duplicate, { other: 'login' }, { ...around, incident: again })).toEqual(writes);
  });
});
