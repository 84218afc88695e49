import { describe, expect, test } from 'vitest';
import { anIncident, anUpdate } from '../../../test/builders/incident.ts';
import { sent, startOf, typed, type Run } from '../../../test/builders/verb-runs.ts';
import { changeIdFor } from '../names.ts';
import { declare } from './declare.ts';
import { drill } from './drill.ts';

const creates = (description: string, isDrill = false): Run => ({
  write: { create: { title: 'Login down', severity: 'SEV2', description, drill: isDrill } },
  says: 'declared.',
});

const long = 'word '.repeat(40).trim();

describe('declare, typed: the form is opened', () => {
  test.each<[string, object]>([
    ['', {}],
    ['Mobile app login errors', { title: 'Mobile app login errors' }],
    ['One line\nand another', { title: 'One line and another', description: 'One line\nand another' }],
    [long, { title: long, description: long }],
  ])('%j', async (line, filled) => {
    expect(await typed(declare, line, {})).toEqual({ form: 'declare', filled });
    expect(await typed(drill, line, {})).toEqual({ form: 'drill', filled });
  });
});

describe('declare, sent about nothing: a new incident', () => {
  test.each<[object, Run]>([
    [{ title: 'Login down', severity: 'SEV2', description: '' }, creates('')],
    [{ title: 'Login down', severity: 'SEV2', description: 'All of it.' }, creates('All of it.')],
    [
      { title: '', severity: 'SEV2', description: '' },
      { refused: 'Say in a few words what is wrong.', field: 'spec.title' },
    ],
    [
      { title: 'x', severity: '', description: '' },
      { refused: 'Choose a severity.', field: 'spec.severity' },
    ],
  ])('%j', async (given, run) => {
    expect(await sent(declare, given, {})).toEqual(run);
  });

  test('a drill', async () => {
    expect(await sent(drill, { title: 'Login down', severity: 'SEV2', description: '' }, {})).toEqual(
      creates('', true),
    );
  });
});

describe('declare, sent about an alert: out of Triage', () => {
  const triage = anIncident({ spec: { state: 'Triage', title: 'Alert', severity: 'SEV3' } });
  const shown = { state: 'Triage', severity: 'SEV3', level: 0 } as const;
  const reporter = { roles: { reporter: 'ana@example.com' } };
  test.each([
    ['nothing edited', { severity: 'SEV3' }, { ...reporter }, undefined],
    [
      'all of it edited',
      { title: 'Login down', severity: 'SEV1', description: '' },
      {
        title: 'Login down',
        severity: 'SEV1',
        description: null,
        ...reporter,
      },
      undefined,
    ],
    [
      'less bad than the alert says',
      { severity: 'SEV4' },
      { severity: 'SEV4', ...reporter },
      'Declared at this severity.',
    ],
  ])('%s', async (_, given, change, reason) => {
    expect(await sent(declare, given, { incident: triage, shown })).toEqual({
      write: { change: { state: 'Investigating', ...change }, reason },
      says: 'declared.',
    });
  });

  test('whoever reported it stays so', async () => {
    const reported = anIncident({ spec: { ...triage.spec, roles: { reporter: 'bo' } } });
    expect(await sent(declare, { severity: 'SEV3' }, { incident: reported, shown })).toMatchObject({
      write: { change: { state: 'Investigating' } },
    });
    expect(await sent(declare, { severity: 'SEV3' }, { incident: reported, shown })).not.toHaveProperty(
      'write.change.roles',
    );
  });

  test('a title that was emptied is asked for', async () => {
    expect(await sent(declare, { title: '', severity: 'SEV3' }, { incident: triage, shown })).toMatchObject({
      field: 'spec.title',
    });
  });

  test('whoever comes second is told who was first, and a repeat is none', async () => {
    const by = { type: 'State', from: 'Triage', author: 'bo@example.com' } as const;
    const declared = anIncident({
      spec: { state: 'Investigating' },
      status: { id: 'INC-00001', channel: { id: 'C1', name: 'inc-00001', url: 'https://x.example' } },
    });
    const first = { incident: declared, updates: [anUpdate({ spec: { ...by, to: 'Investigating' } })] };
    const refused = 'Already declared by bo@example.com: INC-00001 in #inc-00001.';
    expect(startOf(declare, first)).toBe(refused);
    expect(await sent(declare, { severity: 'SEV3' }, first)).toEqual({ refused });
    const dismissed = anIncident({ spec: { state: 'Resolved' } });
    expect(startOf(declare, { incident: dismissed, updates: [anUpdate({ spec: { ...by, to: 'Resolved' } })] })).toBe(
      'INC-00001 was closed by bo@example.com.',
    );
    const mine = anIncident({
      spec: { change: { id: changeIdFor('Slack', 'declare', 'T1/V1'), source: 'Slack', by: 'ana' } },
    });
    expect(startOf(declare, { incident: mine })).toBeUndefined();
  });
});
