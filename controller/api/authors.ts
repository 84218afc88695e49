import type { UpdateType } from './enums.gen.ts';
import type { Change, Incident } from './incident.gen.ts';
import type { IncidentUpdate } from './incident-update.gen.ts';
import type { FieldManagers } from './meta.ts';

/** An author of whom only the field manager is known: `kubectl-edit (field manager)`. */
export const shownManager = (manager: string): string => `${manager} (field manager)`;

/** Of what is told; a title stands for the whole declaration. */
export type Aspect = Exclude<keyof FieldManagers, 'change'>;

/** The act that stands in spec, unless another field manager than its own made the aspect what it is. */
export function actOn({ spec: { change }, metadata: { managers = {} } }: Incident, aspect: Aspect): Change | undefined {
  const owner = managers[aspect];
  return owner === undefined || managers.change === undefined || owner === managers.change ? change : undefined;
}

/** Where each aspect stands in spec. */
export const aspectPaths = {
  title: ['title'],
  severity: ['severity'],
  state: ['state'],
  level: ['escalation', 'level'],
  commander: ['roles', 'commander'],
} as const satisfies Record<Aspect, readonly string[]>;

const isAspect = (name: string): name is Aspect => name in aspectPaths;
const fieldOf = (aspect: Aspect): string => `spec.${aspectPaths[aspect].join('.')}`;
const aspectOf = new Map(
  Object.keys(aspectPaths)
    .filter(isAspect)
    .map((aspect) => [fieldOf(aspect), aspect]),
);

/** Of what the timeline tells of: the type of its entries, and the value as they say it. */
interface Told {
  readonly type: UpdateType;
  value(incident: Incident): string | undefined;
}

const told: Readonly<Partial<Record<Aspect, Told>>> = {
  severity: { type: 'Severity', value: ({ spec }) => spec.severity },
  state: { type: 'State', value: ({ spec }) => spec.state },
  level: { type: 'Escalation', value: ({ spec }) => String(spec.escalation.level) },
  commander: { type: 'Role', value: ({ spec }) => spec.roles?.['commander'] },
};

/**
 * Who made a field (`spec.severity`) what it is: a field manager other than that of the acts, else the author of the last
 * entry that tells of it. Nobody knows of a field that the timeline does not tell of: all acts have one field manager.
 * @param updates in order, without claims
 */
export function lastAuthor(incident: Incident, field: string, updates: readonly IncidentUpdate[]): string | undefined {
  const { managers = {}, generation } = incident.metadata;
  const aspect = aspectOf.get(field);
  const owner = aspect && managers[aspect];
  if (owner !== undefined && managers.change !== undefined && owner !== managers.change) return shownManager(owner);
  const of = aspect && told[aspect];
  if (of === undefined) return undefined;
  const last = updates.findLast(({ spec }) => spec.type === of.type);
  if (last !== undefined && last.spec.to === of.value(incident)) return last.spec.author;
  // Not told yet, and no other edit than this act is.
  return generation - (incident.status?.observedGeneration ?? 0) === 1 ? incident.spec.change?.by : undefined;
}
