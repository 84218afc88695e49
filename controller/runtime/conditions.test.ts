import { describe, expect, it } from 'vitest';
import { judge, type ConditionVerdict } from './conditions.ts';
import type { Plan } from './phase.ts';
import type { Progress } from './progress.ts';
import { recordedReason } from './reasons.ts';

const effect = (key: string, part?: true) => ({ key, kind: 'thing', desired: {}, ...(part ? { part } : {}) });
const message = effect('message');
const pin = effect('pin', true);

function judged(plan: Plan, states: Readonly<Record<string, Progress['state']>>): Record<string, ConditionVerdict> {
  const progress = new Map(
    Object.entries(states).map(([key, state]): [string, Progress] => [
      key,
      { key, state, reason: recordedReason(`${state}Reason`), message: `${state} words` },
    ]),
  );
  const verdicts = judge([{ condition: 'Posted', plan }], progress);
  return Object.fromEntries(verdicts.map((verdict) => [verdict.type, verdict]));
}

describe('the trouble of a part', () => {
  it.each([
    ['Failed', 'True', 'Degraded'],
    ['Unknown', 'True', 'Degraded'],
    ['Held', 'True', 'Degraded'],
    ['Gone', 'True', 'Degraded'],
    ['Working', 'False', 'Reconciling'],
    ['Done', 'True', 'Converged'],
  ] as const)('is told as its own: %s', (state, posted, ready) => {
    const all = judged({ effects: [message, pin] }, { message: 'Done', pin: state });
    expect([all['Posted']?.status, all['Ready']?.reason]).toEqual([posted, ready]);
  });

  it('is told in its own words', () => {
    const all = judged({ effects: [message, pin] }, { message: 'Done', pin: 'Held' });
    expect(all['Posted']).toMatchObject({ reason: 'HeldReason', message: 'pin: Held words' });
  });

  it('needs a person where a refusal of the whole would', () => {
    expect(judged({ effects: [message, pin] }, { message: 'Done', pin: 'Failed' })['Stalled']?.status).toBe('True');
  });

  it('hides no trouble of the rest', () => {
    const all = judged({ effects: [message, pin] }, { message: 'Held', pin: 'Failed' });
    expect(all['Posted']).toMatchObject({ status: 'False', reason: 'HeldReason', message: 'message: Held words' });
  });

  it('is the trouble of all where no effect is a part', () => {
    const all = judged({ effects: [message, effect('other')] }, { message: 'Done', other: 'Failed' });
    expect(all['Posted']).toMatchObject({ status: 'False', reason: 'FailedReason' });
  });
});

describe('what is left off', () => {
  it('is said, and is no trouble', () => {
    const all = judged({ effects: [message], without: ['No pins.'] }, { message: 'Done' });
    expect(all['Posted']).toMatchObject({ status: 'True', reason: 'Done', message: 'message: done. No pins.' });
    expect(all['Ready']).toMatchObject({ reason: 'Converged', message: 'Everything wanted is done.' });
  });

  it('with a whole phase stands in Ready', () => {
    const all = judged({ skip: { reason: 'NotSupported', message: 'No bookmarks.' } }, {});
    expect(all['Ready']).toMatchObject({ reason: 'Converged', message: 'Everything wanted is done. Off: Posted.' });
  });
});

describe('what a person has to decide', () => {
  const held = { reason: 'Ambiguous', message: 'Two could.' } as const;

  it.each([
    ['alone', { effects: [], held }, {}, 'Ambiguous', 'Degraded'],
    ['beside what is done', { effects: [message], held }, { message: 'Done' }, 'Ambiguous', 'Degraded'],
    ['after what is under way', { effects: [message], held }, { message: 'Working' }, 'WorkingReason', 'Reconciling'],
    ['after what is in trouble', { effects: [message], held }, { message: 'Held' }, 'HeldReason', 'Degraded'],
  ] as const)('is Degraded, and no work: %s', (_, plan, states, posted, ready) => {
    const all = judged(plan, states);
    expect(all['Posted']).toMatchObject({ status: 'False', reason: posted });
    expect(all['Ready']?.reason).toBe(ready);
  });
});

describe('what only a person can end', () => {
  it.each([
    ['a decision that is wanted', { effects: [], held: { reason: 'Ambiguous', message: 'Which?' } }, {}],
    ['a refusal', { effects: [message] }, { message: 'Failed' }],
  ] as const)('makes it Stalled: %s', (_, plan, states) => {
    const all = judged(plan, states);
    expect([all['Stalled']?.status, all['Ready']?.reason, all['Posted']?.status]).toEqual([
      'True',
      'Degraded',
      'False',
    ]);
  });

  it('is not what time can end', () => {
    expect(judged({ effects: [message] }, { message: 'Held' })['Stalled']?.status).toBe('False');
  });
});
