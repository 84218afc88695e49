import { draftAnnotation, endingAnnotation, identityAnnotation } from '../../api/names.ts';
import { isRecord } from '../../api/schema.ts';
import type { Identity } from '../../runtime/effect.ts';

/** What a record.json says of the record that it stands in. */
export interface Label {
  /** Of the incident's identity. */
  readonly uid: string;
  /** `production/payments/login`: install, namespace and name, as far as it says. */
  readonly whose: string;
  readonly ending: string | undefined;
  /** The update that told of the all clear: by that the ending of a record of an older version is known. */
  readonly closing: string | undefined;
  /** Git's hash of the post-mortem as it was drafted with it. */
  readonly draft: string | undefined;
}

/** undefined: it is no record.json of AllClear's. */
export function labelOf(text: string): Label | undefined {
  const items = list(field(parsed(text), 'items'));
  const metadata = field(
    items.find((item) => field(item, 'kind') === 'Incident'),
    'metadata',
  );
  const uid = string(field(metadata, 'uid'));
  if (uid === undefined) return undefined;
  const annotations = field(metadata, 'annotations');
  const identity = parsed(string(field(annotations, identityAnnotation)) ?? '');
  const part = (name: string): string | readonly string[] =>
    string(field(identity, name)) ?? string(field(metadata, name)) ?? [];
  return {
    uid: string(field(identity, 'uid')) ?? uid,
    whose: ['install', 'namespace', 'name'].flatMap(part).join('/').slice(0, 200) || uid,
    ending: string(field(annotations, endingAnnotation)),
    closing: string(field(field(items.findLast(isAllClear), 'metadata'), 'name')),
    draft: string(field(annotations, draftAnnotation)),
  };
}

/** Whose a folder with this record.json is: in words, or undefined when it is the owner's. */
export function foreign(label: Label | undefined, owner: Identity): string | undefined {
  if (label === undefined) return 'holds files without a record.json of AllClear’s';
  return label.uid === owner.uid ? undefined : `holds the record of another incident, ${label.whose}`;
}

function isAllClear(item: unknown): boolean {
  const spec = field(item, 'spec');
  return field(spec, 'type') === 'State' && field(spec, 'to') === 'Resolved';
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

const field = (value: unknown, key: string): unknown => (isRecord(value) ? value[key] : undefined);
const list = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);
const string = (value: unknown): string | undefined => (typeof value === 'string' ? value : undefined);
