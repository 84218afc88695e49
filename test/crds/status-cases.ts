import { title, type Case } from './cases.ts';

const at = '2026-06-15T21:30:00Z';
const entry = (state: string, attempt = 1): object => ({ kind: 'channel', state, attempt, since: at, at });
const effects = (state: string, attempt = 1): object => ({ effects: { channel: entry(state, attempt) } });

/** What the controller may write to status; each entry is fenced against writers with an older view. */
const shared = (['Incident', 'IncidentUpdate'] as const).flatMap((kind): Case[] => {
  const before = kind === 'Incident' ? { title } : { incidentRef: { name: 'a' }, type: 'Note', text: 'a' };
  const row = (name: string, was: object, status: unknown, refused?: Case['refused']): Case => ({
    name,
    kind,
    before,
    status: was,
    write: { status },
    on: 'status',
    ...(refused === undefined ? {} : { refused }),
  });
  const state = { field: 'status.effects[channel].state', says: 'final within an attempt' };
  const older = { field: 'status.effects[channel].attempt', says: 'Read the object again' };
  const vanished = { field: 'status.effects', says: "can't vanish" };
  return [
    row('Pending → Done', effects('Pending'), effects('Done')),
    row('Pending → Failed', effects('Pending'), effects('Failed')),
    row('Failed → Pending', effects('Failed'), effects('Pending')),
    row('Unknown → Done', effects('Unknown'), effects('Done')),
    row('a receipt that learns more', effects('Done'), {
      effects: { channel: { rev: 'c0ffee', ref: { channel: 'C1' }, facts: { members: '3' } } },
    }),
    row('a new attempt', effects('Done'), effects('Pending', 2)),
    row('one more entry', effects('Done'), { effects: { 'ticket/github': entry('Pending') } }),
    row('Done → Pending', effects('Done'), effects('Pending'), state),
    row('Done → Failed', effects('Done'), effects('Failed'), state),
    row('Expired → Done', effects('Expired'), effects('Done'), state),
    row('Cancelled → Pending', effects('Cancelled'), effects('Pending'), state),
    row('an older attempt', effects('Pending', 2), effects('Done', 1), older),
    row('an older attempt of what is done', effects('Done', 2), effects('Pending', 1), older),
    row('an entry deleted', effects('Done'), { effects: { channel: null } }, vanished),
    row('all entries deleted', effects('Done'), { effects: null }, vanished),
    row(
      'one entry exchanged for another',
      effects('Done'),
      { effects: { channel: null, other: entry('Done') } },
      vanished,
    ),
    row('status removed', effects('Done'), null, { field: 'status', says: 'Patch the fields that changed' }),
    row('an unknown state', {}, effects('Sent'), { field: 'status.effects.channel.state', says: 'Unsupported value' }),
    row(
      'an entry without its time',
      {},
      { effects: { a: { kind: 'a', state: 'Done', attempt: 1, since: at } } },
      {
        field: 'status.effects.a.at',
        says: 'Required',
      },
    ),
    row(
      'an entry with a long message',
      {},
      { effects: { a: { ...entry('Done'), message: 'x'.repeat(513) } } },
      {
        field: 'status.effects.a.message',
        says: 'more than 512',
      },
    ),
    row(
      '321 entries',
      {},
      { effects: Object.fromEntries(Array.from({ length: 321 }, (_, i) => [`e${i}`, entry('Done')])) },
      {
        field: 'status.effects',
        says: 'at most 320',
      },
    ),
    row(
      '320 entries',
      {},
      { effects: Object.fromEntries(Array.from({ length: 320 }, (_, i) => [`e${i}`, entry('Done')])) },
    ),
  ];
});

const numbered = { number: 447, id: 'INC-00447' };
const identity = { install: 'allclear-system', namespace: 'default', name: 'login', uid: 'a' };
const ofIncident = (name: string, was: object, status: unknown, refused?: Case['refused']): Case => ({
  name,
  kind: 'Incident',
  before: { title },
  status: was,
  write: { status },
  on: 'status',
  ...(refused === undefined ? {} : { refused }),
});

export const statusCases: readonly Case[] = [
  ...shared,
  ofIncident('a first number', { observedGeneration: 1 }, numbered),
  ofIncident('the same number', numbered, numbered),
  ofIncident('another number', numbered, { number: 448 }, { field: 'status.number', says: 'given once' }),
  ofIncident('the number removed', numbered, { number: null }, { field: 'status.number', says: 'given once' }),
  ofIncident('another id', numbered, { id: 'INC-00448' }, { field: 'status.id', says: 'given once' }),
  ofIncident('the id removed', numbered, { id: null }, { field: 'status.id', says: 'given once' }),
  ofIncident('a first identity', numbered, { identity }),
  ofIncident('the identity of a copy', { identity }, { identity: { ...identity, name: 'copy', uid: 'b' } }),
  ofIncident('a past that is told of', { identity }, { identity: { backfill: true } }),
  ofIncident(
    'the identity removed',
    { identity },
    { identity: null },
    { field: 'status.identity', says: "can't vanish" },
  ),
  ofIncident(
    'an identity without a uid',
    numbered,
    { identity: { install: 'a', namespace: 'a', name: 'a' } },
    { field: 'status.identity.uid', says: 'Required' },
  ),
  ofIncident('number 0', {}, { number: 0 }, { field: 'status.number', says: 'greater than or equal to 1' }),
  ofIncident('what was applied', numbered, {
    applied: { seq: 3, state: 'Resolved', severity: 'SEV1', level: 0, commander: 'matt@streamo.example' },
    channel: { id: 'C1', name: 'inc-00447', url: 'https://streamo.slack.example/archives/C1' },
    tickets: [{ integration: 'github', id: '#12', url: 'https://github.com/streamo/incidents/issues/12' }],
    timestamps: { declaredAt: at, resolvedAt: at },
    conditions: [
      {
        type: 'Ready',
        status: 'True',
        reason: 'Converged',
        message: '',
        lastTransitionTime: at,
        observedGeneration: 1,
      },
    ],
  }),
  ofIncident('the last act, and numbers that others took', numbered, {
    applied: { seq: 7, state: 'Triage', severity: 'SEV1', level: 0, changeId: 'a', skipped: [{ first: 2, last: 5 }] },
  }),
  ofIncident(
    'a number below the first',
    numbered,
    { applied: { seq: 7, state: 'Triage', severity: 'SEV1', level: 0, skipped: [{ first: 0, last: 5 }] } },
    { field: 'status.applied.skipped[0].first', says: 'greater than or equal to 1' },
  ),
  ofIncident(
    'the commander gone',
    { applied: { seq: 1, state: 'Triage', severity: 'SEV1', level: 0, commander: 'a' } },
    {
      applied: { seq: 2, commander: null },
    },
  ),
];
