import { describe, expect, test } from 'vitest';
import { anIncident } from '../../../test/builders/incident.ts';
import type { Block } from '../../integrations/capabilities.ts';
import {
  actionIds,
  close,
  declaredButtons,
  readPress,
  resolvedButtons,
  runningButtons,
  triageButtons,
  type Press,
} from './buttons.ts';

interface Button {
  readonly action_id: string;
  readonly text: { readonly text: string };
  readonly value?: string;
  readonly url?: string;
  readonly confirm?: unknown;
}
const buttonsOf = (block: Block): readonly Button[] => {
  const { elements } = block;
  return Array.isArray(elements) ? elements : [];
};
const labels = (block: Block): string[] => buttonsOf(block).map(({ text }) => text.text);
const pressOf = (block: Block, action: keyof typeof actionIds): Press | undefined =>
  readPress(buttonsOf(block).find(({ action_id }) => action_id === actionIds[action])?.value ?? '');
const at = (level: number) => anIncident({ spec: { escalation: { level } } });
const object = { uid: anIncident().metadata.uid, namespace: 'default', name: 'mobile-app-login' };

describe('the buttons', () => {
  test('of a running incident', () => {
    expect(labels(runningButtons(at(0)))).toEqual([
      'Send Update',
      'Escalate',
      'De-escalate',
      'Close Incident',
      'Roles',
    ]);
    expect(pressOf(runningButtons(at(0)), 'update')).toEqual(object);
    expect(pressOf(runningButtons(at(0)), 'close')).toEqual({
      ...object,
      to: { state: 'Resolved' },
      shown: { state: 'Investigating' },
    });
  });

  test('of an alert in triage, and once it is declared', () => {
    const triage = anIncident({ spec: { state: 'Triage' } });
    expect(labels(triageButtons(triage))).toEqual([
      'Send Update',
      'Declare Incident',
      'Close Incident',
      'Escalate',
      'De-escalate',
    ]);
    expect(pressOf(triageButtons(triage), 'declare')).toEqual({
      ...object,
      to: { state: 'Investigating' },
      shown: { state: 'Triage' },
    });
    const open = declaredButtons(at(0), { name: 'inc-00447', url: 'https://streamo.slack.com/archives/C1' });
    expect(labels(open)).toEqual(['Send Update', 'Open #inc-00447', 'Close Incident', 'Escalate', 'De-escalate']);
    expect(buttonsOf(open)[1]).toMatchObject({ action_id: 'ac.open', url: 'https://streamo.slack.com/archives/C1' });
    expect(labels(declaredButtons(at(0)))).not.toContain('Declare Incident');
  });

  test('after the all clear: only Reopen', () => {
    const resolved = resolvedButtons(anIncident({ spec: { state: 'Resolved' } }));
    expect(labels(resolved)).toEqual(['Reopen']);
    expect(pressOf(resolved, 'reopen')).toMatchObject({ to: { state: 'Investigating' }, shown: { state: 'Resolved' } });
  });

  test.each([
    [0, 1, 0],
    [4, 5, 3],
    [9, 9, 8],
  ])('at level %i aim at %i and %i, whoever presses and however often', (level, up, down) => {
    const block = runningButtons(at(level));
    expect(pressOf(block, 'escalate')).toEqual({ ...object, to: { level: up }, shown: { level } });
    expect(pressOf(block, 'deescalate')).toEqual({ ...object, to: { level: down }, shown: { level } });
  });

  test('ask before they raise, and only then', () => {
    const asking = buttonsOf(runningButtons(at(0))).filter(({ confirm }) => confirm !== undefined);
    expect(asking.map(({ action_id }) => action_id)).toEqual(['ac.escalate']);
  });

  test('stay within Slack’s limits with the longest names', () => {
    const incident = anIncident({ metadata: { name: 'n'.repeat(253), namespace: 'n'.repeat(63) } });
    const channel = { name: 'c'.repeat(80), url: `https://slack.example/${'x'.repeat(900)}` };
    for (const block of [runningButtons(incident), declaredButtons(incident, channel), triageButtons(incident)]) {
      expect(String(block['block_id']).length).toBeLessThanOrEqual(255);
      expect(buttonsOf(block).length).toBeLessThanOrEqual(25);
      for (const { action_id, text, value = '' } of buttonsOf(block)) {
        expect(action_id.length).toBeLessThanOrEqual(255);
        expect(text.text.length).toBeLessThanOrEqual(75);
        expect(value.length).toBeLessThanOrEqual(2_000);
      }
      const ids = buttonsOf(block).map(({ action_id }) => action_id);
      expect(new Set(ids).size).toBe(ids.length);
    }
  });

  test('have ids that never change', () => {
    expect(Object.values(actionIds)).toEqual([
      'ac.update',
      'ac.declare',
      'ac.escalate',
      'ac.deescalate',
      'ac.close',
      'ac.reopen',
      'ac.roles',
      'ac.open',
    ]);
  });
});

describe('a value', () => {
  test.each(['', '{', 'null', '[]', '{"uid":1,"namespace":"a","name":"b"}', '{"uid":"u","name":"b"}'])(
    'that is none of ours is none: %s',
    (value) => {
      expect(readPress(value)).toBeUndefined();
    },
  );

  test('keeps only what a button may ask for', () => {
    const forged = { ...object, to: { state: 'Closed', severity: 'SEV9', level: 99, roles: {} }, shown: 'x' };
    expect(readPress(JSON.stringify(forged))).toEqual({ ...object, to: {} });
    expect(readPress(String(close(anIncident())['value']))?.to).toEqual({ state: 'Resolved' });
  });
});
