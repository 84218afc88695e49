import { describe, expect, test } from 'vitest';
import { anIncident } from '../../../test/builders/incident.ts';
import { sent, startOf, typed, type Run } from '../../../test/builders/verb-runs.ts';
import { escalate } from './escalate.ts';

const at = (level: number, by?: { id: string; via: string }) =>
  anIncident({ spec: { escalation: { level }, ...(by ? { change: { ...by, source: 'Slack', by: 'ana' } } : {}) } });
const shown = (level: number) => ({ state: 'Investigating', severity: 'SEV2', level }) as const;
const writes = (level: number, reason: string): Run => ({
  write: { change: { level }, reason },
  says: `escalated to level ${level}.`,
});

describe('escalate, typed', () => {
  test.each<[string, number, Run]>([
    ['', 1, writes(2, '')],
    ['nobody answers', 1, writes(2, 'nobody answers')],
    ['4 nobody answers', 1, writes(4, 'nobody answers')],
    ['1', 1, { refused: 'It is at level 1 already. To go down: `/incident deescalate` and why.' }],
    ['', 9, { refused: 'It is at level 9; 9 is the highest.' }],
  ])('%j at level %d', async (line, level, run) => {
    expect(await typed(escalate, line, { incident: at(level) })).toEqual(run);
  });

  test.each([
    ['after a step of one’s own', { id: 'slack-escalate-x', via: 'slack:T1/U1' }, true],
    ['after another’s', { id: 'slack-escalate-x', via: 'slack:T1/U2' }, false],
    ['after something else of one’s own', { id: 'slack-severity-x', via: 'slack:T1/U1' }, false],
  ])('a line without a level %s', async (_, last, refused) => {
    const run = await typed(escalate, '', { incident: at(1, last) });
    expect(run).toEqual(
      refused
        ? { refused: 'It is at level 1 since you typed or pressed that. For one more: `/incident escalate 2`.' }
        : writes(2, ''),
    );
    expect(await typed(escalate, '2', { incident: at(1, last) })).toEqual(writes(2, ''));
  });
});

describe('escalate, pressed', () => {
  test('to the level that the button shows', async () => {
    expect(await sent(escalate, { level: '2' }, { incident: at(1), shown: shown(1) })).toEqual(writes(2, ''));
  });

  test('at the highest there is none above', async () => {
    expect(await sent(escalate, { level: '9' }, { incident: at(9), shown: shown(9) })).toEqual({
      refused: 'It is at level 9 already; there is none above.',
    });
  });

  test('not of an incident that is closed', () => {
    expect(startOf(escalate, { incident: anIncident({ spec: { state: 'Resolved' } }) })).toContain('is closed');
    expect(startOf(escalate, { incident: at(9) })).toBeUndefined();
  });
});
