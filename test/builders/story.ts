import { githubNoun } from './nouns.ts';
import type { IncidentUpdate } from '../../controller/api/incident-update.gen.ts';
import type { View } from '../../controller/document/view.ts';
import type { IncidentNumber, SeverityLabels } from '../../controller/document/words.ts';
import type { Entry, Identity } from '../../controller/runtime/effect.ts';
import { anEntry, anIncident, anUpdate } from './incident.ts';

/** What phases would see of it. */
export type Story = View & { readonly named: IncidentNumber; readonly identity: Identity };

export const severities: SeverityLabels = { SEV1: { label: 'Critical' }, SEV2: { label: 'Major' } };

/** The tutorial's incident, part way: SEV2, raised to SEV1, an update to stakeholders, all clear with two actions. */
export function aStory(until: 'declared' | 'raised' | 'told' | 'resolved' = 'resolved'): Story {
  const steps = ['declared', 'raised', 'told', 'resolved'];
  const count = steps.indexOf(until) + 1;
  const resolved = until === 'resolved';
  const incident = anIncident({
    spec: {
      description:
        "Users can't log in via the mobile app.\nDetected by monitoring and confirmed by customer service; the web login works.",
      customerSummary: 'Some customers cannot log in to the mobile app.',
      services: ['streamo-app'],
      startedAt: '2026-02-03T10:48:00Z',
      detectedAt: '2026-02-03T10:52:30Z',
      roles: { commander: 'matt@streamo.example' },
      links: [{ title: 'Login dashboard', url: 'https://grafana.streamo.example/d/login?orgId=1&from=now-1h' }],
      severity: count > 1 ? 'SEV1' : 'SEV2',
      state: resolved ? 'Resolved' : 'Investigating',
      ...(resolved
        ? {
            resolution: {
              summary: 'A release of this morning pointed to the wrong endpoint. Re-deployed with the correct URL.',
              rootCause:
                'The endpoint was hardcoded, and nothing checked it against the environment before the release.',
              correctiveActions: [
                {
                  what: 'Replace the hardcoded URL with the value from ITSM',
                  kind: 'Prevent',
                  owner: 'geeta@streamo.example',
                  due: '2026-02-17',
                },
                { what: 'Alert on the login error rate by app version', kind: 'Detect' },
              ],
            },
            change: {
              id: '1770118699',
              source: 'Kubectl',
              by: 'matt@streamo.example',
            },
          }
        : {}),
    },
    status: {
      observedGeneration: count,
      number: 1,
      id: 'INC-00001',
      channel: { id: 'C024BE91L', name: 'inc-00001', url: 'https://streamo.slack.com/archives/C024BE91L' },
      tickets: [{ integration: 'github', id: '#12', url: 'https://github.com/streamo/incidents/issues/12' }],
      applied: {
        seq: count,
        state: resolved ? 'Resolved' : 'Investigating',
        severity: count > 1 ? 'SEV1' : 'SEV2',
        level: 0,
        commander: 'matt@streamo.example',
      },
      timestamps: {
        declaredAt: '2026-02-03T10:55:12Z',
        ...(resolved ? { resolvedAt: '2026-02-03T11:38:19Z' } : {}),
      },
      effects: incidentEffects,
    },
  });
  return {
    incident,
    updates: updates.slice(0, count),
    entries: incidentEffects,
    named: { id: 'INC-00001', number: 1 },
    identity: { install: 'test', namespace: 'default', name: incident.metadata.name, uid: incident.metadata.uid },
    policy: { spec: { severities } },
    reach: { link, noun: githubNoun },
  };
}

/** As the vendors' ports derive addresses from refs. */
function link(entry: Entry): string | undefined {
  if (entry.kind === 'channel') return `https://streamo.slack.com/archives/${entry.ref?.['channel']}`;
  if (entry.kind === 'ticket') return `https://github.com/streamo/incidents/issues/${entry.ref?.['number']}`;
  if (entry.kind === 'review') return `https://github.com/streamo/incidents/pull/${entry.ref?.['pull']}`;
  return undefined;
}

const incidentEffects: Record<string, Entry> = {
  number: anEntry('number', { ref: { number: '1' } }),
  channel: anEntry('channel', {
    integration: 'slack',
    since: '2026-02-03T10:55:13Z',
    ref: { channel: 'C024BE91L', name: 'inc-00001', team: 'T1' },
  }),
  purpose: anEntry('purpose', { integration: 'slack', since: '2026-02-03T10:55:14Z', ref: { channel: 'C024BE91L' } }),
  'live-status': anEntry('message', {
    integration: 'slack',
    since: '2026-02-03T10:55:14Z',
    within: { channel: 'C024BE91L' },
    ref: { channel: 'C024BE91L', ts: '1770116114.000100' },
  }),
  pin: anEntry('pin', { integration: 'slack', since: '2026-02-03T10:55:15Z' }),
  members: anEntry('members', {
    integration: 'slack',
    since: '2026-02-03T10:55:15Z',
    // As the port records it: who was not invited is said once more, with the vendor's word for it.
    facts: {
      invited: 'matt@streamo.example,zoe@streamo.example',
      notFound: 'lee@streamo.example',
      refused: 'f00d.cafe',
      refusedReason: 'PeopleNotInvited',
      refusedMessage: 'lee@streamo.example (not in this Slack workspace)',
    },
  }),
  'ticket/github': anEntry('ticket', {
    integration: 'github',
    since: '2026-02-03T10:55:14Z',
    ref: { repository: 'streamo/incidents', number: '12', id: '#12' },
    facts: { state: 'Open' },
  }),
  'bookmark/link/5f1d0c3a9b2e': anEntry('bookmark', { integration: 'slack', since: '2026-02-03T10:55:16Z' }),
};

const notice = (since: string, parts: Partial<Entry> = {}): Entry =>
  anEntry('message', { integration: 'slack', since, within: { channelName: '#stakeholders' }, ...parts });

const comment = (since: string, parts: Partial<Entry> = {}): Entry =>
  anEntry('comment', { integration: 'github', since, within: { number: '12', id: '#12' }, ...parts });

const updates: readonly IncidentUpdate[] = [
  anUpdate({
    metadata: { name: 'mobile-app-login-6f1c7c54-t1', creationTimestamp: '2026-02-03T10:55:13Z' },
    spec: {
      type: 'State',
      to: 'Investigating',
      text: 'Mobile app login errors',
      author: 'zoe@streamo.example',
      audience: 'Stakeholders',
      occurredAt: '2026-02-03T10:55:12Z',
    },
    effects: { 'notice/slack/stakeholders': notice('2026-02-03T10:55:15Z') },
  }),
  anUpdate({
    metadata: { name: 'mobile-app-login-6f1c7c54-t2', creationTimestamp: '2026-02-03T11:02:40Z' },
    spec: {
      type: 'Severity',
      from: 'SEV2',
      to: 'SEV1',
      text: 'Every mobile user is affected.',
      author: 'matt@streamo.example',
      audience: 'Stakeholders',
    },
    effects: {
      'notice/slack/stakeholders': notice('2026-02-03T11:02:41Z'),
      'comment/github': comment('2026-02-03T11:02:41Z'),
    },
  }),
  anUpdate({
    metadata: { name: 'endpoint', creationTimestamp: '2026-02-03T11:14:05Z' },
    spec: {
      type: 'Status',
      text: 'Seems to be an endpoint issue. Changing the URL for logins now; matt@streamo.example will report back in 15 minutes.',
      author: 'zoe@streamo.example',
      audience: 'Stakeholders',
    },
    effects: {
      'notice/slack/stakeholders': notice('2026-02-03T11:14:06Z'),
      'comment/github': comment('2026-02-03T11:14:06Z', {
        state: 'Failed',
        reason: 'InvalidToken',
        message: 'GitHub refused the token (401).',
      }),
    },
  }),
  anUpdate({
    metadata: { name: 'mobile-app-login-6f1c7c54-t3', creationTimestamp: '2026-02-03T11:38:19Z' },
    spec: {
      type: 'State',
      from: 'Investigating',
      to: 'Resolved',
      text: 'A release of this morning pointed to the wrong endpoint. Re-deployed with the correct URL.',
      author: 'matt@streamo.example',
      audience: 'Stakeholders',
    },
    effects: {
      'notice/slack/stakeholders': notice('2026-02-03T11:38:20Z'),
      'notice/slack/support': notice('2026-02-03T11:38:20Z', {
        within: { channelName: '#support' },
        state: 'Unknown',
        reason: 'OutcomeUnknown',
        message: 'It may have been sent; the answer was lost.',
      }),
    },
  }),
];
