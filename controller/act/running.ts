import { lastAuthor } from '../api/authors.ts';
import { Declined } from './declined.ts';
import { idOf } from './incidents.ts';
import { changeIdFor } from './names.ts';
import { type IncidentContext, type VerbContext } from './verb-context.ts';
import { kindOf, type Verb } from './verb.ts';

/** The last change of the incident is this very act: it was stored, and its answer did not arrive. */
export const isRepeat = ({ key, source, incident }: VerbContext, kind: string): boolean =>
  key !== undefined && incident?.spec.change?.id === changeIdFor(source, kind, key);

/** @throws Declined for an incident that is over; not for a repeat of the act that ended it */
export function running(at: IncidentContext, verb?: Pick<Verb, 'kind' | 'name'>): void {
  const { incident, updates, command } = at;
  if (incident.spec.state !== 'Resolved' || (verb && isRepeat(at, kindOf(verb)))) return;
  const by = lastAuthor(incident, 'spec.state', updates);
  throw new Declined(
    `${idOf(incident)} is closed${by ? `, by ${by}` : ''}; nothing was done. If it is not over: \`${command} reopen\` and why.`,
  );
}
