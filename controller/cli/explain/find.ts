import { nearest } from '../../api/nearest.ts';
import type { Incident } from '../../api/incident.gen.ts';
import { resourceOf } from '../../cluster/resources.ts';
import { incidentId } from '../../incident/numbers.ts';
import { KubeError } from '../../runtime/kube-errors.ts';
import { requestTimeout, type Cluster } from '../cluster.ts';
import { CliError } from '../io.ts';

/**
 * The incident that a person means by `INC-00001`, `inc-1`, `1` or the name of its resource.
 * @throws CliError that says where else it is, or which one may be meant
 */
export async function findIncident(
  { client, namespace }: Cluster,
  given: string,
  everywhere: boolean,
): Promise<Incident> {
  const place = everywhere ? {} : { namespace };
  const number = /^(?:inc-)?0*(\d+)$/i.exec(given)?.[1];
  const id = number === undefined ? undefined : incidentId(Number(number));
  const list = async (options: { namespace?: string; fieldSelector?: string }): Promise<readonly Incident[]> =>
    (await client.list<Incident>(resourceOf('Incident'), { ...options, timeout: requestTimeout })).items;
  const selectors = [...(id === undefined ? [] : [`status.id=${id}`]), `metadata.name=${given}`];
  for (const fieldSelector of selectors) {
    const found = await list({ ...place, fieldSelector });
    if (found.length > 1)
      throw new CliError(`${given} is in more than one namespace: ${spaces(found)}. Add -n with one of them.`);
    if (found[0]) return found[0];
  }
  const known = await list(place);
  const others = everywhere ? [] : await elsewhere(selectors, list);
  throw new CliError(notFound(given, everywhere ? undefined : namespace, known, others));
}

/** In which namespaces it is instead; none where we may not look. */
async function elsewhere(
  selectors: readonly string[],
  list: (options: { fieldSelector: string }) => Promise<readonly Incident[]>,
): Promise<readonly Incident[]> {
  try {
    return (await Promise.all(selectors.map((fieldSelector) => list({ fieldSelector })))).flat();
  } catch (error) {
    if (error instanceof KubeError && error.status === 403) return [];
    throw error;
  }
}

function notFound(
  given: string,
  namespace: string | undefined,
  known: readonly Incident[],
  others: readonly Incident[],
): string {
  const where = namespace === undefined ? 'any namespace' : `namespace ${namespace}`;
  const says = `there is no incident ${given} in ${where}`;
  if (others.length > 0) return `${says}, but in ${spaces(others)}. Add -n with it, or -A.`;
  const names = known.flatMap(({ metadata, status }) => [
    metadata.name,
    ...(status?.id === undefined ? [] : [status.id]),
  ]);
  const meant = nearest(given, names);
  if (meant !== undefined) return `${says}. Did you mean ${meant}?`;
  if (known.length === 0) return `${says}: there is none at all. Add -n with another one, or -A.`;
  const latest = known
    .toSorted((a, b) => (a.metadata.creationTimestamp < b.metadata.creationTimestamp ? 1 : -1))
    .slice(0, 5)
    .map(({ metadata, status }) => status?.id ?? metadata.name);
  return `${says}. The latest are ${latest.join(', ')}.`;
}

const spaces = (found: readonly Incident[]): string =>
  [...new Set(found.map(({ metadata }) => metadata.namespace))].toSorted().join(', ');
