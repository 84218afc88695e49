import { describe, expect, test } from 'vitest';
import { anIncident } from '../../../test/builders/incident.ts';
import type { Doc } from '../../document/doc.ts';
import { inTriage, onceDeclared, onceResolved, toClose, whileRunning } from '../../incident/render/offers.ts';
import type { Block } from './blocks.ts';
import { buttonsOf, readPress, type Press } from './buttons.ts';

interface Button {
  readonly action_id: string;
  readonly text: { readonly text: string };
  readonly value?: string;
  readonly url?: string;
  readonly confirm?: unknown;
}
type Offers = NonNullable<Doc['offers']>;
const blockOf = (offers: Offers): Block | undefined => buttonsOf({ offers })[0];
const buttonsIn = (offers: Offers): readonly Button[] => {
  const elements = blockOf(offers)?.['elements'];
  return Array.isArray(elements) ? elements : [];
};
const labels = (offers: Offers): string[] => buttonsIn(offers).map(({ text }) => text.text);
const pressOf = (offers: Offers, verb: string): Press | undefined =>
  readPress(buttonsIn(offers).find(({ action_id }) => action_id === `ac.${verb}`)?.value ?? '');
const at = (level: number) => anIncident({ spec: { escalation: { level } } });
const object = { uid: anIncident().metadata.uid, namespace: 'default', name: 'mobile-app-login' };

describe('the buttons', () => {
  test('of a running incident', () => {
    const offers = whileRunning(at(0));
    expect(labels(offers)).toEqual(['Send Update', 'Escalate', 'De-escalate', 'Close Incident', 'Roles']);
    expect(pressOf(offers, 'update')).toEqual(object);
    expect(pressOf(offers, 'close')).toEqual({
      ...object,
      to: { state: 'Resolved' },
      shown: { state: 'Investigating' },
    });
  });

  test('of an alert in triage, and once it is declared', () => {
    const triage = anIncident({ spec: { state: 'Triage' } });
    expect(labels(inTriage(triage))).toEqual([
      'Send Update',
      'Declare Incident',
      'Close Incident',
      'Escalate',
      'De-escalate',
    ]);
    expect(pressOf(inTriage(triage), 'declare')).toEqual({
      ...object,
      to: { state: 'Investigating' },
      shown: { state: 'Triage' },
    });
    const open = onceDeclared(at(0), { name: 'inc-00447', url: 'https://streamo.slack.com/archives/C1' });
    expect(labels(open)).toEqual(['Send Update', 'Open #inc-00447', 'Close Incident', 'Escalate', 'De-escalate']);
    expect(buttonsIn(open)[1]).toMatchObject({ action_id: 'ac.open', url: 'https://streamo.slack.com/archives/C1' });
    expect(labels(onceDeclared(at(0)))).not.toContain('Declare Incident');
  });

  test('after the all clear: only Reopen, and none once the record is merged', () => {
    const resolved = onceResolved(anIncident({ spec: { state: 'Resolved' } }));
    expect(labels(resolved)).toEqual(['Reopen']);
    expect(pressOf(resolved, 'reopen')).toMatchObject({ to: { state: 'Investigating' }, shown: { state: 'Resolved' } });
    const record = { branch: 'b', folder: 'f', commit: 'c', mergedAt: '2026-02-04T09:00:00Z' };
    const merged = onceResolved(anIncident({ spec: { state: 'Resolved' }, status: { record } }));
    expect(buttonsOf({ offers: merged })).toEqual([]);
  });

  test.each([
    [0, 1, 0],
    [4, 5, 3],
    [9, 9, 8],
  ])('at level %i aim at %i and %i, whoever presses and however often', (level, up, down) => {
    const offers = whileRunning(at(level));
    expect(pressOf(offers, 'escalate')).toEqual({ ...object, to: { level: up }, shown: { level } });
    expect(pressOf(offers, 'deescalate')).toEqual({ ...object, to: { level: down }, shown: { level } });
  });

  test('ask before they raise, and only then', () => {
    const asking = buttonsIn(whileRunning(at(0))).filter(({ confirm }) => confirm !== undefined);
    expect(asking.map(({ action_id }) => action_id)).toEqual(['ac.escalate']);
  });

  test('stay within Slack’s limits with the longest names', () => {
    const incident = anIncident({ metadata: { name: 'n'.repeat(253), namespace: 'n'.repeat(63) } });
    const channel = { name: 'c'.repeat(80), url: `https://slack.example/${'x'.repeat(900)}` };
    for (const offers of [whileRunning(incident), onceDeclared(incident, channel), inTriage(incident)]) {
      expect(String(blockOf(offers)?.['block_id']).length).toBeLessThanOrEqual(255);
      expect(buttonsIn(offers).length).toBeLessThanOrEqual(25);
      for (const { action_id, text, value = '' } of buttonsIn(offers)) {
        expect(action_id.length).toBeLessThanOrEqual(255);
        expect(text.text.length).toBeLessThanOrEqual(75);
        expect(value.length).toBeLessThanOrEqual(2_000);
      }
      const ids = buttonsIn(offers).map(({ action_id }) => action_id);
      expect(new Set(ids).size).toBe(ids.length);
    }
  });

  test('have ids that never change', () => {
    const running = [
      ...buttonsIn(whileRunning(at(0))),
      ...buttonsIn(inTriage(at(0))),
      ...buttonsIn(onceResolved(at(0))),
    ];
    expect([...new Set(running.map(({ action_id }) => action_id))].toSorted()).toEqual([
      'ac.close',
      'ac.declare',
      'ac.deescalate',
      'ac.escalate',
      'ac.reopen',
      'ac.roles',
      'ac.update',
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
    expect(pressOf(toClose(anIncident()), 'close')?.to).toEqual({ state: 'Resolved' });
  });
});
