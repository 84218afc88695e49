import { describe, expect, test } from 'vitest';
import { anIncident, anUpdate } from '../../test/builders/incident.ts';
import { aStory } from '../../test/builders/story.ts';
import type { IncidentSpec } from '../api/incident.gen.ts';
import type { IncidentUpdateSpec } from '../api/incident-update.gen.ts';
import { titleAnnotation } from '../api/names.ts';
import { checkRecord } from './check.ts';
import { measures } from './durations.ts';
import type { RecordView } from './entries.ts';
import { recordFiles } from './files.ts';
import { cite } from './narrative.ts';
import { questions } from './questions.ts';

function filesOf(view: RecordView): Record<string, string> {
  const files = Object.fromEntries(
    recordFiles(view).commits.flatMap((commit) =>
      Object.entries(commit.files).map(([path, content]) => [path.split('/').at(-1) ?? '', content]),
    ),
  );
  expect(checkRecord(files)).toEqual([]);
  return files;
}

/** A section of the post-mortem, without citations. */
const sectionOf = (view: RecordView, name: string): string =>
  (filesOf(view)['postmortem.md'] ?? '')
    .split(`\n## ${name}\n\n`)[1]
    ?.split('\n\n## ')[0]
    ?.replaceAll(/ ?\[T\d+\]\(timeline\.md#t\d+\)/g, '') ?? '';

const rowOf = (view: RecordView, id: string): string =>
  (filesOf(view)['timeline.md'] ?? '').split('\n').find((line) => line.includes(`</a>${id} |`)) ?? '';

/** Written at this time of one morning, with the title that its annotation holds. */
type Step = readonly [time: string, spec: Partial<IncidentUpdateSpec>, title?: string | undefined];

function storyOf(steps: readonly Step[], spec: Partial<IncidentSpec> = {}): RecordView {
  const updates = steps.map(([time, own, title], i) => {
    const update = anUpdate({
      metadata: {
        name: `mobile-app-login-6f1c7c54-t${i + 1}`,
        creationTimestamp: `2026-02-03T${time}Z`,
        ...(title === undefined ? {} : { annotations: { [titleAnnotation]: title } }),
      },
      spec: own,
    });
    if (own.text === undefined) delete update.spec.text;
    return update;
  });
  const at = (to: string): string | undefined => updates.findLast((u) => u.spec.to === to)?.metadata.creationTimestamp;
  const [declaredAt, resolvedAt] = [at('Investigating'), at('Resolved')];
  return {
    ...aStory(),
    updates,
    incident: anIncident({
      metadata: { creationTimestamp: '2026-02-03T10:00:00Z' },
      spec: {
        title: 'Checkout is down',
        severity: 'SEV1',
        state: 'Resolved',
        resolution: { summary: 'Rolled back.' },
        ...spec,
      },
      status: {
        applied: { seq: steps.length, state: 'Resolved', severity: 'SEV1', level: 0 },
        timestamps: {
          declaredAt: declaredAt ?? '2026-02-03T10:00:00Z',
          ...(resolvedAt === undefined ? {} : { resolvedAt }),
        },
      },
    }),
  };
}

const raised: Step = ['10:00:00', { type: 'State', to: 'Triage', text: 'Error rate high' }];
const declaredAs = (title?: string, text?: string): Step => [
  '10:05:00',
  { type: 'State', from: 'Triage', to: 'Investigating', ...(text === undefined ? {} : { text }) },
  title,
];
const closed: Step = ['11:00:00', { type: 'State', from: 'Investigating', to: 'Resolved', text: 'Rolled back.' }];
const note = (occurredAt: string): Step => ['10:30:00', { type: 'Note', text: 'Seen.', occurredAt }];
const severity = (time: string, from: string, to: string): Step => [time, { type: 'Severity', from, to }];

describe('what held then', () => {
  test('an alert that was raised, declared and retitled has each title at its time', () => {
    const view = storyOf([raised, declaredAs('Checkout errors', 'It is real.'), closed]);
    expect(sectionOf(view, 'Summary').split('\n').slice(0, 2)).toEqual([
      '"Checkout errors" was declared SEV1 (Critical) at 10:05:00 UTC on 2026-02-03; it is now titled "Checkout is down".',
      'It was raised 5 min before that and waited in Triage, titled "Error rate high".',
    ]);
    expect(rowOf(view, 'T03')).toContain(
      '| "Checkout errors"; SEV1 (Critical); "It is real."; as last stated: title "Checkout is down" |',
    );
  });

  test('a title that no entry holds is only said of now', () => {
    const view = storyOf([raised, declaredAs(), closed]);
    expect(sectionOf(view, 'Summary')).toMatch(
      /^It was declared SEV1 \(Critical\) at 10:05:00 UTC on 2026-02-03; it is now titled "Checkout is down"\.\n/,
    );
  });

  test('an incident that kept its title says it once', () => {
    const first: Step = ['10:00:00', { type: 'State', to: 'Investigating', text: 'Checkout is down' }];
    expect(sectionOf(storyOf([first, closed]), 'Summary')).toMatch(
      /^"Checkout is down" was declared SEV1 \(Critical\) at 10:00:00 UTC on 2026-02-03\.\n/,
    );
  });

  test('a first entry’s title is its text, which cannot change, whatever its annotation says', () => {
    const spec: Step[1] = { type: 'State', to: 'Investigating', text: 'Checkout is down' };
    const first: Step = ['10:00:00', spec, 'Deploy by the CTO'];
    expect(sectionOf(storyOf([first, closed]), 'Summary')).toMatch(/^"Checkout is down" was declared /);
  });

  test.each<[string, Step[], string]>([
    ['in Triage', [raised, severity('10:02:00', 'SEV3', 'SEV1'), declaredAs()], '3 min before the declaration'],
    ['with it', [raised, severity('10:05:00', 'SEV3', 'SEV1'), declaredAs()], 'as it was declared'],
    ['later', [raised, declaredAs(), severity('10:20:00', 'SEV3', 'SEV1')], '15 min after the declaration'],
  ])('a severity that changed %s is told from the declaration', (_, steps, when) => {
    expect(sectionOf(storyOf([...steps, closed]), 'Summary')).toContain(
      `Its severity was raised to SEV1 (Critical) ${when}.`,
    );
  });

  test('it was handled as less from its declaration or reopening, and not while it waited or was closed', () => {
    const inTriage = storyOf([raised, severity('10:02:00', 'SEV3', 'SEV1'), declaredAs(), closed]);
    expect(sectionOf(inTriage, 'Contributing factors')).toBe('Nothing is recorded.');
    const reopened: Step = ['13:00:00', { type: 'State', from: 'Resolved', to: 'Investigating', text: 'Again.' }];
    const view = storyOf([raised, declaredAs(), closed, reopened, severity('13:10:00', 'SEV2', 'SEV1')]);
    expect(sectionOf(view, 'Contributing factors')).toBe(
      'It was handled as SEV2 (Major) for 10 min before it was raised.',
    );
  });

  test('it was closed with the words of then; what was edited later is said of now', () => {
    const view = storyOf([raised, declaredAs(), closed], { resolution: { summary: 'Rolled back, then mended.' } });
    expect(sectionOf(view, 'Summary')).toContain(
      'It was closed with the words "Rolled back."\nThe close notes say by now "Rolled back, then mended."',
    );
    expect(rowOf(view, 'T07')).toContain('| "Rolled back."; as last stated: notes "Rolled back, then mended." |');
  });

  test('what was recorded afterwards was declared by nobody', () => {
    const view = storyOf([], {
      mode: 'Backfill',
      startedAt: '2025-06-01T10:00:00Z',
      detectedAt: '2025-06-01T10:10:00Z',
    });
    expect(sectionOf(view, 'Summary')).toBe(
      '"Checkout is down" was recorded afterwards, at 10:00:00 UTC on 2026-02-03, as SEV1 (Critical).\nNo all clear is recorded.',
    );
    expect(sectionOf(view, 'Contributing factors')).toBe('Nothing is recorded.');
    expect(measures(view).map(({ value, formula }) => value ?? formula)).toEqual([
      600_000,
      'no time of the declaration is recorded',
      'no time of the all clear is recorded',
    ]);
    expect(questions(view).map(({ topic }) => topic)).not.toContain('times');
    expect(rowOf(view, 'T03')).toContain('| Recorded |');
  });
});

describe('times that cannot be right', () => {
  const steps = [raised, declaredAs(), closed];

  test.each<[string, Partial<IncidentSpec>, string, Step?]>([
    ['a start of 1970', { startedAt: '1970-01-01T00:00:00Z' }, 'It began more than 30 days before it was declared.'],
    [
      'a start of last year',
      { startedAt: '2025-02-03T10:00:00Z' },
      'It began more than 30 days before it was declared.',
    ],
    ['a start in the future', { startedAt: '2062-02-03T10:00:00Z' }, 'It began after it was declared.'],
    ['a start after the end', { startedAt: '2026-02-03T12:00:00Z' }, 'It began after it was declared.'],
    [
      'a detection of last year',
      { detectedAt: '2025-02-03T10:00:00Z' },
      'It was noticed more than 30 days before it was declared.',
    ],
    [
      'a detection after the declaration',
      { detectedAt: '2026-02-03T10:30:00Z' },
      'It was declared before it was noticed.',
    ],
    [
      'a mitigation of last year',
      { mitigatedAt: '2025-02-03T10:00:00Z' },
      'It was mitigated more than 30 days before it was declared.',
    ],
    [
      'a mitigation after the all clear',
      { mitigatedAt: '2026-02-03T12:00:00Z' },
      'The all clear came before the mitigation.',
    ],
    ['an entry of the future', {}, 'T07 happened, as recorded, later than written down.', note('2062-02-03T10:00:00Z')],
    [
      'an entry of 1970',
      {},
      'T07 happened, as recorded, more than 30 days before the declaration.',
      note('1970-01-01T00:00:00Z'),
    ],
  ])('%s is one open question', (_, spec, what, extra) => {
    const view = storyOf(extra === undefined ? steps : [raised, declaredAs(), extra, closed], spec);
    const asked = questions(view).filter(({ topic }) => topic === 'times');
    expect(asked.map(({ text }) => text)).toEqual([`Which time is wrong? ${what}`]);
    expect(filesOf(view)['postmortem.md']).not.toMatch(/\d+ d /);
  });

  test('an all clear before the declaration', () => {
    const view = storyOf([raised, declaredAs(), ['10:01:00', closed[1]]]);
    expect(questions(view).map(({ text }) => text)).toContain(
      'Which time is wrong? The all clear came before the declaration.',
    );
    expect(sectionOf(view, 'Summary')).toContain(
      'The all clear is recorded at 10:01:00 UTC on 2026-02-03, which is in doubt (Q3).',
    );
  });

  test('durations that rest on one say so', () => {
    const view = storyOf(steps, { startedAt: '1970-01-01T00:00:00Z', detectedAt: '2026-02-03T10:01:00Z' });
    expect(sectionOf(view, 'Durations').split('\n')).toEqual([
      '- To detect: not known: it began more than 30 days before it was declared, T02 − T01 = 2026-02-03 10:01:00 − 1970-01-01 00:00:00.',
      '- To acknowledge: 4 min = T03 − T02 = 10:05:00 − 10:01:00.',
      '- To resolve: not known: it began more than 30 days before it was declared, T07 − T01 = 2026-02-03 11:00:00 − 1970-01-01 00:00:00.',
    ]);
    expect(sectionOf(view, 'Contributing factors')).toBe('4 min passed between its detection and its declaration.');
    expect(sectionOf(view, 'Impact')).toContain('How long it lasted is not known, since its start is in doubt (Q1).');
    expect(sectionOf(view, 'Summary')).toContain('The all clear came 55 min after the declaration.');
  });

  test('a start some days before the declaration is plausible', () => {
    const view = storyOf(steps, { startedAt: '2026-01-20T10:00:00Z' });
    expect(questions(view).map(({ topic }) => topic)).not.toContain('times');
    expect(measures(view).at(-1)?.formula).toContain('T07 − T01');
    expect(measures(view).at(-1)?.value).toBe(14 * 86_400_000 + 3_600_000);
  });
});

test('citations stand in the order of their numbers, beyond a hundred entries too', () => {
  expect(cite('T100', 'T20', 'T100')).toBe('[T20](timeline.md#t20) [T100](timeline.md#t100)');
});
