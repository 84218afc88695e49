import { aspectPaths, shownManager } from '../api/authors.ts';
import type { Incident } from '../api/incident.gen.ts';
import type { IncidentUpdate } from '../api/incident-update.gen.ts';
import type { FieldManagers } from '../api/meta.ts';
import { claimAnnotation, fieldManager } from '../api/names.ts';
import { isRecord } from '../api/schema.ts';
import { withoutManagedFields } from '../runtime/store.ts';

/** Where in spec each owner is looked for. */
const paths = { ...aspectPaths, change: ['change', 'id'] } satisfies Record<keyof FieldManagers, readonly string[]>;

/** The incident with a line for each told aspect in place of managedFields, which are often more than half of an object. */
export function withManagers(incident: Incident): Incident {
  const all = managedSpecs(incident);
  const bare = withoutManagedFields(incident);
  if (all.length === 0) return bare;
  const ofChange = owners(all, paths.change);
  const managers: FieldManagers = Object.fromEntries(
    Object.entries(paths).flatMap(([aspect, path]) => {
      const found = owners(all, path);
      // Of several who wrote the same value, the one who wrote the act counts, then the latest.
      const manager = found.find((each) => ofChange.includes(each)) ?? found[0];
      return manager === undefined ? [] : [[aspect, manager]];
    }),
  );
  return { ...bare, metadata: { ...bare.metadata, managers } };
}

/** The entry, and where it names nobody, the field manager that wrote it. An entry of the controller's tells of others. */
export function withAuthor(update: IncidentUpdate): IncidentUpdate {
  const bare = withoutClaim(withoutManagedFields(update));
  if (update.spec.author !== undefined) return bare;
  const [manager] = owners(managedSpecs(update), ['type']);
  if (manager === undefined || manager === fieldManager) return bare;
  return { ...bare, spec: { ...bare.spec, author: shownManager(manager) } };
}

/** That an entry claims something is found out anew at each reading: what is stored says nothing. */
function withoutClaim(update: IncidentUpdate): IncidentUpdate {
  const { metadata } = update;
  if (metadata.annotations?.[claimAnnotation] === undefined) return update;
  const { [claimAnnotation]: _, ...annotations } = metadata.annotations;
  return { ...update, metadata: { ...metadata, annotations } };
}

interface Managed {
  readonly manager: string;
  /** RFC 3339. */
  readonly time: string;
  readonly spec: unknown;
}

/** Who owns fields of spec, the latest first. */
function managedSpecs({ metadata }: { readonly metadata: object }): Managed[] {
  const all: readonly unknown[] =
    'managedFields' in metadata && Array.isArray(metadata.managedFields) ? metadata.managedFields : [];
  return all
    .flatMap((each): Managed[] => {
      if (!isRecord(each) || each['subresource'] !== undefined) return [];
      const { manager, time, fieldsV1 } = each;
      const spec = isRecord(fieldsV1) ? fieldsV1['f:spec'] : undefined;
      if (typeof manager !== 'string' || manager === '' || spec === undefined) return [];
      return [{ manager, time: typeof time === 'string' ? time : '', spec }];
    })
    .toSorted((a, b) => (a.time === b.time ? 0 : a.time < b.time ? 1 : -1));
}

const owners = (all: readonly Managed[], path: readonly string[]): string[] =>
  all.filter(({ spec }) => owns(spec, path)).map(({ manager }) => manager);

function owns(fields: unknown, path: readonly string[]): boolean {
  let at = fields;
  for (const part of path) at = isRecord(at) ? at[`f:${part}`] : undefined;
  return at !== undefined;
}
