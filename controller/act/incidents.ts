import { apiVersion } from '../api/names.ts';
import type { Incident } from '../api/incident.gen.ts';
import { choosePolicy, type Policy } from '../incident/policy/policy.ts';
import { byName } from '../timeline/order.ts';
import { Declined } from './declined.ts';
import type { Store } from './store.ts';

/** The incidents that a way in may see and change. */
export interface Served {
  readonly cluster: Pick<Store, 'incidents' | 'incident' | 'policies' | 'isPrivate'>;
  readonly namespaces: readonly string[];
}

export const incidentsOf = ({ cluster, namespaces }: Served): Incident[] =>
  namespaces.flatMap((namespace) => [...cluster.incidents(namespace)]);

/** Not over, worst and oldest first. */
export const openIncidents = (served: Served): Incident[] =>
  incidentsOf(served)
    .filter(({ spec, metadata }) => spec.state !== 'Resolved' && metadata.deletionTimestamp === undefined)
    .toSorted(
      (a, b) =>
        byName(a.spec.severity, b.spec.severity) || byName(a.metadata.creationTimestamp, b.metadata.creationTimestamp),
    );

/** Open ones that may be shown to anybody who can ask. */
export async function publicIncidents(served: Served): Promise<Incident[]> {
  const hidden = new Set<string>();
  for (const namespace of served.namespaces) if (await served.cluster.isPrivate(namespace)) hidden.add(namespace);
  return openIncidents(served).filter(
    (incident) => !hidden.has(incident.metadata.namespace) && !isHidden(served, incident),
  );
}

/** Its channel is private, so nothing of it is shown elsewhere. */
export const isHidden = (served: Served, incident: Incident): boolean =>
  policyOf(served, incident).spec.channel?.visibility === 'Private';

export const policyOf = ({ cluster }: { readonly cluster: Pick<Store, 'policies'> }, incident: Incident): Policy =>
  choosePolicy(incident, cluster.policies(incident.metadata.namespace));

/** By `INC-00447`, `447` or the object's name. */
export function byId(served: Served, word: string): Incident | undefined {
  const number = /^(?:inc-)?0*(\d{1,9})$/i.exec(word)?.[1];
  return incidentsOf(served).find(
    ({ status, metadata }) =>
      (number !== undefined && String(status?.number) === number) || metadata.name === word.toLowerCase(),
  );
}

/** The very object that a button or form is about. @throws Declined */
export function theIncident(served: Served, of: { namespace: string; name: string; uid: string }): Incident {
  const found = served.namespaces.includes(of.namespace) ? served.cluster.incident(of.namespace, of.name) : undefined;
  if (!found) throw new Declined('This incident is not there any more; nothing was done.');
  if (found.metadata.uid !== of.uid)
    throw new Declined('The incident of this name is another one by now; nothing was done.');
  return found;
}

export const idOf = ({ status, metadata }: Incident): string => status?.id ?? metadata.name;

/** One that is yet to be created, for choosing the policy that will hold for it. */
export const yetToCome = (
  namespace: string,
  spec: Pick<Incident['spec'], 'title' | 'severity' | 'mode'>,
): Incident => ({
  apiVersion,
  kind: 'Incident',
  metadata: { name: '', namespace, uid: '', resourceVersion: '', generation: 0, creationTimestamp: '' },
  spec: { ...spec, state: 'Investigating', escalation: { level: 0 }, deletionPolicy: 'Leave' },
});
