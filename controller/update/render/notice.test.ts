import { describe, expect, test } from 'vitest';
import type { IncidentUpdate, IncidentUpdateSpec } from '../../api/incident-update.gen.ts';
import { liveInGfm, parseGfm, type MarkdownNode } from '../../../test/builders/gfm.ts';
import { hostile, hostileText, random } from '../../../test/builders/hostile.ts';
import { anIncident, anUpdate } from '../../../test/builders/incident.ts';
import { faultsOf, inSlack, textsOf } from '../../../test/builders/slack-limits.ts';
import { aStory, severities } from '../../../test/builders/story.ts';
import { toMarkdown } from '../../document/to-markdown.ts';
import { comment } from './comment.ts';
import { notice as document, type NoticeView } from './notice.ts';

const notice = (update: IncidentUpdate, view: NoticeView) => inSlack(document(update, view));

const channel = { name: 'inc-00001', url: 'https://streamo.slack.com/archives/C024BE91L' };
const view = (until: Parameters<typeof aStory>[0] = 'resolved'): NoticeView => {
  const { incident, updates, named } = aStory(until);
  return { incident, updates, named, severities, channel };
};
const leadOf = (spec: Partial<IncidentUpdateSpec>): string =>
  document(anUpdate({ spec }), { ...view('declared'), updates: [] }).line;

const hostileView = (text: string): NoticeView => {
  const line = text.replaceAll(/\s+/g, ' ').slice(0, 150);
  return {
    ...view(),
    incident: anIncident({ spec: { title: line, customerSummary: text.slice(0, 3_000) } }),
    ticket: 'https://github.com/streamo/incidents/issues/12',
  };
};
const hostileUpdate = (text: string): IncidentUpdate => {
  const line = text.replaceAll(/\s+/g, ' ').slice(0, 150);
  const links = Array.from({ length: 20 }, () => ({
    title: line,
    url: `https://a.example/${encodeURIComponent(line.toWellFormed())}`,
  }));
  return anUpdate({
    spec: { type: 'Role', from: line, to: line, text, author: line, audience: 'Stakeholders', links },
  });
};

describe('a notice', () => {
  test('the whole story', async () => {
    const told = aStory().updates.map((update) => notice(update, view()));
    for (const message of told) {
      expect(faultsOf(message)).toEqual([]);
    }
    await expect(`${JSON.stringify(told, null, 2)}\n`).toMatchFileSnapshot('__snapshots__/notices.json');
  });

  test.each<[Partial<IncidentUpdateSpec>, string]>([
    [{ type: 'State', to: 'Investigating' }, 'INC-00001 declared SEV2 (Major): Mobile app login errors'],
    [
      { type: 'Severity', from: 'SEV2', to: 'SEV1' },
      'INC-00001 raised from SEV2 (Major) to SEV1 (Critical): Mobile app login errors',
    ],
    [
      { type: 'Severity', from: 'SEV1', to: 'SEV3' },
      'INC-00001 lowered from SEV1 (Critical) to SEV3: Mobile app login errors',
    ],
    [
      { type: 'State', from: 'Investigating', to: 'Identified' },
      'INC-00001 now Identified, was Investigating: Mobile app login errors',
    ],
    [
      { type: 'State', from: 'Monitoring', to: 'Resolved' },
      'INC-00001: All Clear has been declared! Mobile app login errors',
    ],
    [
      { type: 'State', from: 'Resolved', to: 'Investigating' },
      'INC-00001 reopened, now Investigating: Mobile app login errors',
    ],
    [{ type: 'Escalation', from: '0', to: '1' }, 'INC-00001 escalated to level 1: Mobile app login errors'],
    [{ type: 'Role', to: 'zoe' }, 'INC-00001 commander is now zoe: Mobile app login errors'],
    [{ type: 'Role', from: 'zoe', to: '' }, 'INC-00001 has no commander any more: Mobile app login errors'],
    [{ type: 'Status' }, 'INC-00001 update: Mobile app login errors'],
  ])('%o', (spec, text) => {
    expect(leadOf(spec)).toBe(text);
  });

  test('an old notice stays as it is when the incident moves on', () => {
    const told = aStory('declared').updates.map((update) => [
      notice(update, view('resolved')),
      notice(update, view('declared')),
    ]);
    expect(told).toHaveLength(1);
    for (const [later, first] of told) expect(later).toEqual(first);
  });

  test('who is no responder reads what customers see, and the public neither title, names nor cause', () => {
    const { incident } = aStory('resolved');
    const words = (spec: Partial<IncidentUpdateSpec>): string =>
      JSON.stringify(notice(anUpdate({ spec }), { ...view('resolved'), incident }));
    const declared = { type: 'State', to: 'Investigating', author: 'zoe@streamo.example' } as const;
    expect(words({ ...declared, audience: 'Responders' })).toContain('the web login works');
    expect(words({ ...declared, audience: 'Stakeholders' })).toContain('Some customers cannot log in');
    expect(words({ ...declared, audience: 'Stakeholders' })).not.toContain('the web login works');
    for (const type of ['State', 'Severity', 'Status'] as const) {
      const told = words({
        type,
        from: 'Monitoring',
        to: 'Resolved',
        text: type === 'Status' ? 'We are on it.' : 'internal',
        author: 'zoe',
        audience: 'Public',
      });
      expect(told).toContain('Some customers cannot log in');
      expect(told).not.toMatch(/Mobile app login errors|zoe|internal|endpoint|inc-00001/);
    }
  });

  test('a text that is cut says where the whole is; the public reads neither tickets nor the cluster', () => {
    const long = hostile['long'] ?? '';
    const ticket = 'https://github.com/streamo/incidents/issues/12';
    const said = (spec: Partial<IncidentUpdateSpec>, on?: string): string =>
      JSON.stringify(
        notice(anUpdate({ metadata: { name: 'said' }, spec: { ...spec, text: long } }), {
          ...view('declared'),
          ...(on === undefined ? {} : { ticket: on }),
        }),
      );
    expect(said({ type: 'Status', audience: 'Stakeholders' }, ticket)).toContain(`… <${ticket}|more>`);
    expect(said({ type: 'Status', audience: 'Stakeholders' })).toContain(
      '… (the whole is in the IncidentUpdate default/said)',
    );
    expect(said({ type: 'Decision', audience: 'Stakeholders' }, ticket)).toContain(
      '… (the whole is in the IncidentUpdate default/said)',
    );
    expect(said({ type: 'Status', audience: 'Public' }, ticket)).toMatch(/… \(cut here\)/);
    expect(said({ type: 'Status', audience: 'Public' }, ticket)).not.toContain(ticket);
  });

  test('what customers see keeps its lines', () => {
    const incident = anIncident({ spec: { customerSummary: 'Two things:\n- no login\n- no push' } });
    const told = notice(anUpdate({ spec: { type: 'Status', audience: 'Public' } }), { ...view('declared'), incident });
    expect(
      textsOf(told)
        .map(({ text }) => text)
        .slice(0, 2),
    ).toEqual(['🟠 INC-00001 update', 'Two things:\n- no login\n- no push']);
  });

  test('a drill says so', () => {
    const drill = { ...view('declared'), incident: anIncident({ spec: { mode: 'Drill' } }) };
    expect(notice(anUpdate({ spec: { type: 'Status' } }), drill).text).toMatch(/^🟠 DRILL INC-00001/);
  });

  test.each(Object.entries(hostile))('nothing of %s comes alive, and all of it fits', (_, text) => {
    const message = notice(hostileUpdate(text), hostileView(text));
    expect(faultsOf(message)).toEqual([]);
    expect(textsOf(message).length).toBeGreaterThan(1);
  });

  test('fuzz: no mention is live in 1,000 texts made of markup', () => {
    const next = random(2);
    for (let i = 0; i < 1_000; i++) {
      const text = hostileText(next);
      const message = notice(hostileUpdate(text), hostileView(text));
      expect(faultsOf(message)).toEqual([]);
    }
  });
});

/** The headline, code and the update's link. */
const ours = ({ type, url }: MarkdownNode): boolean =>
  type === 'strong' || type === 'inlineCode' || url === 'https://a.example/x';

describe('a comment', () => {
  test('the whole story', async () => {
    const told = aStory().updates.map((update) => toMarkdown(comment(update, view())));
    await expect(`${told.join('\n\n---\n\n')}\n`).toMatchFileSnapshot('__snapshots__/comments.md');
  });

  test.each(Object.entries(hostile))('%s reaches nobody', (_, text) => {
    const line = text.replaceAll(/\s+/g, ' ').slice(0, 150);
    const update = anUpdate({
      spec: { type: 'Status', text, author: line, links: [{ title: line, url: 'https://a.example/x' }] },
    });
    const body = toMarkdown(comment(update, view()));
    expect(body.length).toBeLessThanOrEqual(65_536);
    expect(liveInGfm(parseGfm(body), ours)).toEqual([]);
    const own = body.replaceAll(/\]\(https:[^)\s]*\)|`[^`\n]*`/g, '');
    expect(own).not.toMatch(/(?<!\w)@\w|(?<![&\w])#\d|GH-\d|https?:\/\//i);
  });
});
