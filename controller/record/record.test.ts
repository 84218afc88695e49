import { parse } from 'yaml';
import { describe, expect, test } from 'vitest';
import { hostile, hostileText, random } from '../../test/builders/hostile.ts';
import { anEntry, anIncident, anUpdate } from '../../test/builders/incident.ts';
import { aStory } from '../../test/builders/story.ts';
import type { IncidentSpec } from '../api/incident.gen.ts';
import { revision } from '../runtime/effect.ts';
import { recordedReason } from '../runtime/reasons.ts';
import { checkRecord } from './check.ts';
import { measures, span } from './durations.ts';
import type { RecordView } from './entries.ts';
import { recordFiles } from './files.ts';
import { questions } from './questions.ts';
import { review } from './review.ts';

const folder = 'incidents/2026/INC-00001';

function filesOf(view: RecordView): Record<string, string> {
  return Object.fromEntries(recordFiles(view).commits.flatMap(({ files }) => Object.entries(files)));
}

const fileOf = (view: RecordView, name: string): string => filesOf(view)[`${folder}/${name}`] ?? '';

type Optional = 'startedAt' | 'detectedAt' | 'customerSummary' | 'services';

/** The story with some of its spec changed, and some taken away. */
function storyWith(change: Partial<IncidentSpec>, ...without: readonly Optional[]): RecordView {
  const story = aStory();
  const spec = { ...story.incident.spec, ...change };
  for (const field of without) delete spec[field];
  return { ...story, incident: { ...story.incident, spec } };
}

/** Every place where people write holds `text`. */
function hostileStory(text: string): RecordView {
  const line = text.replaceAll(/\s+/g, ' ').trim().slice(0, 150) || 'x';
  const person = `Mallory ${line}`;
  const story = storyWith({
    title: line,
    description: text.slice(0, 8_000),
    customerSummary: text.slice(0, 3_000),
    services: [line.slice(0, 100)],
    roles: { commander: person },
    resolution: {
      summary: text.slice(0, 3_000),
      rootCause: text.slice(0, 3_000),
      correctiveActions: [
        { what: text.slice(0, 500), kind: 'Prevent', owner: person, due: '2026-03-01' },
        { what: text.slice(0, 500), kind: 'Process' },
      ],
    },
  });
  const links = [{ title: line, url: 'https://a.example/x' }];
  const updates = story.updates.map((u) => ({
    ...u,
    spec: { ...u.spec, text: text.slice(0, 8_000), author: person, links },
  }));
  return { ...story, updates, policy: { spec: { severities: { SEV1: { label: line.slice(0, 40) } } } } };
}

describe('the record of the story', () => {
  test.each(['record.json', 'timeline.md', 'postmortem.md'])('%s', async (name) => {
    await expect(fileOf(aStory(), name)).toMatchFileSnapshot(`__snapshots__/INC-00001/${name}`);
  });

  const refused = { refused: 'f00d.cafe', refusedReason: 'Forbidden', refusedMessage: 'request 4711 was refused' };
  test.each([
    ['a refused edit', { facts: refused }, 'GitHub issue #12 filed; its last edit was refused;'],
    ['one that is gone', { reason: 'Gone' as const, facts: refused }, 'GitHub issue #12 (taken away outside);'],
    ['one that is locked', { reason: recordedReason('IssueLocked') }, 'GitHub issue #12 (cannot be used);'],
    ['one that people changed', { reason: 'ChangedOutside' as const, message: 'Closed.' }, 'GitHub issue #12 filed;'],
  ])('T04 tells of %s what is recorded of it', (_, how, words) => {
    const story = aStory();
    const ticket = anEntry('ticket', { ...story.entries['ticket/github'], ...how });
    const timeline = fileOf({ ...story, entries: { ...story.entries, 'ticket/github': ticket } }, 'timeline.md');
    expect(timeline).toContain(words);
    expect(timeline).not.toContain('4711');
  });

  test('the pull request', async () => {
    const { body, ...rest } = review(aStory());
    expect(rest).toEqual({
      branch: 'postmortem/inc-00001',
      base: 'main',
      title: 'INC-00001 post-mortem: Mobile app login errors (SEV1)',
      draft: true,
      reviewers: [],
    });
    await expect(body).toMatchFileSnapshot('__snapshots__/review.md');
  });

  test('two commits on one branch in one folder; the draft is written once', () => {
    const { branch, folder: own, commits } = recordFiles(aStory());
    expect({ branch, own }).toEqual({ branch: 'postmortem/inc-00001', own: folder });
    expect(commits.map(({ message, once, files }) => ({ message, once, files: Object.keys(files) }))).toEqual([
      { message: 'INC-00001: record', once: undefined, files: [`${folder}/record.json`, `${folder}/timeline.md`] },
      {
        message: 'INC-00001: draft of the post-mortem\n\nDrafted-by: template',
        once: true,
        files: [`${folder}/postmortem.md`],
      },
    ]);
  });

  test('it passes its own check', () => {
    expect(checkRecord(filesOf(aStory()))).toEqual([]);
  });

  test('it does not change by its own pushing, merging and receipts', () => {
    const story = aStory();
    const later = {
      ...story,
      incident: anIncident({
        ...story.incident,
        metadata: { ...story.incident.metadata, resourceVersion: '99', generation: 9 },
        status: {
          ...story.incident.status,
          observedGeneration: 9,
          record: { branch: 'postmortem/inc-00001', folder, commit: 'abc' },
          conditions: [
            {
              type: 'Ready',
              status: 'True',
              reason: 'Converged',
              message: '',
              lastTransitionTime: '2026-02-03T11:40:00Z',
            },
          ],
        },
      }),
      entries: {
        ...story.entries,
        record: anEntry('record', { at: '2026-02-03T11:39:00Z' }),
        review: anEntry('review', { ref: { pull: '13' } }),
        receipts: anEntry('thread', { at: '2026-02-03T11:39:00Z' }),
        'ticket/github': anEntry('ticket', {
          ...story.entries['ticket/github'],
          rev: 'other',
          at: '2026-02-03T11:39:00Z',
        }),
      },
    };
    expect(revision(recordFiles(later))).toBe(revision(recordFiles(story)));
  });

  test('our own sentences name nobody; what people wrote stands as they wrote it', () => {
    const narrated = fileOf(aStory(), 'postmortem.md').split('## Summary')[1]?.split('## Action items')[0] ?? '';
    expect(narrated).not.toMatch(/matt|zoe|geeta|streamo\.example/);
    expect(fileOf(aStory(), 'postmortem.md')).toContain('matt@streamo.example will report back in 15 minutes');
  });

  test('a team that has the name of a service and of a queue is not taken for a person', () => {
    const summary = 'Restarted payments; the payments queue drained, the api-gateway too.';
    const view = storyWith({
      services: ['payments'],
      roles: { commander: 'the', scribe: 'api' },
      resolution: { summary, correctiveActions: [{ what: 'x', kind: 'Prevent', owner: 'payments' }] },
    });
    expect(fileOf(view, 'postmortem.md')).toContain(`- **Close notes:** "${summary}" [T08]`);
    expect(checkRecord(filesOf(view))).toEqual([]);
  });

  test('paragraphs and lists stay such', async () => {
    const summary =
      'Re-deployed with the correct URL.\n\nWhat we did:\n- found the release\n- rolled it back\n\nAll is well.';
    const view = storyWith({ resolution: { summary, rootCause: 'Two things:\n1. a typo\n2. no test' } });
    await expect(fileOf(view, 'postmortem.md')).toMatchFileSnapshot('__snapshots__/paragraphs.md');
    expect(checkRecord(filesOf(view))).toEqual([]);
    expect(fileOf(view, 'timeline.md')).toContain(
      'What we did: / - found the release / - rolled it back / All is well.',
    );
  });

  test('what the head cannot hold says where the whole is', () => {
    const head = fileOf(storyWith({ description: hostile['long'] ?? '' }), 'postmortem.md');
    expect(head).toContain('- **Description** (its beginning; the whole is in [record.json](record.json)): "Very long');
  });

  test('no secret, receipt or version is in record.json', () => {
    const secrets = hostile['secrets'] ?? '';
    const json = fileOf(storyWith({ title: secrets, description: secrets, customerSummary: secrets }), 'record.json');
    expect(json).not.toMatch(/hunter2|ghp_|xoxb-|AKIA|resourceVersion|managedFields|"effects"|"conditions"/);
    expect(json).toContain('[redacted]');
  });
});

const numbers = (view: RecordView): Record<string, string> =>
  Object.fromEntries(
    [...fileOf(view, 'timeline.md').matchAll(/<\/a>(T\d+) \| [^|]+ \| [^|]+ \| [^|]+ \| ([^|]+) \|/g)].map(
      ([, id, what]) => [what, id],
    ),
  );

describe('what was put right', () => {
  test('the last update reads as it was corrected, and cites both', () => {
    const story = aStory();
    const right = anUpdate({
      metadata: { name: 'right', creationTimestamp: '2026-02-03T11:20:00Z' },
      spec: { type: 'Correction', text: 'It was the proxy.', corrects: { name: 'endpoint' } },
    });
    const postmortem = fileOf({ ...story, updates: [...story.updates, right] }, 'postmortem.md');
    expect(postmortem).toMatch(/- \*\*Last update, corrected:\*\* "It was the proxy\." \[T07\]\(\S+\) \[T08\]/);
    expect(postmortem).not.toContain('Seems to be an endpoint issue');
  });

  test('an entry that is dated later than it was written stands where it was written', () => {
    const story = aStory();
    const dated = anUpdate({
      metadata: { name: 'dated', creationTimestamp: '2026-02-03T11:10:00Z' },
      spec: { type: 'Status', text: 'From the future.', occurredAt: '2062-02-03T11:10:00Z' },
    });
    const files = filesOf({ ...story, updates: [...story.updates, dated] });
    expect(files[`${folder}/timeline.md`]).toMatch(/T07 \| 11:10:00 \| Status/);
    expect(files[`${folder}/postmortem.md`]).toContain('**Last update:** "Seems to be an endpoint issue');
  });

  test('an address from before goes into the record without its user and password', () => {
    const links = [{ title: 'Kibana', url: 'https://user:p@ssword@kibana.example/app' }];
    const story = storyWith({ links });
    const updates = story.updates.map((u) => ({ ...u, spec: { ...u.spec, links } }));
    const files = filesOf({ ...story, updates });
    expect(Object.values(files).join('\n')).not.toContain('ssword');
    expect(files[`${folder}/record.json`]).toContain('"url": "https://kibana.example/app"');
    expect(files[`${folder}/timeline.md`]).toContain('Kibana <https://kibana.example/app>');
  });
});

describe('numbers of entries', () => {
  test('stay when more becomes known', () => {
    const before = numbers(storyWith({}, 'startedAt', 'detectedAt'));
    const story = storyWith({ startedAt: '2026-02-03T10:40:00Z', mitigatedAt: '2026-02-03T11:20:00Z' });
    const backdated = anUpdate({
      metadata: { name: 'late', creationTimestamp: '2026-02-03T12:00:00Z' },
      spec: { type: 'Note', text: 'Seen in the log.', occurredAt: '2026-02-03T10:41:00Z' },
    });
    const after = numbers({ ...story, updates: [...story.updates, backdated] });
    for (const [what, id] of Object.entries(before).filter(([text]) => text !== 'not recorded'))
      expect(after[what]).toBe(id);
    expect(after['"Seen in the log."']).toBe('T09');
  });

  test('a mitigation that cannot be read does not hide the one that is known', () => {
    const story = storyWith({ mitigatedAt: '+99:99' });
    const { status } = story.incident;
    const timestamps = {
      declaredAt: '2026-02-03T10:55:12Z',
      ...status?.timestamps,
      mitigatedAt: '2026-02-03T11:20:00Z',
    };
    const incident = anIncident({ ...story.incident, status: { ...status, timestamps } });
    expect(fileOf({ ...story, incident }, 'timeline.md')).toContain('T05 | 11:20:00 | Mitigated');
  });

  test('rows stand in the order of events', () => {
    const times = [
      ...fileOf(storyWith({ mitigatedAt: '2026-02-03T11:20:00Z' }), 'timeline.md').matchAll(/\| (\d\d:\d\d:\d\d) \|/g),
    ].map(([, t]) => t);
    expect(times.join()).toBe(times.toSorted((a = '', b = '') => (a < b ? -1 : 1)).join());
    expect(times).toHaveLength(8);
  });

  test('an incident over midnight shows days', () => {
    const timeline = fileOf(storyWith({ startedAt: '2026-02-02T23:50:00Z' }), 'timeline.md');
    expect(timeline).toContain('T01 | 2026-02-02 23:50:00 | Started');
    expect(timeline).toContain('T03 | 2026-02-03 10:55:12 | Declared');
  });
});

describe('durations', () => {
  test.each([
    [0, '0 s'],
    [999, '0 s'],
    [42_000, '42 s'],
    [60_000, '1 min'],
    [270_000, '4 min 30 s'],
    [3_900_999, '1 h 5 min'],
    [3_600_000, '1 h'],
    [183_600_000, '2 d 3 h'],
    [-5, '0 s'],
  ])('%d ms are %s', (ms, text) => {
    expect(span(ms)).toBe(text);
  });

  test('each says how it was worked out', () => {
    expect(measures(aStory())).toEqual([
      { name: 'To detect', value: 270_000, formula: 'T02 − T01 = 10:52:30 − 10:48:00', cites: ['T01', 'T02'] },
      { name: 'To acknowledge', value: 162_000, formula: 'T03 − T02 = 10:55:12 − 10:52:30', cites: ['T02', 'T03'] },
      { name: 'To resolve', value: 3_019_000, formula: 'T08 − T01 = 11:38:19 − 10:48:00', cites: ['T01', 'T08'] },
    ]);
  });

  test('what is not recorded is not known; without a start the declaration counts', () => {
    expect(measures(storyWith({}, 'startedAt', 'detectedAt')).map(({ value, formula }) => [value, formula])).toEqual([
      [undefined, 'no time of the start is recorded'],
      [undefined, 'no time of the detection is recorded'],
      [2_587_000, 'T08 − T03 = 11:38:19 − 10:55:12'],
    ]);
  });

  test('times that contradict each other give no duration', () => {
    const [detect] = measures(storyWith({ startedAt: '2026-02-03T10:53:00Z' }));
    expect(detect).toEqual({
      name: 'To detect',
      formula: 'it was noticed before it began, T02 − T01 = 10:52:30 − 10:53:00',
      cites: ['T01', 'T02'],
    });
  });
});

const topics = (view: RecordView): string[] => questions(view).map(({ topic }) => topic);

describe('open questions', () => {
  const whole = storyWith({
    resolution: {
      summary: 'Done.',
      rootCause: 'A release.',
      correctiveActions: [{ what: 'Test it', kind: 'Prevent', owner: 'geeta', due: '2026-03-01' }],
    },
  });
  const calm = {
    ...whole,
    updates: whole.updates
      .filter(({ spec }) => spec.type === 'State')
      .map(({ apiVersion, kind, metadata, spec }) => ({ apiVersion, kind, metadata, spec })),
  };
  const { resolution } = calm.incident.spec;
  const calmWith = (change: Partial<IncidentSpec>, without: readonly Optional[] = []): RecordView => ({
    ...calm,
    incident: storyWith({ ...(resolution === undefined ? {} : { resolution }), ...change }, ...without).incident,
  });

  test('none, when nothing is missing; then the request is no draft', () => {
    expect(questions(calm)).toEqual([]);
    expect(review(calm).draft).toBe(false);
    expect(fileOf(calm, 'postmortem.md')).toContain('## Open questions\n\nNone is open.');
    expect(checkRecord(filesOf(calm))).toEqual([]);
  });

  test.each<[string, Partial<IncidentSpec>, string, ...Optional[]]>([
    ['no start', {}, 'start', 'startedAt'],
    ['no detection', {}, 'detection', 'detectedAt'],
    [
      'started after it was declared',
      { startedAt: '2026-02-03T11:00:00Z', detectedAt: '2026-02-03T11:01:00Z' },
      'times',
    ],
    ['noticed before it began', { detectedAt: '2026-02-03T10:00:00Z' }, 'times'],
    ['mitigated after the all clear', { mitigatedAt: '2026-02-03T23:00:00Z' }, 'times'],
    ['no impact', {}, 'impact', 'customerSummary'],
    ['no service', {}, 'services', 'services'],
    [
      'no cause',
      {
        resolution: {
          summary: 'Done.',
          correctiveActions: [{ what: 'x', kind: 'Prevent', owner: 'a', due: '2026-03-01' }],
        },
      },
      'cause',
    ],
    ['no commander', { roles: {} }, 'commander'],
    ['no action', { resolution: { summary: 'Done.', rootCause: 'A release.' } }, 'actions'],
    [
      'no owner',
      {
        resolution: {
          summary: 'Done.',
          rootCause: 'x',
          correctiveActions: [{ what: 'x', kind: 'Prevent', due: '2026-03-01' }],
        },
      },
      'actions',
    ],
    [
      'due in the past',
      {
        resolution: {
          summary: 'Done.',
          rootCause: 'x',
          correctiveActions: [{ what: 'x', kind: 'Prevent', owner: 'a', due: '2026-01-01' }],
        },
      },
      'actions',
    ],
  ])('%s', (_, change, topic, ...without) => {
    const view = calmWith(change, without);
    expect(new Set(topics(view))).toEqual(new Set([topic]));
    expect(review(view).draft).toBe(true);
    expect(checkRecord(filesOf(view))).toEqual([]);
  });

  test('a changed severity, a reopening, and who was not told', () => {
    const reopened = anUpdate({
      metadata: { name: 'again', creationTimestamp: '2026-02-03T11:45:00Z' },
      spec: { type: 'State', from: 'Resolved', to: 'Investigating' },
    });
    const story = aStory();
    expect(topics({ ...story, updates: [...story.updates, reopened] })).toEqual([
      'severity',
      'reopened',
      'told',
      'told',
      'actions',
    ]);
    expect(questions(story).map(({ text }) => text)).toContain(
      'Was #support told, and does it matter? The receipt says: outcome unknown.',
    );
  });
});

const folderFor = (path: string): string =>
  recordFiles({ ...aStory(), policy: { spec: { record: { folder: path } } } }).folder;

describe('hostile text', () => {
  test.each(Object.entries(hostile))('%s', (_, text) => {
    const view = hostileStory(text);
    const files = filesOf(view);
    const postmortem = fileOf(view, 'postmortem.md');
    const front: unknown = parse(postmortem.split('\n---\n')[0]?.slice(4) ?? '');
    expect(front).toEqual({
      schema: 'allclear.dev/postmortem/v1',
      id: 'INC-00001',
      title: expect.any(String),
      status: 'draft',
      severity: 'SEV1',
      services: [expect.any(String)],
      action_items: [
        expect.objectContaining({ id: 'A1', due: '2026-03-01' }),
        expect.objectContaining({ id: 'A2', due: null }),
      ],
    });
    expect(Object.keys(files).every((path) => path.startsWith(`${folder}/`))).toBe(true);
    const headings = postmortem
      .split('\n')
      .filter((line) => /^#+ /.test(line))
      .slice(1);
    expect(headings).toEqual(
      [
        'Summary',
        'Durations',
        'Impact',
        'Cause',
        'Contributing factors',
        'What went well',
        'Action items',
        'Open questions',
      ].map((h) => `## ${h}`),
    );
    const rows = fileOf(view, 'timeline.md')
      .split('\n')
      .filter((line) => line.startsWith('|'));
    expect(rows).toHaveLength(10);
    for (const row of rows) expect(row.replaceAll(/\\[\\|]/g, '').split('|')).toHaveLength(8);
    expect(fileOf(view, 'timeline.md').replaceAll(/\\<|<a id="t\d\d"><\/a>|<https:[^<>\s]+>/g, '')).not.toContain('<');
    expect(checkRecord(files)).toEqual([]);
  });

  test.each(['frontMatter', 'markdownLink', 'pipes'])('%s as a reviewer sees it', async (name) => {
    const view = hostileStory(hostile[name] ?? '');
    await expect(fileOf(view, 'postmortem.md')).toMatchFileSnapshot(`__snapshots__/hostile/${name}.md`);
  });

  test('fuzz: 300 records stay in form and pass their check', () => {
    const next = random(3);
    for (let i = 0; i < 300; i++) expect(checkRecord(filesOf(hostileStory(hostileText(next))))).toEqual([]);
  });

  test('no policy leads out of the repository', () => {
    expect(folderFor('docs/incidents')).toBe('docs/incidents/2026/INC-00001');
    expect(folderFor('../../etc')).toBe('etc/2026/INC-00001');
    expect(folderFor('.git/hooks')).toBe('hooks/2026/INC-00001');
    expect(folderFor('/')).toBe(folder);
  });
});
