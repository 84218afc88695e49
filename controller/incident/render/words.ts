import type { Incident } from '../../api/incident.gen.ts';
import type { IncidentUpdate } from '../../api/incident-update.gen.ts';
import { severities, type NoticeEvent } from '../../api/enums.gen.ts';
import type { PolicySeverities } from '../../api/response-policy.gen.ts';
import type { Policy } from '../policy/policy.ts';
import type { IncidentScope } from '../scope.ts';
import type { Reach } from '../../integrations/capabilities.ts';

/** The policy's words for severities: `{SEV1: {label: 'Critical'}}`. */
export type SeverityLabels = Readonly<PolicySeverities>;

/** An incident's number and what people make of it: 447 and INC-00447. */
export interface Named {
  readonly id: string;
  readonly number: number;
}

/** 00447, as it stands in channel names and branches. */
export const digits = (number: number): string => String(number).padStart(5, '0');

/** What a renderer looks at: a part of the scope that phases see. */
export type View = Pick<IncidentScope, 'incident' | 'updates' | 'entries' | 'named'> & {
  readonly policy: Pick<Policy, 'spec'>;
  readonly reach: Pick<Reach, 'link'>;
};

/** What people call it: the number once there is one, else the object's name. */
export const shownId = ({ incident, named }: Pick<View, 'incident' | 'named'>): string =>
  named?.id ?? incident.status?.id ?? incident.metadata.name;

/** `SEV1 (Critical)`, or `SEV1` where the policy has no word for it. Unescaped: the label is the policy's. */
export function severityWord(severity: string, labels: SeverityLabels = {}): string {
  const known = severities.find((each) => each === severity);
  const shown = known === undefined ? undefined : labels[known]?.label;
  return shown === undefined ? severity : `${severity} (${shown})`;
}

/** 1 for SEV1; 0 for what is no severity. */
export const severityRank = (severity: string | undefined): number =>
  Number(/^SEV([1-4])$/.exec(severity ?? '')?.[1] ?? 0);

const vendors: Readonly<Record<string, string>> = {
  github: 'GitHub',
  gitlab: 'GitLab',
  git: 'Git',
  jira: 'Jira',
  pagerduty: 'PagerDuty',
  salesforce: 'Salesforce',
  slack: 'Slack',
};

/** `GitHub` for an Integration named github, github-prod or prod-github; else its own name. */
export function vendorWord(integration: string): string {
  const part = integration.split('-').find((word) => vendors[word] !== undefined);
  return part === undefined ? integration : (vendors[part] ?? integration);
}

/** A ticket as people say it: `GitHub issue #12`. */
export function ticketWord(integration: string, id: string | undefined): string {
  const vendor = vendorWord(integration);
  const noun = ['GitHub', 'GitLab', 'Jira'].includes(vendor) ? 'issue' : 'ticket';
  return id === undefined ? `${vendor} ${noun}` : `${vendor} ${noun} ${id}`;
}

/** `2026-02-03 10:55 UTC`; the text itself where it is no time. */
export function utc(at: string): string {
  const time = Date.parse(at);
  return Number.isNaN(time) ? at : `${new Date(time).toISOString().slice(0, 16).replace('T', ' ')} UTC`;
}

/** When it happened: as its author says, else when it was written. Milliseconds; 0 where neither is known. */
export function happenedAt(update: IncidentUpdate): number {
  const at = Date.parse(update.spec.occurredAt ?? update.metadata.creationTimestamp);
  return Number.isNaN(at) ? 0 : at;
}

/** Oldest first; the same second goes by name, numbers in it as numbers (t2 before t10). */
export const byTime = (a: IncidentUpdate, b: IncidentUpdate): number =>
  happenedAt(a) - happenedAt(b) || byName(a.metadata.name, b.metadata.name);

const collator = new Intl.Collator('en', { numeric: true });
export const byName = (a: string, b: string): number => collator.compare(a, b);

/** From here on it is an incident: its first entry, or the one that took it out of Triage. */
export const isDeclaration = ({ spec: { type, from, to } }: IncidentUpdate): boolean =>
  type === 'State' && (from === undefined || from === 'Triage') && to !== 'Triage' && to !== 'Resolved';

/** A change of what nobody has declared yet: an alert in Triage, or one that was dismissed there. Not what people write. */
export function isOfTriage(update: IncidentUpdate, siblings: readonly IncidentUpdate[]): boolean {
  const { type, from, to } = update.spec;
  if (type === 'State') return to === 'Triage' || (from === 'Triage' && to === 'Resolved');
  if (type !== 'Severity' && type !== 'Escalation' && type !== 'Role') return false;
  const before = siblings.filter((s) => s.spec.type === 'State' && byTime(s, update) < 0);
  return before.toSorted(byTime).at(-1)?.spec.to === 'Triage';
}

/**
 * What an update tells people, and so which of the policy's notices it is for. Absent: nobody outside the incident's
 * channel is told of it. What people write is for others only if its audience says so.
 */
export function occasion(update: IncidentUpdate, siblings: readonly IncidentUpdate[]): NoticeEvent | undefined {
  const { type, to, audience } = update.spec;
  if (isOfTriage(update, siblings)) return undefined;
  if (type === 'State') return to === 'Resolved' ? 'Resolved' : isDeclaration(update) ? 'Declared' : 'State';
  if (type === 'Severity') return 'Severity';
  return audience === 'Responders' ? undefined : 'Update';
}

/** The severity that held when `update` was made (absent: at declaration). It does not change when the incident's does. */
export function severityAt(incident: Incident, updates: readonly IncidentUpdate[], update?: IncidentUpdate): string {
  const next = updates
    .filter((u) => u.spec.type === 'Severity' && u.spec.from !== undefined)
    .filter((u) => update === undefined || byTime(u, update) > 0)
    .toSorted(byTime)[0];
  return next?.spec.from ?? incident.spec.severity;
}
