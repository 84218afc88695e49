import type { Incident } from '../api/incident.gen.ts';
import type { IncidentUpdate } from '../api/incident-update.gen.ts';
import { severities } from '../api/enums.gen.ts';
import type { PolicySeverities } from '../api/response-policy.gen.ts';
import { isBlank } from '../text.ts';

/** The policy's words for severities: `{SEV1: {label: 'Critical'}}`. */
export type SeverityLabels = Readonly<PolicySeverities>;

/** An incident's number and what people make of it: 447 and INC-00447. */
export interface IncidentNumber {
  readonly id: string;
  readonly number: number;
}

/** 00447, as it stands in channel names and branches. */
export const digits = (number: number): string => String(number).padStart(5, '0');

/** What people call it: the number once there is one, else the object's name. */
export const shownId = ({
  incident,
  named,
}: {
  readonly incident: Incident;
  readonly named?: IncidentNumber;
}): string => named?.id ?? incident.status?.id ?? incident.metadata.name;

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

/** What people call a thing that an Integration made: `GitHub issue`. */
export type Noun = (kind: 'ticket' | 'review', integration: string | undefined) => string;

/** A ticket as people say it: `GitHub issue #12`. */
export function ticketWord(noun: Noun, integration: string | undefined, id: string | undefined): string {
  const word = noun('ticket', integration);
  return id === undefined ? word : `${word} ${id}`;
}
