import type { Incident } from '../../api/incident.gen.ts';
import { resourceOf } from '../../cluster/resources.ts';
import { fine, unknown, wrong, type Finding } from '../../integrations/kit/finding.ts';
import { isArchived } from '../../timeline/identity.ts';
import type { Instant } from '../../runtime/clock.ts';
import { joinWithin } from '../../text.ts';
import { requestTimeout, type Cluster } from '../cluster.ts';
import { isServed, readControllers, unlessForbidden, whyUnserved, type Controllers } from '../explain/serving.ts';

const about = 'Incidents';

/**
 * Whether any Incident stands in a namespace that no controller serves.
 *
 * @param places the namespaces that are examined; undefined is all of them. Others are looked at where one may, and named.
 */
export async function unservedIncidents(
  cluster: Cluster,
  release: string,
  places: readonly (string | undefined)[],
  now: Instant,
): Promise<readonly Finding[]> {
  const controllers = await readControllers(cluster, release, now);
  if (controllers === undefined)
    return [unknown(about, 'whether a controller serves their namespaces is not known: you may not read its Lease')];
  // What was said of the Lease says it all.
  if (controllers.leading.length === 0) return [];
  const silent = controllers.leading.find(({ serves }) => serves === undefined);
  if (silent !== undefined)
    return [unknown(about, `the controller in ${silent.install} is of a version that does not say whom it serves`)];
  const incidents = await incidentsBeside(cluster, controllers, places);
  if (incidents === undefined) return [unknown(about, 'you may not list them')];
  return findingsOf(incidents, controllers, places);
}

/** By namespace, how many Incidents no controller serves; those in records want nothing. */
export function findingsOf(
  incidents: readonly Incident[],
  controllers: Controllers,
  places: readonly (string | undefined)[],
): readonly Finding[] {
  const counts = new Map<string, number>();
  for (const incident of incidents) {
    const { namespace } = incident.metadata;
    if (!isArchived(incident) && isServed(namespace, controllers) === false)
      counts.set(namespace, (counts.get(namespace) ?? 0) + 1);
  }
  if (counts.size === 0) return [fine(about, 'each that you may see is in a namespace that a controller serves')];
  const named = [...counts].toSorted(([a], [b]) => (a < b ? -1 : 1));
  const examined = (namespace: string): boolean => places.includes(undefined) || places.includes(namespace);
  const others = named.filter(([namespace]) => !examined(namespace)).map(([name, number]) => `${name} (${number})`);
  return [
    ...named
      .filter(([namespace]) => examined(namespace))
      .map(([namespace, number]) => {
        const { says, todo } = whyUnserved(namespace, controllers);
        return wrong(`${about} in namespace ${namespace}`, `nothing is done for ${number}: ${says}`, todo);
      }),
    ...(others.length === 0
      ? []
      : [
          unknown(
            `${about} elsewhere`,
            `no controller serves ${joinWithin(others, ', ', 400)}`,
            'allclear doctor -A says more.',
          ),
        ]),
  ];
}

/** Those outside the namespaces that are served: of the whole cluster where one may list them, else of the places alone. */
async function incidentsBeside(
  { client }: Cluster,
  { leading }: Controllers,
  places: readonly (string | undefined)[],
): Promise<readonly Incident[] | undefined> {
  const served = new Set(leading.flatMap(({ serves = [] }) => serves));
  const list = async (options: { namespace?: string; fieldSelector?: string }): Promise<readonly Incident[]> =>
    (await client.list<Incident>(resourceOf('Incident'), { ...options, timeout: requestTimeout })).items;
  const others = [...served].map((namespace) => `metadata.namespace!=${namespace}`).join(',');
  const everywhere = await unlessForbidden(list(others === '' ? {} : { fieldSelector: others }));
  if (everywhere !== undefined) return everywhere;
  const asked = places.filter((place) => place !== undefined);
  if (asked.length === 0) return undefined;
  const found = await Promise.all(asked.map((namespace) => unlessForbidden(list({ namespace }))));
  return found.every((incidents) => incidents !== undefined) ? found.flat() : undefined;
}
