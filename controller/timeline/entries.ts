import type { NoticeEvent } from '../api/enums.gen.ts';
import type { Incident } from '../api/incident.gen.ts';
import type { IncidentUpdate } from '../api/incident-update.gen.ts';
import { tellsOfChange } from './history.ts';
import { byTime } from './order.ts';

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
