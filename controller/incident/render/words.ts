import type { Incident } from '../../api/incident.gen.ts';
import type { IncidentUpdate } from '../../api/incident-update.gen.ts';
import { severities, type NoticeEvent } from '../../api/enums.gen.ts';
import type { PolicySeverities } from '../../api/response-policy.gen.ts';
import { tellsOfChange } from '../history.ts';
import type { Policy } from '../policy/policy.ts';
import type { IncidentScope } from '../scope.ts';
import type { Noun, Reach } from '../../integrations/capabilities.ts';
import { rfc3339, timeOf, type Instant } from '../../runtime/clock.ts';
import { isBlank } from '../../text.ts';

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
  readonly reach: Pick<Reach, 'link' | 'noun'>;
};

/** What waits for a person, one sentence each: what the declaration makes, and what is made once it is resolved. Unescaped. */
export interface HeldUp {
  readonly incident: readonly string[];
  readonly record: readonly string[];
}

/** What people call it: the number once there is one, else the object's name. */
export const shownId = ({ incident, named }: Pick<View, 'incident' | 'named'>): string =>
  named?.id ?? incident.status?.id ?? incident.metadata.name;

/** Its title; the object's name where nothing of the title could be seen. Not escaped. */
export const titleOf = ({ spec, metadata }: Incident): string => (isBlank(spec.title) ? metadata.name : spec.title);

/** Where the whole of a text is that is cut outside; unescaped. */
export const inCluster = ({ kind, metadata }: Incident | IncidentUpdate): string =>
  `the whole is in the ${kind} ${metadata.namespace}/${metadata.name}`;

/** `SEV1 (Critical)`, or `SEV1` where the policy has no word for it. Unescaped: the label is the policy's. */
export function severityWord(severity: string, labels: SeverityLabels = {}): string {
  const known = severities.find((each) => each === severity);
  const shown = known === undefined ? undefined : labels[known]?.label;
  return shown === undefined ? severity : `${severity} (${shown})`;
}

/** 1 for SEV1; 0 for what is no severity. */
export const severityRank = (severity: string | undefined): number =>
  Number(/^SEV([1-4])$/.exec(severity ?? '')?.[1] ?? 0);

/** A ticket as people say it: `GitHub issue #12`. */
export function ticketWord(noun: Noun, integration: string | undefined, id: string | undefined): string {
  const word = noun('ticket', integration);
  return id === undefined ? word : `${word} ${id}`;
}

/** `2026-02-03 10:55 UTC`; the text itself where it is no time. */
export function utc(at: string): string {
  const time = timeOf(at);
  return time === undefined ? at : `${rfc3339(time).slice(0, 16).replace('T', ' ')} UTC`;
}

/** When it was written, by the API server's clock, in whole seconds. Milliseconds; 0 where that is not known. */
export const writtenAt = ({ metadata }: IncidentUpdate): Instant => timeOf(metadata.creationTimestamp) ?? 0;

/** When it happened, as its author says; nothing that is written has yet to happen. Milliseconds. */
export const happenedAt = (update: IncidentUpdate): Instant =>
  Math.min(writtenAt(update), timeOf(update.spec.occurredAt) ?? Infinity);

/**
 * In the order of writing, whatever they say of when it happened. In the same second the incident's first entry comes
 * first, then it goes by name, numbers in it as numbers (t2 before t10): nothing else is known. `inOrder` of timeline.ts
 * hands them out so.
 */
export const byTime = (a: IncidentUpdate, b: IncidentUpdate): number =>
  writtenAt(a) - writtenAt(b) || Number(isFirst(b)) - Number(isFirst(a)) || byName(a.metadata.name, b.metadata.name);

const isFirst = ({ spec: { type, from } }: IncidentUpdate): boolean => type === 'State' && from === undefined;

const collator = new Intl.Collator('en', { numeric: true });
export const byName = (a: string, b: string): number => collator.compare(a, b);

/** From here on it is an incident: its first entry, or the one that took it out of Triage. */
export const isDeclaration = ({ spec: { type, from, to } }: IncidentUpdate): boolean =>
  type === 'State' && (from === undefined || from === 'Triage') && to !== 'Triage' && to !== 'Resolved';

/** A change of what nobody has declared yet: an alert in Triage, or one that was dismissed there. Not what people write. */
export function isOfTriage(update: IncidentUpdate, siblings: readonly IncidentUpdate[]): boolean {
  const { type, from, to } = update.spec;
  if (type === 'State') return to === 'Triage' || (from === 'Triage' && to === 'Resolved');
  if (!tellsOfChange(update)) return false;
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

/** What people say to others, and each new severity, is a comment on the incident's tickets too. */
export const isForTickets = ({ spec: { type, audience } }: IncidentUpdate): boolean =>
  type === 'Severity' || ((type === 'Status' || type === 'Note') && audience !== 'Responders');

/** The severity that held when `update` was made (absent: at declaration). It does not change when the incident's does. */
export function severityAt(incident: Incident, updates: readonly IncidentUpdate[], update?: IncidentUpdate): string {
  const next = updates
    .filter((u) => u.spec.type === 'Severity' && u.spec.from !== undefined)
    .filter((u) => update === undefined || byTime(u, update) > 0)
    .toSorted(byTime)[0];
  return next?.spec.from ?? incident.spec.severity;
}
