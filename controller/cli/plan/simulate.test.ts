import { describe, expect, it } from 'vitest';
import { anEntry, anIncident } from '../../../test/builders/incident.ts';
import { inSlack } from '../../../test/builders/slack-limits.ts';
import { toMarkdown } from '../../document/to-markdown.ts';
import { toPlain } from '../../document/to-plain.ts';
import { aStory } from '../../../test/builders/story.ts';
import type { Incident } from '../../api/incident.gen.ts';
import type { Integration, Provider } from '../../api/integration.gen.ts';
import type { ResponsePolicy } from '../../api/response-policy.gen.ts';
import { minutes } from '../../runtime/clock.ts';
import { revision, withRefusal } from '../../runtime/effect.ts';
import { conditionOfKey } from '../explain/keys.ts';
import { planAsData } from './data.ts';
import { conditionsOf, type Line } from './print.ts';
import { simulate, type IncidentPlan, type PlanInput } from './simulate.ts';

const integration = (name: string, provider: Provider): Integration => ({
  apiVersion: 'allclear.dev/v1alpha1',
  kind: 'Integration',
  metadata: { ...anIncident().metadata, name },
  spec: { provider, secretRef: { name }, allowedNamespaces: { from: 'Same' } },
});

const integrations = [
  integration('slack', { slack: { apiUrl: 'https://slack.com/api/', mode: 'Socket' } }),
  integration('github', { github: { apiUrl: 'https://api.github.com', owner: 'streamo', repo: 'incidents' } }),
  integration('git', {
    git: {
      url: 'https://github.com/streamo/incidents.git',
      branch: 'main',
      authorName: 'AllClear',
      authorEmail: 'a@b.c',
    },
  }),
];

const planOf = (incident: Incident, more: Partial<PlanInput> = {}): Promise<IncidentPlan> =>
  simulate({
    incident,
    live: incident,
    updates: [],
    policies: [],
    integrations,
    releaseNamespace: 'allclear-system',
    install: 'allclear-system',
    reviewInterval: minutes(1),
    now: Date.parse('2026-02-03T11:40:00Z'),
    ...more,
  });

const linesOf = (plan: Pick<IncidentPlan, 'planned' | 'intended'>): readonly Line[] =>
  conditionsOf(plan).flatMap(({ lines }) => lines);
const actionOf = (plan: Pick<IncidentPlan, 'planned' | 'intended'>, key: string): string | undefined =>
  linesOf(plan).find((line) => line.key === key)?.action;

describe('who is invited', () => {
  it('is one person, whose address stands there in two cases', async () => {
    const incident = anIncident({
      spec: { roles: { commander: 'Zoe@Example.com', scribe: 'zoe@example.com', ops: 'BO' } },
    });
    const policy: ResponsePolicy = {
      apiVersion: 'allclear.dev/v1alpha1',
      kind: 'ResponsePolicy',
      metadata: incident.metadata,
      spec: { priority: 0, invitees: ['ZOE@example.com', 'bo@example.com'] },
    };
    const members = (await planOf(incident, { policies: [policy] })).intended.get('members');
    expect(members?.effect?.desired).toEqual({ people: ['Zoe@Example.com', 'bo@example.com'] });
  });
});

describe('an incident that is there already', () => {
  const { incident, updates } = aStory('told');

  it('holds back what was refused, until something of it changes', async () => {
    const { effect } = (await planOf(incident, { updates })).intended.get('ticket/github') ?? {};
    const refusedAs = (refused: string): Promise<IncidentPlan> => {
      const failed = anEntry('ticket', {
        integration: 'github',
        state: 'Failed',
        reason: 'IssuesDisabled',
        message: 'Off.',
        facts: { refused },
      });
      const effects = { ...incident.status?.effects, 'ticket/github': failed };
      return planOf({ ...incident, status: { ...incident.status, effects } }, { updates });
    };
    const same = await refusedAs(`${revision(effect?.desired)}.epoch`);
    expect(linesOf(same).find(({ key }) => key === 'ticket/github')).toMatchObject({
      action: 'held',
      detail: 'IssuesDisabled: Off.',
    });
    expect(actionOf(await refusedAs('other.epoch'), 'ticket/github')).toBe('create');
  });

  it('holds back a refused edit likewise, and plans it where something has changed', async () => {
    const { effect } = (await planOf(incident, { updates })).intended.get('ticket/github') ?? {};
    const refusedAs = (refused: string): Promise<IncidentPlan> => {
      const ticket = incident.status?.effects?.['ticket/github'] ?? never();
      const facts = withRefusal(ticket.facts, { refused, reason: 'Forbidden', message: 'Read-only.' });
      const effects = { ...incident.status?.effects, 'ticket/github': { ...ticket, facts } };
      return planOf({ ...incident, status: { ...incident.status, effects } }, { updates });
    };
    const same = await refusedAs(`${revision(effect?.desired)}.epoch`);
    expect(linesOf(same).find(({ key }) => key === 'ticket/github')).toMatchObject({
      action: 'held',
      detail: 'Forbidden: Read-only.',
    });
    expect(actionOf(await refusedAs('other.epoch'), 'ticket/github')).toBe('edit');
  });

  it('edits the bookmark of a link that has another address', async () => {
    const key = `bookmark/link/${revision('https://a.example/')}`;
    const there = anEntry('bookmark', {
      integration: 'slack',
      within: { channel: 'C024BE91L', link: revision('https://a.example/') },
      ref: { channel: 'C024BE91L', bookmark: 'Bk1' },
      rev: revision({ title: 'Dashboard', url: 'https://a.example/' }),
    });
    const { 'bookmark/link/5f1d0c3a9b2e': _, ...effects } = incident.status?.effects ?? {};
    const status = { ...incident.status, effects: { ...effects, [key]: there } };
    const planned = (url: string): Promise<IncidentPlan> =>
      planOf({ ...incident, spec: { ...incident.spec, links: [{ title: 'Dashboard', url }] }, status }, { updates });
    expect(actionOf(await planned('https://a.example/'), key)).toBe('keep');
    expect(actionOf(await planned('https://b.example/'), key)).toBe('edit');
  });

  it('does not send late what was due too long ago', async () => {
    const declared = updates.slice(0, 1).map((update) => ({ ...update, status: {} }));
    const notices: NonNullable<ResponsePolicy['spec']['notices']> = [
      { channel: '#all', notAfter: '15m', events: ['Declared'] },
    ];
    const policies: ResponsePolicy[] = [
      {
        apiVersion: 'allclear.dev/v1alpha1',
        kind: 'ResponsePolicy',
        metadata: { ...incident.metadata, name: 'default' },
        spec: { priority: 0, notices },
      },
    ];
    const plan = await planOf(incident, { updates: declared, policies });
    expect(plan.updates.map((each) => actionOf(each, 'notice/slack/all'))).toContain('late');
  });

  it('says that a recorded ticket has lost its integration', async () => {
    const plan = await planOf(incident, {
      updates,
      integrations: integrations.filter(({ spec }) => !spec.provider?.github),
    });
    expect(linesOf(plan).find(({ key }) => key === 'ticket/github')).toMatchObject({
      action: 'held',
      reason: 'IntegrationGone',
      integration: 'github',
    });
  });
});

it('bears what an older version of the CRDs let in: everything goes out, without credentials', async () => {
  const { incident, updates } = aStory('told');
  const link = { title: '\u202e', url: 'https://user:p@ssword@kibana.example/app' };
  const odd = '2026-06-15T21:16:06+99:99';
  const blank = '\u200b\u200b';
  const change = { id: 'a', source: 'Kubectl', reason: blank, by: blank } as const;
  const bad: Incident = {
    ...incident,
    spec: {
      ...incident.spec,
      title: blank,
      customerSummary: '\u3164',
      severity: 'SEV3',
      startedAt: odd,
      detectedAt: odd,
      mitigatedAt: odd,
      services: [' '],
      roles: { ' ': 'x', commander: blank },
      links: [link, { title: ' ', url: 'https://grafana.example/d' }],
      change,
    },
  };
  const entries = updates.map((update) => ({
    ...update,
    status: {},
    spec: { ...update.spec, text: blank, occurredAt: odd, nextDueAt: odd, author: blank, links: [link] },
  }));
  const ticket = { integrationRef: { name: 'github' }, labels: [' ', 'incident'] };
  const policies: ResponsePolicy[] = [
    {
      apiVersion: 'allclear.dev/v1alpha1',
      kind: 'ResponsePolicy',
      metadata: { ...incident.metadata, name: 'default' },
      spec: { priority: 0, bookmarks: [link], tickets: [ticket], updates: { dueIn: '30m' } },
    },
  ];
  const unborn = {
    ...bad,
    status: { ...bad.status, effects: { number: anEntry('number', { ref: { number: '1' } }) } },
  };
  const plan = await planOf(unborn, { updates: entries, policies, now: Date.parse('2026-02-03T11:20:00Z') });
  const effects = [plan, ...plan.updates].flatMap((each) => [...each.intended.values()].map(({ effect }) => effect));
  const bookmarks = effects.flatMap((effect) => (effect?.kind === 'bookmark' ? effect.desired : []));
  expect(bookmarks).toContainEqual({ title: 'kibana.example', url: 'https://kibana.example/app' });
  expect(bookmarks).toContainEqual({ title: 'grafana.example', url: 'https://grafana.example/d' });
  expect(effects.flatMap((effect) => (effect?.kind === 'ticket' ? effect.desired.labels : []))).toEqual(['incident']);
  expect(effects.flatMap((effect) => (effect?.kind === 'purpose' ? effect.desired.text : []))).toEqual([
    'INC-00001 · mobile-app-login',
  ]);
  // What tells of the changes would be refused with such words in it.
  const told = plan.updates.filter(({ fresh }) => fresh).map(({ update }) => update.spec);
  expect(told.map(({ type }) => type)).toEqual(['Severity', 'Role']);
  expect(told.filter(({ text, author }) => text !== undefined || author !== undefined)).toEqual([]);
  const sent = effects.map((effect) => {
    if (effect?.kind === 'message' || effect?.kind === 'comment')
      return [inSlack(effect.desired), toMarkdown(effect.desired), toPlain(effect.desired)];
    return effect?.kind === 'ticket' ? [toMarkdown(effect.desired.doc), toPlain(effect.desired.doc)] : effect;
  });
  expect(JSON.stringify([sent, planAsData([{ plan, isNew: false, notes: [] }], false)])).not.toMatch(/ssword/);
});

it('leaves nothing waiting, and knows which condition speaks of each key', async () => {
  const resolved = { state: 'Resolved', resolution: { summary: 'Over.' } } as const;
  const links = [{ title: 'Dashboard', url: 'https://grafana.example.com/' }];
  const roles = { commander: 'ana@example.com' };
  const { applied } = aStory('told').incident.status ?? {};
  const plans = [
    await planOf(anIncident({ spec: { ...resolved, links, roles }, status: { applied: applied ?? never() } })),
    await planOf(aStory('told').incident, { updates: aStory('told').updates }),
    await planOf({
      ...aStory().incident,
      metadata: { ...aStory().incident.metadata, deletionTimestamp: '2026-02-03T11:39:30Z' },
    }),
  ];
  const conditions = plans.flatMap((plan) => [plan, ...plan.updates].flatMap(conditionsOf));
  expect(conditions.flatMap(({ lines }) => lines).filter(({ action }) => action === 'wait')).toEqual([]);
  const seen = conditions.flatMap(({ condition, lines }) =>
    lines.flatMap(({ key }) => (key === undefined ? [] : [{ key, condition }])),
  );
  expect(seen.filter(({ key, condition }) => conditionOfKey(key) !== condition)).toEqual([]);
  const spoken = new Set(seen.map(({ condition }) => condition));
  expect([...spoken].toSorted()).toEqual([
    'BookmarksAdded',
    'ChannelReady',
    'CommentsAdded',
    'FarewellSaid',
    'LiveStatusPosted',
    'MembersInvited',
    'Numbered',
    'ReceiptsPosted',
    'RecordCommitted',
    'RecordProposed',
    'TicketsFiled',
  ]);
});

function never(): never {
  throw new Error('the story has no applied');
}
