import type { Incident } from '../api/incident.gen.ts';
import { choosePolicy, type Policy } from '../incident/policy/policy.ts';
import type { Log } from '../log.ts';
import type { Clock } from '../runtime/clock.ts';
import { byName } from '../timeline/order.ts';
import type { SlackApi, Team } from './api.ts';
import type { Cluster } from './cluster.ts';
import { Declined } from './declined.ts';
import type { People } from './people.ts';
import type { Recent } from './recent.ts';
import type { Rights } from './rights.ts';

/** All that a handler has at hand: one workspace, the namespaces that it serves, and no state of its own that matters. */
export interface Desk {
  readonly team: Team;
  /** `/incident`. */
  readonly command: string;
  /** Where what is declared here goes. */
  readonly home: string;
  /** Whose incidents this workspace may see and change. */
  readonly namespaces: readonly string[];
  readonly clock: Clock;
  readonly log: Log;
  readonly api: SlackApi;
  readonly people: People;
  readonly rights: Rights;
  readonly cluster: Cluster;
  readonly recent: Recent;
  /** What follows an ack and nobody waits for. Its failure is logged. */
  later(what: string, work: () => Promise<void>): void;
}

export const incidentsOf = ({ cluster, namespaces }: Desk): Incident[] =>
  namespaces.flatMap((namespace) => [...cluster.incidents(namespace)]);

/** Not over, worst and oldest first. */
export const openIncidents = (desk: Desk): Incident[] =>
  incidentsOf(desk)
    .filter(({ spec, metadata }) => spec.state !== 'Resolved' && metadata.deletionTimestamp === undefined)
    .toSorted(
      (a, b) =>
        byName(a.spec.severity, b.spec.severity) || byName(a.metadata.creationTimestamp, b.metadata.creationTimestamp),
    );

/** Those that may be shown to anybody in the workspace. */
export async function publicIncidents(desk: Desk): Promise<Incident[]> {
  const hidden = new Set<string>();
  for (const namespace of desk.namespaces) if (await desk.cluster.isPrivate(namespace)) hidden.add(namespace);
  return openIncidents(desk).filter(
    (incident) =>
      !hidden.has(incident.metadata.namespace) && policyOf(desk, incident).spec.channel?.visibility !== 'Private',
  );
}

export const policyOf = ({ cluster }: Desk, incident: Incident): Policy =>
  choosePolicy(incident, cluster.policies(incident.metadata.namespace));

export const inChannel = (desk: Desk, channel: string): Incident | undefined =>
  incidentsOf(desk).find(({ status }) => status?.channel?.id === channel);

/** By `INC-00447`, `447` or the object's name. */
export function byId(desk: Desk, word: string): Incident | undefined {
  const number = /^(?:inc-)?0*(\d{1,9})$/i.exec(word)?.[1];
  return incidentsOf(desk).find(
    ({ status, metadata }) =>
      (number !== undefined && String(status?.number) === number) || metadata.name === word.toLowerCase(),
  );
}

/** The very object that a button or modal is about. @throws Declined */
export function theIncident(desk: Desk, of: { namespace: string; name: string; uid: string }): Incident {
  const found = desk.namespaces.includes(of.namespace) ? desk.cluster.incident(of.namespace, of.name) : undefined;
  if (!found) throw new Declined('This incident is not there any more; nothing was done.');
  if (found.metadata.uid !== of.uid)
    throw new Declined('The incident of this name is another one by now; nothing was done.');
  return found;
}

export const idOf = ({ status, metadata }: Incident): string => status?.id ?? metadata.name;
