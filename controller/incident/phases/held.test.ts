import { describe, expect, test } from 'vitest';
import { anEntry } from '../../../test/builders/incident.ts';
import { aScope } from '../../../test/builders/scope.ts';
import type { Choice, Reach } from '../../capabilities/reach.ts';
import { liveStatus as renderLiveStatus } from '../render/live-status.ts';
import { receipts as renderReceipts } from '../render/receipts.ts';
import { toPlain } from '../../document/to-plain.ts';
import { heldUp } from './held.ts';

const ambiguous: Choice = { ambiguous: { reason: 'Ambiguous', message: 'Two could.' }, candidates: ['a', 'b'] };
const resolved = { state: 'Resolved' } as const;

describe('what waits for a person', () => {
  const reach: Partial<Reach> = {
    choose: (kind) => ({ name: kind === 'ticket' || kind === 'review' ? 'github' : 'git' }),
    lost: (name) => (name === 'github' ? 'Integration github is not ready: HostNotAllowed: No.' : undefined),
  };

  test('is an Integration that only a person can mend, until what it does is done', () => {
    expect(heldUp(aScope({ reach }))).toEqual({
      incident: ['GitHub issue waits: Integration github is not ready: HostNotAllowed: No.'],
      record: [],
    });
    const entries = { 'ticket/github': anEntry('ticket', { integration: 'github' }) };
    expect(heldUp(aScope({ reach, entries, spec: resolved }))).toEqual({
      incident: [],
      record: ['GitHub pull request waits: Integration github is not ready: HostNotAllowed: No.'],
    });
  });

  test('is a choice', () => {
    expect(heldUp(aScope({ reach: { choose: () => ambiguous }, spec: resolved }))).toEqual({
      incident: ['Ticket waits: Two could.'],
      record: ['Record waits: Two could.', 'Request to review it waits: Two could.'],
    });
  });

  test('is told in the live status and in the receipts', () => {
    const scope = aScope({ reach });
    const held = heldUp(scope);
    const words = 'GitHub issue waits: Integration github is not ready: HostNotAllowed: No.';
    expect(toPlain(renderLiveStatus({ ...scope, held }))).toContain(`✗ ${words}`);
    expect(renderReceipts({ ...scope, held })).toEqual([
      { key: 'incident', lines: [[{ strong: 'INC-00001 declared' }], ['✗ ', words]] },
    ]);
  });

  test('is nothing that has begun, was refused or is off', () => {
    for (const state of ['Failed', 'Cancelled'] as const) {
      const entries = { 'ticket/github': anEntry('ticket', { integration: 'github', state }) };
      expect(heldUp(aScope({ reach, entries })).incident).toEqual([]);
    }
    expect(heldUp(aScope({ reach, backfill: true })).incident).toEqual([]);
    expect(heldUp(aScope({ reach, spec: { ...resolved, mode: 'Drill' } }))).toEqual({ incident: [], record: [] });
  });
});
