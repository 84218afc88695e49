import { describe, expect, test } from 'vitest';
import { hostile } from '../../../test/builders/hostile.ts';
import { anEntry, anUpdate } from '../../../test/builders/incident.ts';
import { liveIn, threadTextOf } from '../../../test/builders/slack-limits.ts';
import { aStory } from '../../../test/builders/story.ts';
import { githubNoun } from '../../../test/builders/nouns.ts';
import type { Entry } from '../../runtime/effect.ts';
import { advice, outcome } from '../../capabilities/effect-words.ts';
import { recordedReason, type AnyReason } from '../../runtime/reasons.ts';
import { receipts } from './receipts.ts';

const lines = (entries: Record<string, Entry>): Record<string, string> => {
  const story = { ...aStory('declared'), entries, updates: [] };
  return Object.fromEntries(receipts(story).map((line) => [line.key, threadTextOf(line)]));
};

describe('receipts', () => {
  test('the whole story', async () => {
    const told = receipts(aStory()).map((line) => `--- ${line.key}\n${threadTextOf(line)}\n`);
    await expect(told.join('\n')).toMatchFileSnapshot('__snapshots__/receipts.txt');
  });

  test('nothing is said before anything has landed', () => {
    expect(lines({ channel: anEntry('channel', { state: 'Pending' }) })).toEqual({});
  });

  test('a failure has a line of its own that says what to do', () => {
    const failed = anEntry('ticket', {
      integration: 'github',
      state: 'Failed',
      reason: 'InvalidToken',
      message: 'GitHub refused the token (401).',
    });
    expect(lines({ 'ticket/github': failed })).toEqual({
      incident: '*INC-00001 declared*\n✗ GitHub issue failed: GitHub refused the token (401)',
      'incident/failed/ticket/github':
        '✗ GitHub issue failed: GitHub refused the token (401). Put that right; it is tried again after 5 minutes, then less often, and at once when its Integration or the spec changes.',
    });
  });

  test('a refused push, also of what stands, is tried again sooner', () => {
    const refusal = { reason: 'PushRefused', message: 'Protected branch.' } as const;
    const facts = { refused: 'r', refusedReason: refusal.reason, refusedMessage: refusal.message };
    for (const entry of [anEntry('record', { state: 'Failed', ...refusal }), anEntry('record', { facts })])
      expect(advice(entry)).toBe(
        'Put that right; it is tried again each minute, and at once when its Integration or the spec changes.',
      );
  });

  test('of a part of the channel says which part', () => {
    const told = (kind: string): string | undefined =>
      lines({ [kind]: anEntry(kind, { state: 'Failed', reason: 'NotPermitted', message: 'No.' }) })[
        `incident/failed/${kind}`
      ];
    expect(told('pin')).toMatch(/^✗ Pin failed: No\. /);
    expect(told('purpose')).toMatch(/^✗ Channel purpose failed: No\. /);
    expect(told('members')).toMatch(/^✗ Invitations failed: No\. /);
    expect(lines({ pin: anEntry('pin') })['incident']).toContain('✓ Live status pinned');
  });

  test('what a server cannot do is no failure', () => {
    const left = anEntry('pin', {
      state: 'Cancelled',
      reason: 'NotSupported',
      message: 'the server has no method pins.add',
    });
    expect(lines({ pin: left })).toEqual({});
    expect(outcome('pin', left, githubNoun)).toBe('Pin left off: the server has no method pins.add');
  });

  test('once it was done after all, that line says so', () => {
    const done = anEntry('ticket', { integration: 'github', attempt: 2, ref: { number: '12', id: '#12' } });
    expect(lines({ 'ticket/github': done })['incident/failed/ticket/github']).toBe(
      '✓ <https://github.com/streamo/incidents/issues/12|GitHub issue #12> filed after all, at attempt 2.',
    );
  });

  test.each([
    ['Gone', 'filed again, since it had been taken away, at attempt 2.'],
    ['Moved', 'filed again, where it stands now, at attempt 2.'],
    ['Released', 'filed again, after it had been taken back, at attempt 2.'],
    ['WantedAgain', 'filed after all, at attempt 2.'],
  ] as const)('why it was done a second time: %s', (cause, words) => {
    const done = anEntry('ticket', { integration: 'github', attempt: 2, cause, ref: { number: '12', id: '#12' } });
    expect(lines({ 'ticket/github': done })['incident/failed/ticket/github']).toContain(words);
  });

  test('a record that stands elsewhere says why', () => {
    const record = anEntry('record', {
      attempt: 2,
      ref: {
        branch: 'postmortem/inc-00001-6f1c7c54',
        taken: 'incidents/2026/INC-00001 on main holds the record of another incident, production/ops/checkout',
      },
      reason: 'ChangedOutside',
    });
    expect(lines({ record })['record']).toBe(
      '*Record*\n✓ Record postmortem/inc-00001-6f1c7c54 pushed; incidents/2026/INC-00001 on main holds the record of another incident, production/ops/checkout',
    );
    expect(lines({ record })['record/failed/record']).toBe(
      '✓ Record postmortem/inc-00001-6f1c7c54 pushed after all, at attempt 2; incidents/2026/INC-00001 on main holds the record of another incident, production/ops/checkout.',
    );
  });

  test('an unknown outcome says where to look', () => {
    const unknown = anEntry('ticket', {
      integration: 'github',
      state: 'Unknown',
      ref: { number: '12' },
      message: 'The answer was lost.',
    });
    expect(lines({ 'ticket/github': unknown })['incident/failed/ticket/github']).toBe(
      '? GitHub issue: outcome unknown: The answer was lost. Look whether it is there, and repeat it by hand if it is not. <https://github.com/streamo/incidents/issues/12|Look there.>',
    );
  });

  test('a refused edit has words of its own, not those of what people did before', () => {
    const closed = 'People closed #12, and it stays closed; the incident goes on.';
    const facts = {
      refused: 'f00d.cafe',
      refusedReason: 'Forbidden',
      refusedMessage: 'The token may not edit issues.',
    };
    const ticket = { integration: 'github', ref: { number: '12', id: '#12' }, message: closed, facts };
    const lineOf = (reason: AnyReason) =>
      lines({ 'ticket/github': anEntry('ticket', { ...ticket, reason }) })['incident/failed/ticket/github'];
    expect(lineOf('ChangedOutside')).toMatch(
      /^✗ GitHub issue #12 filed; its last edit was refused: The token may not edit issues\. Put that right;/,
    );
    expect(lineOf(recordedReason('IssueLocked'))).toContain(`GitHub issue #12 cannot be used: ${closed}`);
  });

  test('what is not sent, or was taken away, is said', () => {
    const late = anEntry('message', { state: 'Expired', within: { channelName: '#stakeholders' } });
    const update = anUpdate({
      metadata: { name: 'u' },
      spec: { type: 'Status' },
      effects: { 'notice/slack/stakeholders': late },
    });
    const told = receipts({ ...aStory('declared'), entries: {}, updates: [update] });
    expect(told.map(threadTextOf)).toEqual([
      '*Update sent*\n✗ Notice to #stakeholders was not sent: too late',
      '✗ Notice to #stakeholders was not sent: too late. If it still matters, tell them by hand.',
    ]);
    const gone = anEntry('channel', { reason: 'Gone', ref: { name: 'inc-00001' } });
    expect(lines({ channel: gone })['incident/failed/channel']).toBe(
      '✗ Channel #inc-00001 was taken away outside; it is left so.',
    );
  });

  test('keys are stable: what lands later never renames a line', () => {
    const before = receipts(aStory('raised')).map(({ key }) => key);
    const after = receipts(aStory('resolved')).map(({ key }) => key);
    expect(after.filter((key) => before.includes(key))).toEqual(before);
    expect(new Set(after).size).toBe(after.length);
  });

  test.each(Object.entries(hostile))('nothing of %s comes alive', (_, text) => {
    const entries = Object.fromEntries(
      Array.from({ length: 30 }, (_unused, i) => [
        `ticket/t${i}`,
        anEntry('ticket', { integration: `t${i}`, state: 'Failed', message: text.slice(0, 512) }),
      ]),
    );
    for (const line of Object.values(lines(entries))) {
      expect(liveIn(line)).toEqual([]);
      expect(line.length).toBeLessThanOrEqual(4_000);
    }
  });
});
