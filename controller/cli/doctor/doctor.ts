import type { KindName, Kinds } from '../../api/kinds.gen.ts';
import { resourceOf } from '../../cluster/resources.ts';
import { readConfig } from '../../config.ts';
import { unknown, wrong, type Finding } from '../../integrations/kit/finding.ts';
import type { Instant } from '../../runtime/clock.ts';
import { KubeError } from '../../runtime/kube-errors.ts';
import { requestTimeout, withCluster, type Cluster } from '../cluster.ts';
import { count, type Io } from '../io.ts';
import type { DoctorOptions } from '../options.ts';
import { admissionPolicies } from './admission.ts';
import { apiServer, crds, lease } from './cluster.ts';
import { integrationFindings } from './integrations.ts';
import { lines } from './lines.ts';
import { unservedIncidents } from './unserved.ts';

/** Prints what is right and wrong with the connection to the cluster and the vendors. Reads only. @returns 1 when something is wrong */
export async function doctor(options: DoctorOptions, io: Io): Promise<number> {
  const findings = await withCluster(options, (cluster) => examine(cluster, options, io));
  const bad = findings.filter(({ ok }) => ok === false).length;
  if (options.output === 'json') io.out(JSON.stringify({ ok: bad === 0, findings }, undefined, 2));
  else
    io.out(
      [
        ...findings.flatMap(lines),
        `${count(findings.length, 'check')}, ${bad === 0 ? 'no problem' : count(bad, 'problem')}`,
      ].join('\n'),
    );
  return bad === 0 ? 0 : 1;
}

async function examine(cluster: Cluster, options: DoctorOptions, io: Io): Promise<readonly Finding[]> {
  const { namespace: release } = readConfig(io.env);
  const server = await apiServer(cluster, () => io.now());
  if (server[0]?.ok !== true) return server;
  const definitions = await crds(cluster);
  const base = [
    ...server,
    ...definitions,
    ...(await admissionPolicies(cluster)),
    await lease(cluster, release, io.now()),
  ];
  // Nothing of ours can be listed.
  if (definitions.some(({ ok, says }) => ok === false && says.includes('not installed'))) return base;
  const places = options.allNamespaces ? [undefined] : [...new Set([cluster.namespace, release])];
  const findings: Finding[] = [...(await unservedIncidents(cluster, release, places, io.now()))];
  for (const place of places) findings.push(...(await inNamespace(cluster, place, () => io.now())));
  return [...base, ...findings];
}

async function inNamespace(
  cluster: Cluster,
  namespace: string | undefined,
  now: () => Instant,
): Promise<readonly Finding[]> {
  const all = async <K extends KindName>(kind: K): Promise<readonly Kinds[K][]> =>
    (await cluster.client.list<Kinds[K]>(resourceOf(kind), { namespace, timeout: requestTimeout })).items;
  const where = namespace === undefined ? 'all namespaces' : `namespace ${namespace}`;
  try {
    const [integrations, policies] = [await all('Integration'), await all('ResponsePolicy')];
    if (integrations.length === 0)
      return [unknown(`Integrations in ${where}`, 'there are none: every capability is off')];
    const findings: Finding[] = [];
    for (const integration of integrations)
      findings.push(
        ...(await integrationFindings(
          cluster,
          integration,
          policies.filter(
            ({ metadata }) =>
              metadata.namespace === integration.metadata.namespace ||
              integration.spec.allowedNamespaces.from === 'All',
          ),
          now,
        )),
      );
    return findings;
  } catch (error) {
    if (!(error instanceof KubeError) || error.status !== 403) throw error;
    return [
      wrong(
        `Integrations in ${where}`,
        'you may not list them',
        'Ask for the verb list on integrations and responsepolicies.',
      ),
    ];
  }
}
