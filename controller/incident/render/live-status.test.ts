import { describe, expect, test } from 'vitest';
import { hostile, hostileText, random } from '../../../test/builders/hostile.ts';
import { anEntry, anIncident, anUpdate } from '../../../test/builders/incident.ts';
import { faultsOf, inSlack, textsOf } from '../../../test/builders/slack-limits.ts';
import { aStory } from '../../../test/builders/story.ts';
import { revision, withRefusal, type Entry } from '../../runtime/effect.ts';
import { githubNoun } from '../../../test/builders/nouns.ts';
import { liveStatus as document, type LiveStatusView } from './live-status.ts';
import { recordedReason } from '../../runtime/reasons.ts';

const liveStatus = (view: LiveStatusView) => inSlack(document(view));

const json = (value: unknown): string => `${JSON.stringify(value, null, 2)}\n`;
const shown = (view: LiveStatusView): string =>
  textsOf(liveStatus(view))
    .map(({ text }) => text)
    .join('\n');

const actions = (view: LiveStatusView): unknown => liveStatus(view).blocks.filter(({ type }) => type === 'actions');

/** Every place where people write holds `text`. */
function filledWith(text: string): LiveStatusView {
  const story = aStory();
  const line = text.replaceAll(/\s+/g, ' ').trim() || 'x';
  const incident = anIncident({
    metadata: { name: 'n'.repeat(253), namespace: 'n'.repeat(63) },
    spec: {
      ...story.incident.spec,
      title: line.slice(0, 150),
      description: text.slice(0, 8_000),
      customerSummary: text.slice(0, 3_000),
      services: Array.from({ length: 20 }, () => line.slice(0, 100)),
      roles: { commander: line.slice(0, 200) },
      links: Array.from({ length: 20 }, (_, i) => ({
        title: line.slice(0, 150),
        url: `https://a.example/${i}/${'x'.repeat(1_900)}`.slice(0, i % 2 === 0 ? 2_000 : 500),
      })),
      resolution: { summary: text.slice(0, 3_000) },
    },
  });
  const updates = [
    anUpdate({
      spec: { type: 'Status', text: text.slice(0, 8_000), author: line.slice(0, 200) },
      effects: Object.fromEntries(
        Array.from({ length: 30 }, (_, i) => [
          `notice/slack/${i}`,
          anEntry('message', {
            state: 'Failed',
            reason: recordedReason(line.slice(0, 128)),
            message: line,
            within: { channelName: `#${i}` },
          }),
        ]),
      ),
    }),
  ];
  const labels = { SEV1: { label: line.slice(0, 40) } };
  return { ...story, incident, updates, policy: { spec: { severities: labels } }, interactive: true };
}

describe('the live status', () => {
  test.each(['declared', 'told', 'resolved'] as const)('%s', async (until) => {
    const message = liveStatus({ ...aStory(until), interactive: true, nextDue: '2026-02-03T11:29:05Z' });
    expect(faultsOf(message)).toEqual([]);
    await expect(json(message)).toMatchFileSnapshot(`__snapshots__/live-status-${until}.json`);
  });

  test('the same in gives the same out, so that nothing is edited at rest', () => {
    expect(revision(document(aStory()))).toBe(revision(document(aStory())));
  });

  test('has buttons only where somebody answers them, and none once the record is merged', () => {
    const merged = anIncident({
      spec: { state: 'Resolved', resolution: { summary: 'Mended.' } },
      status: { record: { branch: 'b', folder: 'f', commit: 'c', mergedAt: '2026-02-04T09:00:00Z' } },
    });
    expect(actions({ ...aStory('told'), interactive: true })).toHaveLength(1);
    expect(actions({ ...aStory('resolved'), interactive: true })).toHaveLength(1);
    expect(actions(aStory('told'))).toEqual([]);
    expect(actions({ ...aStory('resolved'), incident: merged, interactive: true })).toEqual([]);
  });

  test('an incident that nobody has described has a status too', () => {
    const message = liveStatus({
      incident: anIncident({ status: null }),
      updates: [],
      entries: {},
      policy: { spec: {} },
      reach: { link: () => undefined, noun: githubNoun },
    });
    expect(message.text).toBe('🟠 mobile-app-login · SEV2 · Investigating: Mobile app login errors');
  });

  test('what failed stands at the end, in words that do not change with each attempt', () => {
    const view = aStory('told');
    const entries = {
      ...view.entries,
      members: anEntry('members', { state: 'Failed', reason: 'RateLimited', message: 'try again in 31 s' }),
      'live-status': anEntry('message', { state: 'Failed', reason: 'RateLimited' }),
    };
    const last = textsOf(liveStatus({ ...view, entries })).at(-1)?.text;
    expect(last).toBe('✗ Comment on the GitHub issue #12 failed: InvalidToken\n✗ Invitations failed: RateLimited');
  });

  test('a refused edit of something else stands there by its reason', () => {
    const view = aStory('told');
    const [key = '', ticket] = Object.entries(view.entries).find(([, { kind }]) => kind === 'ticket') ?? [];
    const refusal = { refused: 'a.b', reason: 'Forbidden', message: 'request 4711 was refused' } as const;
    const refused = { ...ticket, facts: withRefusal({}, refusal) };
    const lastOf = (entry: Partial<Entry>): string => {
      const entries = { ...view.entries, [key]: anEntry('ticket', entry) };
      return textsOf(liveStatus({ ...view, entries })).at(-1)?.text ?? '';
    };
    expect(lastOf(refused)).toContain('✗ GitHub issue #12 filed; its last edit was refused: Forbidden');
    const closed = { ...refused, reason: 'ChangedOutside', message: 'People closed #4711.' } as const;
    expect(lastOf(closed)).toContain('✗ GitHub issue #12 filed; its last edit was refused: Forbidden');
    expect(lastOf({ ...closed, reason: recordedReason('IssueLocked') })).toContain(
      '✗ GitHub issue #12 cannot be used: IssueLocked',
    );
    for (const entry of [refused, closed, { ...closed, reason: recordedReason('IssueLocked') }])
      expect(lastOf(entry)).not.toContain('4711');
  });

  test('a long description is cut and leads to the ticket', () => {
    const story = aStory('told');
    const incident = anIncident({
      ...story.incident,
      spec: { ...story.incident.spec, description: hostile['long'] ?? '' },
    });
    expect(shown({ ...story, incident })).toContain('… <https://github.com/streamo/incidents/issues/12|more>');
  });

  test('a text that is cut and stands on no ticket leads to the object that holds it', () => {
    const story = aStory('told');
    const long = hostile['long'] ?? '';
    const alone = { ...story, entries: {}, incident: anIncident({ spec: { description: long } }) };
    expect(shown(alone)).toContain('… (the whole is in the Incident default/mobile-app-login)');
    const decision = anUpdate({
      metadata: { name: 'decided', creationTimestamp: '2026-02-03T11:30:00Z' },
      spec: { type: 'Decision', text: long },
    });
    expect(shown({ ...story, updates: [...story.updates, decision] })).toContain(
      '… (the whole is in the IncidentUpdate default/decided)',
    );
  });

  test('paragraphs and lists stay lines', () => {
    const story = aStory('told');
    const incident = anIncident({ spec: { description: 'Two paths:\n\n- web\n- app' } });
    expect(shown({ ...story, incident })).toContain('*Description*\nTwo paths:\n\n- web\n- app');
  });

  test('the last update is the last thing said, not the last thing written down', () => {
    const view = aStory('told');
    const late = anUpdate({
      metadata: { name: 'late', creationTimestamp: '2026-02-03T11:30:00Z' },
      spec: { type: 'Note', text: 'Backdated.', occurredAt: '2026-02-03T10:59:00Z' },
    });
    expect(shown({ ...view, updates: [...view.updates, late] })).toContain('Seems to be an endpoint issue');
  });

  test('a correction takes the place of what it corrects, and says so', () => {
    const view = aStory('told');
    const right = anUpdate({
      metadata: { name: 'right', creationTimestamp: '2026-02-03T11:30:00Z' },
      spec: {
        type: 'Correction',
        text: 'It was the proxy.',
        author: 'zoe@streamo.example',
        corrects: { name: 'endpoint' },
      },
    });
    const text = shown({ ...view, updates: [...view.updates, right] });
    expect(text).toContain('*Last update, corrected*\nIt was the proxy.');
    expect(text).toContain(
      '2026-02-03 11:14 UTC> · corrected: zoe@streamo.example, <!date^1770118200^{date_short_pretty}, {time}|2026-02-03 11:30 UTC>',
    );
    expect(text).not.toContain('Seems to be an endpoint issue');
  });

  test('what an older version let in is borne: unseen texts, times that cannot be read, credentials', () => {
    const view = aStory('told');
    const incident = anIncident({
      ...view.incident,
      spec: {
        ...view.incident.spec,
        title: '\u200b\u200b',
        description: '\u3164',
        startedAt: '2026-06-15T21:16:06+99:99',
        links: [
          { title: '\u202e', url: 'https://user:password@kibana.example/app' },
          { title: ' ', url: 'https://grafana.example/d' },
        ],
      },
    });
    const message = liveStatus({ ...view, incident });
    expect(faultsOf(message)).toEqual([]);
    expect(message.text).toBe('🔴 INC-00001 · SEV1 (Critical) · Investigating: mobile-app-login');
    const text = shown({ ...view, incident });
    expect(text).toContain('<https://grafana.example/d|grafana.example>');
    expect(text).toContain('(kibana.example)');
    expect(text).not.toMatch(/password|Description/);
  });

  test.each(Object.entries(hostile))('nothing of %s comes alive, and all of it fits', (_, text) => {
    const message = liveStatus(filledWith(text));
    expect(faultsOf(message)).toEqual([]);
  });

  test('fuzz: no mention is live in 1,000 texts made of markup', () => {
    const next = random(1);
    for (let i = 0; i < 1_000; i++) {
      const message = liveStatus(filledWith(hostileText(next)));
      expect(faultsOf(message)).toEqual([]);
    }
  });
});
