import { dueToChange, resolution, title, type Case } from './cases.ts';

const kind = 'Incident';
const spec = (write: object): object => ({ spec: write });
const record = { branch: 'incidents/INC-00001', folder: 'incidents/2026/INC-00001', commit: 'c0ffee' };
const merged = { record: { ...record, mergedAt: '2026-06-16T08:00:00Z' } };
const resolved = { title, state: 'Resolved', resolution };
const reopened = spec({ state: 'Investigating', resolution: null, ...dueToChange('2', 'It is back.') });

const noTime = 'no time that can be read. Write the day';
const severalLines = 'Write one line without them';
const noWebAddress = 'no web address. Write http:// or https://';
const unseen = 'nothing in it can be seen. Write';

/** What people may write to an Incident, and what not. */
export const incidentSpecCases: readonly Case[] = [
  { name: 'only a title', kind, write: { title } },
  {
    name: 'markup and mentions in a title',
    kind,
    write: { title: '@channel <b>*All* `logins` <!here> & more</b> 🔥' },
  },
  { name: 'a past incident, resolved at once', kind, write: { ...resolved, mode: 'Backfill' } },
  {
    name: 'everything at once',
    kind,
    write: {
      ...resolved,
      description: 'Users can’t log in.\n\tSince 21:16.',
      customerSummary: 'Some can’t log in.',
      severity: 'SEV1',
      mode: 'Drill',
      services: ['streamo-app', 'login'],
      policyRef: { name: 'default' },
      startedAt: '2026-06-15T21:16:06Z',
      detectedAt: '2026-06-15T23:20:00.5+02:00',
      mitigatedAt: '2026-06-15T21:50:00Z',
      roles: { commander: 'matt@streamo.example', 'bridge host': 'Zoe Maxwell' },
      escalation: { level: 9 },
      resolution: {
        summary: 'All clear.',
        rootCause: 'A release pointed to the wrong endpoint.',
        correctiveActions: [{ what: 'Replace the URL', kind: 'Prevent', owner: 'Geeta Joshi', due: '2026-07-01' }],
      },
      duplicateOf: { name: 'other' },
      relatedTo: [{ name: 'other' }, { name: 'another.one' }],
      links: [{ title: 'Login dashboard', url: 'https://grafana.streamo.example/d/login?from=now-1h#top' }],
      fields: { region: 'us-west-2' },
      deletionPolicy: 'Archive',
      change: { id: '1', source: 'Git', reason: 'as seen', by: 'zoe@streamo.example', via: 'c0ffee' },
    },
  },

  refusedCreate('no title', {}, 'spec.title', 'Required'),
  refusedCreate('an empty title', { title: '' }, 'spec.title', 'at least 1 chars'),
  refusedCreate('a blank title', { title: ' \u00a0 ' }, 'spec.title', unseen),
  refusedCreate('a title of two lines', { title: 'a\nb' }, 'spec.title', severalLines),
  refusedCreate('a title with a line separator', { title: 'a\u2028b' }, 'spec.title', severalLines),
  refusedCreate('a title with an escape', { title: 'a\u001b[31m' }, 'spec.title', severalLines),
  refusedCreate('a title of 151 characters', { title: 'x'.repeat(151) }, 'spec.title', 'more than 150'),
  { name: 'a title of 150 characters beyond the BMP', kind, write: { title: '🔥'.repeat(150) } },
  refusedCreate('an unknown severity', { title, severity: 'SEV5' }, 'spec.severity', '"SEV1", "SEV2", "SEV3", "SEV4"'),
  refusedCreate('an unknown state', { title, state: 'Open' }, 'spec.state', '"Resolved"'),
  refusedCreate('a time without a zone', { title, startedAt: '2026-06-15T21:16:06' }, 'spec.startedAt', noTime),
  refusedCreate('a time with a comma', { title, startedAt: '2026-06-15T21:16:06,5Z' }, 'spec.startedAt', noTime),
  refusedCreate('level 10', { title, escalation: { level: 10 } }, 'spec.escalation.level', 'less than or equal to 9'),
  refusedCreate('a service twice', { title, services: ['a', 'a'] }, 'spec.services[1]', 'Duplicate'),
  refusedCreate('21 services', { title, services: many(21) }, 'spec.services', 'at most 20 items'),
  refusedCreate('an ftp link', { title, links: [{ title: 'a', url: 'ftp://a/b' }] }, 'spec.links[0].url', noWebAddress),
  refusedCreate(
    'a script link',
    { title, links: [{ title: 'a', url: 'javascript:x' }] },
    'spec.links[0].url',
    noWebAddress,
  ),
  refusedCreate('too long a field', { title, fields: { a: 'x'.repeat(501) } }, 'spec.fields.a', 'more than 500'),
  refusedCreate('51 fields', { title, fields: Object.fromEntries(many(51).map((k) => [k, ''])) }, 'spec.fields', '50'),
  refusedCreate('too long a field name', { title, fields: { ['x'.repeat(101)]: '' } }, 'spec.fields', '1 to 100'),
  refusedCreate('a role without a name', { title, roles: { '': 'a' } }, 'spec.roles', '1 to 40 characters'),
  refusedCreate('a role of two lines', { title, roles: { scribe: 'a\nb' } }, 'spec.roles[scribe]', severalLines),
  refusedCreate(
    'a due date that is none',
    { ...resolved, resolution: { ...resolution, correctiveActions: [{ what: 'a', kind: 'Detect', due: 'soon' }] } },
    'spec.resolution.correctiveActions[0].due',
    'no day of the calendar. Write year',
  ),

  refusedCreate('an offset beyond a day', { title, startedAt: '2026-06-15T21:16:06+99:99' }, 'spec.startedAt', noTime),
  refusedCreate('a 30th of February', { title, detectedAt: '2026-02-30T21:16:06Z' }, 'spec.detectedAt', noTime),
  refusedCreate('a time that means none', { title, mitigatedAt: '0001-01-01T00:00:00Z' }, 'spec.mitigatedAt', noTime),
  refusedCreate('a title of zero-width spaces', { title: '\u200b\u200b' }, 'spec.title', unseen),
  refusedCreate('a service of a filler', { title, services: ['\u3164'] }, 'spec.services[0]', unseen),
  refusedCreate('a role held by a space', { title, roles: { scribe: ' ' } }, 'spec.roles[scribe]', unseen),
  refusedCreate(
    'a role named by a space',
    { title, roles: { ' ': 'zoe' } },
    'spec.roles',
    "nothing in a role's name can be seen. Write",
  ),
  refusedCreate(
    'a field named by a mark',
    { title, fields: { '\u0301': 'a' } },
    'spec.fields',
    "nothing in a field's name can be seen. Write",
  ),
  ...[' ', '\ufeff', '\u202e', '\u2800'].map((said) =>
    refusedCreate(
      `a link with the title ${JSON.stringify(said)}`,
      { title, links: [{ title: said, url: 'https://a.example' }] },
      'spec.links[0].title',
      unseen,
    ),
  ),
  refusedCreate(
    'a resolution of nothing that can be seen',
    { ...resolved, resolution: { summary: '\n\u200b\n' } },
    'spec.resolution.summary',
    unseen,
  ),
  ...['https://user:password@kibana.example/app', 'https://token@kibana.example', 'https:///user:password@kibana'].map(
    (url) =>
      refusedCreate(`a link to ${url}`, { title, links: [{ title: 'a', url }] }, 'spec.links[0].url', 'Leave out what'),
  ),
  {
    name: 'an @ in the path of a link',
    kind,
    write: { title, links: [{ title: 'a', url: 'https://a.example/@zoe?to=b@c' }] },
  },

  refusedCreate(
    'Resolved without a resolution',
    { title, state: 'Resolved' },
    'spec.resolution',
    'summary in the same write',
  ),
  refusedCreate('a resolution without Resolved', { title, resolution }, 'spec.resolution', 'Set state to Resolved'),
  {
    name: 'resolved without a resolution',
    kind,
    before: { title },
    write: spec({ state: 'Resolved' }),
    refused: { field: 'spec.resolution', says: 'Set spec.resolution.summary' },
  },
  { name: 'resolved with a resolution', kind, before: { title }, write: spec({ state: 'Resolved', resolution }) },
  {
    name: 'reopened with the old resolution left',
    kind,
    before: resolved,
    write: spec({ state: 'Monitoring', ...dueToChange('2', 'It is back.') }),
    refused: { field: 'spec.resolution', says: 'to reopen, remove it' },
  },
  { name: 'reopened with a reason', kind, before: resolved, write: reopened },
  {
    name: 'reopened without a reason',
    kind,
    before: resolved,
    write: spec({ state: 'Investigating', resolution: null }),
    refused: { field: 'spec.state', says: 'Set spec.change.reason and a new spec.change.id' },
  },
  {
    name: 'reopened before the record is merged',
    kind,
    before: resolved,
    status: { record },
    write: reopened,
  },
  {
    name: 'reopened after the record was merged',
    kind,
    before: resolved,
    status: merged,
    write: reopened,
    refused: { field: 'spec.state', says: 'Declare a new Incident and name this one in its spec.relatedTo' },
  },
  { name: 'an edit after the record was merged', kind, before: resolved, status: merged, write: spec({ title: 'b' }) },

  { name: 'a step forward', kind, before: { title }, write: spec({ state: 'Monitoring' }) },
  {
    name: 'a step back without a reason',
    kind,
    before: { title, state: 'Monitoring' },
    write: spec({ state: 'Identified' }),
    refused: { field: 'spec.state', says: 'going back to an earlier state needs a reason' },
  },
  {
    name: 'a step back with a reason',
    kind,
    before: { title, state: 'Monitoring', ...dueToChange('1', 'fix is out') },
    write: spec({ state: 'Identified', ...dueToChange('2', 'The fix did not help.') }),
  },
  {
    name: 'a step back on the old reason',
    kind,
    before: { title, state: 'Monitoring', ...dueToChange('1', 'fix is out') },
    write: spec({ state: 'Identified' }),
    refused: { field: 'spec.state', says: 'a new spec.change.id' },
  },
  { name: 'out of Triage', kind, before: { title, state: 'Triage' }, write: spec({ state: 'Investigating' }) },
  {
    name: 'back to Triage, even with a reason',
    kind,
    before: { title },
    write: spec({ state: 'Triage', ...dueToChange('2', 'no idea') }),
    refused: { field: 'spec.state', says: "can't go back to Triage" },
  },
  { name: 'severity raised', kind, before: { title, severity: 'SEV2' }, write: spec({ severity: 'SEV1' }) },
  {
    name: 'severity lowered without a reason',
    kind,
    before: { title, severity: 'SEV2' },
    write: spec({ severity: 'SEV3', ...dueToChange('2') }),
    refused: { field: 'spec.severity', says: 'lowering the severity needs a reason' },
  },
  {
    name: 'severity lowered with a reason',
    kind,
    before: { title, severity: 'SEV2' },
    write: spec({ severity: 'SEV3', ...dueToChange('2', 'Only one region.') }),
  },
  {
    name: 'severity removed: the default is lower',
    kind,
    before: { title, severity: 'SEV1' },
    write: spec({ severity: null }),
    refused: { field: 'spec.severity', says: 'needs a reason' },
  },
  { name: 'escalated', kind, before: { title }, write: spec({ escalation: { level: 2 } }) },
  {
    name: 'de-escalated without a reason',
    kind,
    before: { title, escalation: { level: 2 } },
    write: spec({ escalation: { level: 1 } }),
    refused: { field: 'spec.escalation.level', says: 'lowering the escalation level needs a reason' },
  },
  {
    name: 'de-escalated with a reason',
    kind,
    before: { title, escalation: { level: 2 } },
    write: spec({ escalation: { level: 1 }, ...dueToChange('2', 'Rosa has it.') }),
  },
  {
    name: 'another mode',
    kind,
    before: { title },
    write: spec({ mode: 'Drill' }),
    refused: { field: 'spec.mode', says: 'declare a new Incident with the other mode' },
  },
  { name: 'the same mode, by removal', kind, before: { title, mode: 'Live' }, write: spec({ mode: null }) },
  {
    name: 'another mode, by removal',
    kind,
    before: { title, mode: 'Drill' },
    write: spec({ mode: null }),
    refused: { field: 'spec.mode', says: "can't change" },
  },
  {
    name: 'the act altered under its id',
    kind,
    before: { title, ...dueToChange('1', 'a') },
    write: spec(dueToChange('1', 'b')),
    refused: { field: 'spec.change.id', says: 'Give change a new id' },
  },
  { name: 'the same act again', kind, before: { title, ...dueToChange('1', 'a') }, write: spec(dueToChange('1', 'a')) },
  { name: 'a new act', kind, before: { title, ...dueToChange('1', 'a') }, write: spec(dueToChange('2', 'b')) },
  {
    name: 'a duplicate of itself',
    kind,
    metadata: { name: 'itself' },
    write: { title, duplicateOf: { name: 'itself' } },
    refused: { field: 'spec.duplicateOf.name', says: 'Name the other incident' },
  },
  { name: 'a name of 200 characters', kind, metadata: { name: 'x'.repeat(200) }, write: { title } },
  {
    name: 'a name of 201 characters',
    kind,
    metadata: { name: 'x'.repeat(201) },
    write: { title },
    refused: { field: 'metadata.name', says: 'more than 200' },
  },
];

function refusedCreate(name: string, write: object, field: string, says: string): Case {
  return { name, kind, write, refused: { field, says } };
}

function many(count: number): string[] {
  return Array.from({ length: count }, (_, i) => `s${i}`);
}
