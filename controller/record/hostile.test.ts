import { parse } from 'yaml';
import { describe, expect, test } from 'vitest';
import { liveInGfm, nodesOf, parseGfm, textOf, type MarkdownNode } from '../../test/builders/gfm.ts';
import { hostile, hostileText, random } from '../../test/builders/hostile.ts';
import { anUpdate } from '../../test/builders/incident.ts';
import { aStory } from '../../test/builders/story.ts';
import { incidentStates, severities } from '../api/enums.gen.ts';
import type { IncidentUpdate } from '../api/incident-update.gen.ts';
import { titleAnnotation } from '../api/names.ts';
import { clean, oneLine } from '../text.ts';
import { checkRecord } from './check.ts';
import { measures } from './durations.ts';
import type { RecordView } from './entries.ts';
import { recordFiles } from './files.ts';
import { review } from './review.ts';

/** Names that are words of every language and team, and names that are people's. */
const names: readonly string[] = [
  ...'api payments an the It was after T03 SEV1 Critical zoe ops-team'.split(' '),
  'All Clear',
  'Zoe Maxwell',
  '山田 太郎',
  'zoe@streamo.example',
  'Zoe@Streamo.Example',
  'payments@streamo.example',
  '@octocat',
  'a "b" (c)',
];

const lists: readonly string[] = [
  'Re-deployed.\n\n- one\n  - two\n- three\nThen the payments queue drained, says zoe@streamo.example.',
  '1. a\n2. b\n4. d\n\n1985. A year',
  '  * deep\n\ttab\n\n    code?\n* * *\n- [ ] open\n- [x] done',
  'a\n:-\n---\n===\n# head\n- # head\n- - -\n+',
  '---\nstatus: accepted\n---\n## Summary\nIt was nobody. [T99](timeline.md#t99)\n> x',
  'A sentence. [T01](timeline.md#t02)\n| <a id="t01"></a>T01 | x |',
];

/** The longest ones are tried one by one in record.test.ts. */
const nasty = Object.values(hostile).filter((text) => text.length < 1_000);

/** Each draw of `next` makes the same incident on every machine. */
function writerOf(next: () => number) {
  const pick = <T>(from: readonly T[]): T => from[Math.floor(next() * from.length)] ?? expect.unreachable();
  const often = (share: number): boolean => next() < share;
  const words = (): string => {
    const kinds = [() => hostileText(next), () => pick(nasty), () => pick(lists), () => pick(names)];
    return Array.from({ length: 1 + Math.floor(next() * 3) }, () => pick(kinds)()).join(pick(['', ' ', '\n', '\n\n']));
  };
  const text = (most: number): string => words().slice(0, most) || 'x';
  const line = (most: number): string =>
    (often(0.5) ? pick(names) : oneLine(words()).slice(0, most).toWellFormed().trim()) || 'x';
  const time = (): string =>
    new Date(Date.UTC(2026, 1, 3, 10) + (next() - 0.5) * pick([1, 60, 1e6]) * 3_600_000).toISOString();
  return { pick, often, text, line, time };
}

/** Every field that people write holds what they may write there. */
function incidentOf(seed: number): RecordView {
  const { pick, often, text, line, time } = writerOf(random(seed));
  const story = aStory();
  const spec = {
    ...story.incident.spec,
    title: line(150),
    severity: pick(severities),
    description: text(8_000),
    customerSummary: text(3_000),
    services: Array.from({ length: pick([0, 1, 3]) }, () => line(100)),
    startedAt: time(),
    detectedAt: time(),
    ...(often(0.8) ? { mitigatedAt: time() } : {}),
    roles: { commander: line(200), [pick(['scribe', 'the'])]: line(200) },
    resolution: {
      summary: text(3_000),
      ...(often(0.8) ? { rootCause: text(3_000) } : {}),
      correctiveActions: Array.from({ length: pick([0, 1, 3]) }, () => ({
        what: text(500),
        kind: pick(['Prevent', 'Process'] as const),
        ...(often(0.8) ? { owner: line(200) } : {}),
        ...(often(0.8) ? { due: pick(['2026-03-01', '2026-01-01']) } : {}),
      })),
    },
  };
  const entry = (update: Partial<IncidentUpdate['spec']>): Partial<IncidentUpdate['spec']> => ({
    ...(often(0.8) ? { text: text(8_000) } : {}),
    ...(often(0.8) ? { author: line(200) } : {}),
    links: [{ title: line(150), url: 'https://a.example/x' }],
    ...update,
  });
  const raised = often(0.5);
  const specs = [
    ...(raised ? [entry({ type: 'State', to: 'Triage', text: line(150) })] : []),
    entry({ type: 'State', ...(raised ? { from: 'Triage' } : {}), to: 'Investigating' }),
    ...Array.from({ length: pick([0, 4]) }, () =>
      pick([
        () => entry({ type: 'Severity', from: pick(severities), to: pick(severities) }),
        () => entry({ type: 'Role', from: line(200), to: line(200) }),
        () => entry({ type: 'State', from: pick(incidentStates), to: 'Identified' }),
        () => entry({ type: pick(['Status', 'Note', 'Message']), text: text(8_000), occurredAt: time() }),
        () => entry({ type: 'Correction', text: text(8_000), corrects: { name: 'endpoint' } }),
      ])(),
    ),
    entry({ type: 'State', from: 'Investigating', to: 'Resolved' }),
  ];
  const updates = specs.map((update, i) =>
    anUpdate({
      metadata: {
        name: `mobile-app-login-6f1c7c54-t${i + 1}`,
        creationTimestamp: new Date(Date.UTC(2026, 1, 3, 10, 55 + i)).toISOString(),
        ...(often(0.5) ? { annotations: { [titleAnnotation]: line(150) } } : {}),
      },
      spec: update,
      effects: story.updates[i % 4]?.status?.effects ?? {},
    }),
  );
  return {
    ...story,
    incident: { ...story.incident, spec },
    updates,
    policy: {
      spec: { severities: { SEV1: { label: line(40).slice(0, 40) }, SEV2: { label: line(40).slice(0, 40) } } },
    },
  };
}

const filesOf = (view: RecordView): Record<string, string> =>
  Object.fromEntries(
    recordFiles(view).commits.flatMap(({ files }) =>
      Object.entries(files).map(([path, content]) => [path.split('/').at(-1) ?? '', content]),
    ),
  );

const headings = 'Summary,Durations,Impact,Cause,Contributing factors,What went well,Action items,Open questions'.split(
  ',',
);

/** Citations, our files, what the ports made: the links that are ours. */
const ours = (node: MarkdownNode): boolean =>
  (node.type === 'link' &&
    /^(timeline\.md(#t\d\d+)?|record\.json|https:\/\/(streamo\.slack|github)\.com\/\S*)$/.test(node.url ?? '')) ||
  (node.type === 'strong' && /^(Description|Last update|Close notes)\b/.test(textOf(node)));

/** What citations lead to. */
const anchor = ({ type, value = '' }: MarkdownNode): boolean =>
  type === 'html' && /^(<a id="t\d\d+">|<\/a>)$/.test(value);

const mark = ({ type }: MarkdownNode): boolean => type === 'strong' || type === 'inlineCode';

/** A text without what Markdown shows as a list's mark, and without spaces. */
const bare = (text: string): string => text.replaceAll(/[\s\u200B*+.)\d-]/gu, '');

interface Written {
  readonly seed: number;
  readonly view: RecordView;
  readonly files: Readonly<Record<string, string>>;
  readonly draft: MarkdownNode;
}

const written: readonly Written[] = Array.from({ length: 40 }, (_, seed) => {
  const view = incidentOf(seed);
  const files = filesOf(view);
  const draft = parseGfm(files['postmortem.md']?.replace(/^---\n[\s\S]*?\n---\n/, '') ?? '');
  return { seed, view, files, draft };
});

describe('a record of whatever people wrote', () => {
  test('passes its own check', () => {
    for (const { seed, files } of written)
      expect({ seed, problems: checkRecord(files) }).toEqual({ seed, problems: [] });
  });

  test('has the front matter that was put in', () => {
    for (const { view, files } of written) {
      const { title, services = [], severity, resolution } = view.incident.spec;
      const front: unknown = parse(files['postmortem.md']?.split('\n---\n')[0]?.slice(4) ?? '');
      expect(front).toMatchObject({
        title: oneLine(title),
        status: 'draft',
        severity,
        services: services.map(oneLine),
        action_items: (resolution?.correctiveActions ?? []).map(({ what, kind, owner, due }, i) => ({
          id: `A${i + 1}`,
          what: clean(what) || '(unreadable)',
          kind: kind.toLowerCase(),
          owner: owner === undefined ? null : oneLine(owner),
          due: due ?? null,
        })),
      });
    }
  });

  test('holds no heading, table, link or other markup but ours', () => {
    for (const { seed, view, draft } of written) {
      expect({ seed, live: liveInGfm(draft, ours) }).toEqual({ seed, live: [] });
      const shown = nodesOf(draft).filter(({ type }) => type === 'heading');
      expect(shown.slice(1).map(textOf)).toEqual(headings);
      const wanted = view.incident.spec.resolution?.correctiveActions ?? [];
      const tables = nodesOf(draft).filter(({ type }) => type === 'table');
      expect(tables.map(({ children = [] }) => children.length)).toEqual(
        wanted.length === 0 ? [] : [wanted.length + 1],
      );
    }
  });

  test('has a timeline with one row for each entry', () => {
    for (const { seed, view, files } of written) {
      const timeline = parseGfm(files['timeline.md'] ?? '');
      expect({ seed, live: liveInGfm(timeline, anchor) }).toEqual({ seed, live: [] });
      const rows = nodesOf(timeline).filter(({ type }) => type === 'tableRow');
      // The head, the five that each incident has, and each update but the declaration.
      expect(rows).toHaveLength(5 + view.updates.length);
      for (const row of rows) expect(row.children).toHaveLength(6);
    }
  });

  test('quotes them as they wrote it', () => {
    for (const { seed, view, draft } of written) {
      const { title, customerSummary = '', resolution } = view.incident.spec;
      const read = bare(textOf(draft));
      const closing = view.updates.at(-1)?.spec.text ?? resolution?.summary ?? '';
      for (const said of [title, customerSummary, resolution?.summary ?? '', resolution?.rootCause ?? '', closing])
        expect({ seed, lost: read.includes(bare(clean(said))) ? '' : said }).toEqual({ seed, lost: '' });
    }
  });

  test('has no duration that runs backwards, or that rests on a time in doubt', () => {
    const known = written.flatMap(({ seed, view }) =>
      measures(view).flatMap(({ value, formula }) => (value === undefined ? [] : [{ seed, value, formula }])),
    );
    expect(known.length).toBeGreaterThan(written.length / 4);
    expect(known.filter(({ value }) => value < 0 || value >= 31 * 86_400_000)).toEqual([]);
  });

  test('is asked to be reviewed in words that reach nobody', () => {
    for (const { seed, view } of written) {
      const tree = parseGfm(review(view)?.body ?? '');
      expect({ seed, live: liveInGfm(tree, mark) }).toEqual({ seed, live: [] });
      for (const paragraph of nodesOf(tree).filter(({ type }) => type === 'paragraph')) {
        const raw = nodesOf(paragraph).map(({ type, value = '' }) => (type === 'text' ? value : ' '));
        expect(raw.join('')).not.toMatch(/(?<!\w)@[\p{L}\p{N}]|(?<!&)#\d|GH-\d/iu);
      }
    }
  });
});
