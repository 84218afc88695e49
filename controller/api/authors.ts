import type { Change, Incident } from './incident.gen.ts';
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

/** Who made a field (`spec.severity`) what it is, as far as the object tells: the last act's author, else the field manager. */
export function lastAuthor(incident: Incident, field: string): string | undefined {
  const aspect = aspectOf.get(field);
  if (aspect === undefined) return incident.spec.change?.by;
  const owner = incident.metadata.managers?.[aspect];
  return actOn(incident, aspect)?.by ?? (owner === undefined ? undefined : shownManager(owner));
}
