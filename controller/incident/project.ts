import type { Incident, IncidentStatus } from '../api/incident.gen.ts';
import { rfc3339, timeOf } from '../runtime/clock.ts';
import type { EffectKey, Entry } from '../runtime/effect.ts';
import { clip } from '../runtime/outcome.ts';
import { lastRequest, requestsOf } from '../record/requests.ts';
import { incidentId } from './numbers.ts';
import { happenedAt } from '../timeline/order.ts';
import { isDeclaration } from '../timeline/entries.ts';
import type { Applied } from '../timeline/history.ts';
import type { Reach } from '../capabilities/reach.ts';
import type { IncidentUpdate } from '../api/incident-update.gen.ts';

type Entries = Readonly<Record<EffectKey, Entry>>;
type Facts = Pick<IncidentStatus, 'number' | 'id' | 'applied' | 'channel' | 'tickets' | 'record' | 'timestamps'>;

/** The facts of status that people read, derived from what is recorded. Absent: not known, and left as it was. */
export function projectStatus(
  incident: Incident,
  entries: Entries,
  applied: Applied,
  updates: readonly IncidentUpdate[],
  link: Reach['link'],
): Facts {
  const number = Number(entries['number']?.ref?.['number'] ?? NaN);
  const channel = channelOf(entries['channel'], link);
  const tickets = ticketsOf(entries, link);
  const record = recordOf(incident, entries, applied, updates, link);
  return {
    ...(Number.isNaN(number) ? {} : { number, id: incidentId(number) }),
    applied,
    ...(channel ? { channel } : {}),
    ...(tickets.length ? { tickets } : {}),
    ...(record ? { record } : {}),
    timestamps: timestampsOf(incident, applied, updates),
  };
}

/** None rather than a cut one, which would lead elsewhere. */
function addressOf(entry: Entry, link: Reach['link']): string {
  const url = link(entry) ?? '';
  return url.length > longestUrl ? '' : url;
}

/** The bounds here are those of the CRD; test/crds/bounds.test.ts holds what is written against it. */
const longestUrl = 2_000;

function channelOf(entry: Entry | undefined, link: Reach['link']): IncidentStatus['channel'] {
  const { channel, name } = entry?.ref ?? {};
  if (!entry || channel === undefined || name === undefined) return undefined;
  return { id: clip(channel, 100), name: clip(name, 100), url: addressOf(entry, link) };
}

function ticketsOf(entries: Entries, link: Reach['link']): NonNullable<IncidentStatus['tickets']> {
  return Object.entries(entries)
    .filter(([key, entry]) => key.startsWith('ticket/') && entry.ref?.['id'] !== undefined)
    .map(([, entry]) => ({
      integration: entry.integration ?? '',
      id: clip(entry.ref?.['id'] ?? '', 200),
      url: addressOf(entry, link),
    }))
    .toSorted((a, b) => (a.integration < b.integration ? -1 : 1))
    .slice(0, 20);
}

function recordOf(
  incident: Incident,
  entries: Entries,
  applied: Applied,
  updates: readonly IncidentUpdate[],
  link: Reach['link'],
): IncidentStatus['record'] {
  const { branch, folder, commit } = entries['record']?.ref ?? {};
  if (branch === undefined || folder === undefined || commit === undefined) return undefined;
  // Once accepted it stays so: it cannot be reopened any more.
  const accepted = applied.state === 'Resolved' ? requestsOf({ incident, updates }, entries).acceptedAt : undefined;
  const mergedAt = incident.status?.record?.mergedAt ?? accepted;
  const review = lastRequest(entries);
  const id = review?.ref?.['id'];
  return {
    branch,
    folder,
    commit,
    ...(review && id !== undefined ? { pull: { id: clip(id, 200), url: addressOf(review, link) } } : {}),
    ...(mergedAt === undefined ? {} : { mergedAt }),
  };
}

function timestampsOf(
  { metadata, spec }: Incident,
  applied: Applied,
  updates: readonly IncidentUpdate[],
): NonNullable<IncidentStatus['timestamps']> {
  const told = (state: string): string | undefined =>
    happened(updates.findLast((u) => u.spec.type === 'State' && u.spec.to === state));
  const resolvedAt = applied.state === 'Resolved' ? told('Resolved') : undefined;
  // Once it went back to be worked on, it was not mitigated after all.
  const last = updates.findLast((u) => u.spec.type === 'State' && u.spec.to !== 'Resolved');
  const monitored = last?.spec.to === 'Monitoring' ? told('Monitoring') : undefined;
  const mitigatedAt = timeOf(spec.mitigatedAt) === undefined ? monitored : spec.mitigatedAt;
  return {
    declaredAt: happened(updates.find(isDeclaration)) ?? metadata.creationTimestamp,
    ...(resolvedAt ? { resolvedAt } : {}),
    ...(mitigatedAt ? { mitigatedAt } : {}),
  };
}

const happened = (update: IncidentUpdate | undefined): string | undefined =>
  update === undefined ? undefined : rfc3339(happenedAt(update));
