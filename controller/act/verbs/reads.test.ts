import { describe, expect, test } from 'vitest';
import { anIncident, anUpdate } from '../../../test/builders/incident.ts';
import { aContext, type Surroundings } from '../../../test/builders/verb-context.ts';
import type { Line, Run } from '../answer.ts';
import { verbs } from '../verbs.ts';
import { helpOf } from './help.ts';
import { list } from './list.ts';
import { oncall } from './oncall.ts';
import { status } from './status.ts';

/** What is answered, without marks and escapes. */
async function answer(name: string, around: Surroundings = {}): Promise<string> {
  const verb = [list, status, oncall, helpOf(() => verbs)].find((read) => read.name === name);
  if (!verb) throw new Error(`${name} is no read`);
  return (await verb.answer(aContext(verb, around))).lines.map(plain).join('\n');
}

const plain = (line: Line): string => line.map(words).join('');

function words(run: Run): string {
  if (typeof run === 'string') return run;
  if ('strong' in run) return words(run.strong);
  if ('said' in run) return run.said;
  if ('link' in run) return `${run.label} <${run.link}>`;
  return run.list.map(plain).join(run.separator);
}

const channel = { id: 'C1', name: 'inc-00001', url: 'https://x.example/1' };
const one = anIncident({ spec: { roles: { commander: 'ana' } }, status: { id: 'INC-00001', channel } });
const two = anIncident({
  metadata: { name: 'two', uid: 'two' },
  spec: { severity: 'SEV1', mode: 'Drill', title: 'Two' },
  status: { id: 'INC-00002' },
});
const over = anIncident({ metadata: { name: 'over', uid: 'over' }, spec: { state: 'Resolved' } });

describe('list', () => {
  test('what is open, worst first', async () => {
    expect(await answer('list', { others: [one, two, over] })).toBe(
      '2 open incidents\n' +
        '• INC-00002 — SEV1 · Investigating · Drill — Two\n' +
        '• INC-00001 #inc-00001 <https://x.example/1> — SEV2 · Investigating — Mobile app login errors — commander ana',
    );
  });

  test('nothing of what is private', async () => {
    const none = 'No incident is open. Declare one: `/incident declare what is wrong`';
    expect(await answer('list')).toBe(none);
    expect(await answer('list', { others: [one], privateNamespaces: ['default'] })).toBe(none);
    expect(
      await answer('list', { others: [one], policy: { channel: { visibility: 'Private', nameTemplate: 'inc-{id}' } } }),
    ).toBe(none);
  });
});

describe('status', () => {
  test('in a few lines', async () => {
    const updates = [anUpdate({ spec: { type: 'Status', text: 'Half of it is back.' } })];
    const incident = anIncident({
      spec: { state: 'Resolved', resolution: { summary: 'Rolled back.' } },
      status: {
        id: 'INC-00001',
        tickets: [
          { integration: 'github', id: '#12', url: 'https://x.example/12' },
          { integration: 'jira', id: 'A-1', url: 'https://x.example/a' },
        ],
        conditions: [
          {
            type: 'ChannelReady',
            status: 'False',
            reason: 'NotSupported',
            message: 'Not in this channel.',
            lastTransitionTime: '2026-02-03T10:55:12Z',
          },
        ],
      },
    });
    expect((await answer('status', { incident, updates })).split('\n')).toEqual([
      'INC-00001 — Mobile app login errors',
      'Severity SEV2 · state Resolved · escalation level 0',
      'Commander nobody yet · declared 2026-02-03 10:55 UTC',
      'Resolution: Rolled back.',
      'Last update, 2026-02-03 10:55 UTC: Half of it is back.',
      'Tickets: #12 <https://x.example/12>, A-1 <https://x.example/a>',
      '✗ ChannelReady: Not in this channel.',
    ]);
  });
});

describe('oncall', () => {
  const policy = { invitees: ['oncall@example.com'] };
  test.each<[string, Surroundings, string]>([
    [
      'of an incident',
      { incident: one, policy },
      'INC-00001: who has a role\n• commander: ana\nInvited to every such incident\n• oncall@example.com',
    ],
    [
      'where nobody has a role',
      { incident: two },
      'INC-00002: nobody has a role yet\nThe policy names nobody to invite.',
    ],
    ['elsewhere', { others: [two], policy }, 'Invited to every such incident\n• oncall@example.com'],
    ['with nothing open', {}, 'The policy names nobody to invite.'],
  ])('%s', async (_, around, text) => {
    expect(await answer('oncall', around)).toBe(text);
  });
});

describe('help', () => {
  test('tells of every verb, and of how this way in is used', async () => {
    const text = await answer('help');
    expect(verbs.filter(({ name }) => name !== 'help' && !text.includes(name))).toEqual([]);
    expect(text).toMatch(/^AllClear\n• `\/incident what is wrong` /);
    expect(text.endsWith('\nHow it is used.')).toBe(true);
  });
});
