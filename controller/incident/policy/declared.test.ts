import { describe, expect, test } from 'vitest';
import { anEntry, anIncident, anUpdate } from '../../../test/builders/incident.ts';
import type { IncidentState } from '../../api/enums.gen.ts';
import { isDeclaration, isOfTriage, occasion } from '../../timeline/entries.ts';
import { undeclaredReason } from './declared.ts';

let written = 0;
const state = (from: IncidentState | undefined, to: IncidentState) =>
  anUpdate({
    metadata: { name: `t${++written}` },
    spec: { type: 'State', ...(from ? { from } : {}), to, audience: 'Stakeholders' },
  });
const severity = () =>
  anUpdate({
    metadata: { name: `t${++written}` },
    spec: { type: 'Severity', from: 'SEV3', to: 'SEV2', audience: 'Stakeholders' },
  });
const reasonOf = (is: IncidentState, updates: ReturnType<typeof state>[], entries = {}): string | undefined =>
  undeclaredReason({ incident: anIncident({ spec: { state: is } }), updates, entries })?.reason;

describe('an incident', () => {
  test('waits in Triage, and is one from Investigating on', () => {
    expect(reasonOf('Triage', [state(undefined, 'Triage')])).toBe('Triage');
    expect(reasonOf('Investigating', [state(undefined, 'Triage')])).toBeUndefined();
    expect(
      reasonOf('Resolved', [state(undefined, 'Investigating'), state('Investigating', 'Resolved')]),
    ).toBeUndefined();
  });

  test('that was closed in triage never was one, until it is reopened', () => {
    const raised = state(undefined, 'Triage');
    const dismissed = state('Triage', 'Resolved');
    // Resolved already, and its entry is not written yet.
    expect(reasonOf('Resolved', [raised])).toBe('Dismissed');
    expect(reasonOf('Resolved', [raised, dismissed])).toBe('Dismissed');
    expect(reasonOf('Investigating', [raised, dismissed])).toBeUndefined();
    const again = [raised, dismissed, state('Resolved', 'Investigating'), state('Investigating', 'Resolved')];
    expect(reasonOf('Resolved', again)).toBeUndefined();
  });

  test('whose channel is open stays one, whatever its timeline says', () => {
    expect(reasonOf('Resolved', [state('Triage', 'Resolved')], { channel: anEntry('channel') })).toBeUndefined();
  });
});

describe('of what happens in triage', () => {
  const raised = state(undefined, 'Triage');
  const early = severity();
  const declared = state('Triage', 'Investigating');
  const late = severity();
  const all = [raised, early, declared, late];

  test('nobody outside is told; of the declaration and what follows they are', () => {
    expect(all.map((update) => occasion(update, all))).toEqual([undefined, undefined, 'Declared', 'Severity']);
    expect(all.map((update) => isOfTriage(update, all))).toEqual([true, true, false, false]);
    expect(all.filter(isDeclaration)).toEqual([declared]);
    expect(occasion(state('Triage', 'Resolved'), all)).toBeUndefined();
  });

  test('what people write for stakeholders is told', () => {
    const said = anUpdate({ metadata: { name: `t${++written}` }, spec: { type: 'Status', audience: 'Stakeholders' } });
    expect(occasion(said, [raised, said])).toBe('Update');
  });
});
