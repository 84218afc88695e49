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

const aspects: Readonly<Record<string, Aspect>> = {
  'spec.title': 'title',
  'spec.severity': 'severity',
  'spec.state': 'state',
  'spec.escalation.level': 'level',
  'spec.roles.commander': 'commander',
};

/** Who made a field (`spec.severity`) what it is, as far as the object tells: the last act's author, else the field manager. */
export function lastAuthor(incident: Incident, field: string): string | undefined {
  const aspect = aspects[field];
  if (aspect === undefined) return incident.spec.change?.by;
  const owner = incident.metadata.managers?.[aspect];
  return actOn(incident, aspect)?.by ?? (owner === undefined ? undefined : shownManager(owner));
}
