import { draftAnnotation, endingAnnotation, identityAnnotation, recordAnnotation } from '../api/names.ts';
import { byTime } from '../timeline/order.ts';
import { blobSha } from '../capabilities/record.ts';
import { bareUrl, redact } from '../text.ts';
import { endingOf, type RecordView } from './entries.ts';

/**
 * record.json: the incident and its updates as objects of the API, in a List, so that any Kubernetes tool reads it.
 * Left out is what changes by itself: receipts, conditions, versions, what the controller counts by, and the record's own place. Its annotations say
 * whose record it is, which ending it tells of, and what the post-mortem beside it was drafted as.
 */
export function recordFile(view: RecordView, draft: string): string {
  const { incident, updates, identity } = view;
  const { install, namespace, name, uid } = identity;
  const own = {
    [identityAnnotation]: JSON.stringify({ install, namespace, name, uid }),
    [endingAnnotation]: endingOf(view),
    [draftAnnotation]: blobSha(draft),
  };
  const { number, id, applied: counted, channel, tickets, timestamps } = incident.status ?? {};
  const { changeId: _act, skipped: _numbers, ...applied } = counted ?? {};
  const items = [
    {
      ...object(incident, { uid, declaredAt: timestamps?.declaredAt, own }),
      spec: ordered(incident.spec),
      status: ordered({ number, id, ...(counted ? { applied } : {}), channel, tickets, timestamps }),
    },
    ...updates.toSorted(byTime).map((update) => ({ ...object(update), spec: ordered(update.spec) })),
  ];
  const list = { apiVersion: 'v1', kind: 'List', items };
  return `${JSON.stringify(list, shown, 2)}\n`;
}

/** No credentials: neither in an address nor in what people wrote. */
const shown = (key: string, value: unknown): unknown =>
  typeof value === 'string' ? redact(key === 'url' ? bareUrl(value) : value) : value;

/** Read first at whatever depth they stand; the others follow by name. */
const first: readonly string[] = (
  'incidentRef type from to text author occurredAt title url description customerSummary severity state mode services ' +
  'startedAt detectedAt mitigatedAt roles resolution summary rootCause correctiveActions what kind owner due number id ' +
  'source by via reason'
).split(' ');

type Owned = Pick<RecordView['incident'], 'apiVersion' | 'metadata'> & { readonly kind: string };

/** A restored incident stands as it was declared. */
function object(
  { apiVersion, kind, metadata }: Owned,
  declared: { uid?: string; declaredAt?: string | undefined; own?: Readonly<Record<string, string>> } = {},
) {
  const { name, namespace, labels } = metadata;
  const { uid = metadata.uid, declaredAt: creationTimestamp = metadata.creationTimestamp, own: more = {} } = declared;
  const own = labels === undefined || Object.keys(labels).length === 0 ? {} : { labels: ordered(labels) };
  return {
    apiVersion,
    kind,
    metadata: { name, namespace, uid, creationTimestamp, ...own, annotations: { [recordAnnotation]: 'true', ...more } },
  };
}

/** The same keys always in the same order, at every depth. */
function ordered(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(ordered);
  if (value === null || typeof value !== 'object') return value;
  return Object.fromEntries(
    Object.entries(value)
      .toSorted(([a], [b]) => place(a) - place(b) || (a < b ? -1 : 1))
      .map(([key, inner]) => [key, ordered(inner)]),
  );
}

const place = (key: string): number => (first.includes(key) ? first.indexOf(key) : first.length);
