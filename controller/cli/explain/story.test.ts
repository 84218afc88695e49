import { expect, it } from 'vitest';
import { anEntry } from '../../../test/builders/incident.ts';
import { aStory } from '../../../test/builders/story.ts';
import { githubNoun } from '../../../test/builders/nouns.ts';
import type { Condition } from '../../api/meta.ts';
import { reasonLine } from '../../reasons/reasons.ts';
import type { ReasonName } from '../../runtime/reasons.ts';
import { span } from './health.ts';
import { printStory } from './print.ts';
import { storyOf } from './story.ts';

const condition = (type: string, status: Condition['status'], reason: ReasonName, message: string): Condition => ({
  type,
  status,
  reason,
  message,
  lastTransitionTime: '2026-02-03T10:55:12Z',
  observedGeneration: 3,
});

function trouble() {
  const { incident, updates } = aStory('told');
  const conditions = [
    condition('Ready', 'True', 'Degraded', 'Converged but for TicketsFiled.'),
    condition('Stalled', 'True', 'NeedsAPerson', 'Only a person can mend TicketsFiled.'),
    condition('Numbered', 'True', 'Done', 'number: done.'),
    condition('ChannelReady', 'True', 'Done', 'channel: done.'),
    condition('TicketsFiled', 'False', 'IssuesDisabled', 'ticket/github: issues are switched off in streamo/incidents'),
    condition('RecordCommitted', 'False', 'NotResolved', 'The record is written once the incident is resolved.'),
  ];
  const { number, channel } = incident.status?.effects ?? {};
  const effects = {
    number: number ?? anEntry('number'),
    channel: channel ?? anEntry('channel'),
    'ticket/github': anEntry('ticket', {
      integration: 'github',
      state: 'Failed',
      attempt: 2,
      reason: 'IssuesDisabled',
      message: 'issues are switched off in streamo/incidents',
      facts: { refused: 'a.b' },
    }),
    'live-status': anEntry('message', { integration: 'slack', state: 'Pending', session: 's' }),
    'sms/leadership': anEntry('sms', {
      integration: 'twilio',
      state: 'Unknown',
      reason: 'OutcomeUnknown',
      message: 'Look.',
    }),
  };
  const metadata = { ...incident.metadata, generation: 4 };
  const told = updates.map((update) => ({
    ...update,
    status: { ...update.status, conditions: [condition('NoticesSent', 'True', 'Done', 'done')] },
  }));
  return storyOf(
    { ...incident, metadata, status: { ...incident.status, conditions, effects } },
    told,
    ['No controller leads.'],
    githubNoun,
  );
}

it('tells what happened, waits and did not, and what to do', async () => {
  await expect(`${printStory(trouble()).join('\n')}\n`).toMatchFileSnapshot('__snapshots__/trouble.txt');
});

it('says what to do in the words of docs/reasons.md, and nothing where nothing is to be done', () => {
  const { conditions } = trouble();
  const todo = Object.fromEntries(conditions.map((each) => [each.type, each.todo]));
  expect(todo['TicketsFiled']).toBe(reasonLine('IssuesDisabled')?.todo);
  expect(todo['TicketsFiled']).toContain('Switch them on');
  expect({ number: todo['Numbered'], record: todo['RecordCommitted'] }).toEqual({
    number: undefined,
    record: undefined,
  });
});

it('puts each recorded effect under one condition', () => {
  const story = trouble();
  const keys = story.conditions.flatMap(({ effects }) => effects.map(({ key }) => key));
  expect(keys.toSorted()).toEqual(['channel', 'live-status', 'number', 'sms/leadership', 'ticket/github']);
});

it.each([
  [1_900, '1 s'],
  [119_000, '119 s'],
  [120_000, '2 min'],
  [7_200_000, '2 h'],
  [200_000_000, '2 d'],
])('%d ms is %s', (milliseconds, words) => {
  expect(span(milliseconds)).toBe(words);
});
