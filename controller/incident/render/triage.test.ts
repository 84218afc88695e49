import { describe, expect, test } from 'vitest';
import { hostile, hostileText, random } from '../../../test/builders/hostile.ts';
import { anIncident, anUpdate } from '../../../test/builders/incident.ts';
import { faultsOf, inSlack } from '../../../test/builders/slack-limits.ts';
import { revision } from '../../runtime/effect.ts';
import { githubNoun } from '../../../test/builders/nouns.ts';
import { triageMessage as document, type TriageView } from './triage.ts';

const triageMessage = (view: TriageView) => inSlack(document(view));

const raised = anUpdate({ spec: { type: 'State', to: 'Triage', text: 'x', audience: 'Stakeholders' } });
const declared = anUpdate({
  metadata: { name: 't2', creationTimestamp: '2026-02-03T10:58:00Z' },
  spec: { type: 'State', from: 'Triage', to: 'Investigating', author: 'zoe@streamo.example' },
});

type Stage = 'triage' | 'declared' | 'opened' | 'resolved' | 'merged' | 'dismissed';

function viewAt(stage: Stage, text?: string): TriageView {
  const state =
    stage === 'triage' ? 'Triage' : stage === 'declared' || stage === 'opened' ? 'Investigating' : 'Resolved';
  const line = text?.replaceAll(/\s+/g, ' ').trim().slice(0, 150) || 'x';
  const said = (words: string): string => (text === undefined ? words : text.slice(0, 8_000));
  return {
    incident: anIncident({
      spec: {
        title: text === undefined ? 'Login failure rate exceeded threshold' : line,
        description: said('More than 5 % of logins failed for five minutes.\nDashboard: https://grafana.example/d/1'),
        severity: 'SEV2',
        state,
        startedAt: '2026-02-03T10:48:00Z',
        services: text === undefined ? ['streamo-app'] : [line.slice(0, 100)],
        ...(state === 'Resolved'
          ? { resolution: { summary: said('A release was rolled back.').slice(0, 3_000) } }
          : {}),
      },
      ...(stage === 'merged'
        ? { status: { record: { branch: 'b', folder: 'f', commit: 'c', mergedAt: '2026-02-04T09:00:00Z' } } }
        : {}),
    }),
    updates:
      stage === 'triage' || stage === 'dismissed'
        ? [raised]
        : [
            raised,
            { ...declared, spec: { ...declared.spec, author: text === undefined ? 'zoe@streamo.example' : line } },
          ],
    named: { id: 'INC-00447', number: 447 },
    policy: { spec: { severities: { SEV2: { label: text === undefined ? 'High' : line.slice(0, 40) } } } },
    reach: { link: () => undefined, noun: githubNoun },
    interactive: true,
    ...(stage === 'triage' || stage === 'declared' || stage === 'dismissed'
      ? {}
      : { channel: { name: 'inc-00447', url: 'https://streamo.slack.com/archives/C024BE91L' } }),
  };
}

const stages: readonly Stage[] = ['triage', 'declared', 'opened', 'resolved', 'merged', 'dismissed'];

describe('the alert in triage', () => {
  test.each(stages)('%s', async (stage) => {
    const message = triageMessage(viewAt(stage));
    expect(faultsOf(message)).toEqual([]);
    await expect(`${JSON.stringify(message, null, 2)}\n`).toMatchFileSnapshot(`__snapshots__/triage-${stage}.json`);
  });

  test('a start that nobody stated is not made of when it was raised', () => {
    const view = viewAt('triage');
    const { startedAt: _, ...spec } = view.incident.spec;
    const shown = JSON.stringify(triageMessage({ ...view, incident: { ...view.incident, spec } }));
    expect(shown).toMatch(/\*🕒 Raised\*\\n<!date\^\d+\^[^|]+\|2026-02-03 10:55 UTC>/);
    expect(shown).not.toContain('Start time');
  });

  test('has no button that nobody answers', () => {
    const types = (stage: Stage): string[] =>
      triageMessage({ ...viewAt(stage), interactive: false }).blocks.map(({ type }) => type);
    for (const stage of stages) expect(types(stage)).not.toContain('actions');
    expect(triageMessage(viewAt('triage')).blocks.map(({ type }) => type)).toContain('actions');
  });

  test('the same in gives the same out', () => {
    expect(revision(triageMessage(viewAt('opened')))).toBe(revision(triageMessage(viewAt('opened'))));
  });

  test.each(Object.entries(hostile))('nothing of %s comes alive, and all of it fits', (_, text) => {
    for (const stage of stages) expect(faultsOf(triageMessage(viewAt(stage, text)))).toEqual([]);
  });

  test('fuzz: no mention is live in 500 alerts made of markup', () => {
    const next = random(5);
    for (let i = 0; i < 500; i++) {
      const text = hostileText(next);
      for (const stage of stages) expect(faultsOf(triageMessage(viewAt(stage, text)))).toEqual([]);
    }
  });
});
