import { readFileSync } from 'node:fs';
import { request } from 'undici';
import { parse } from 'yaml';
import { group } from '../../api/names.ts';
import { plurals } from '../../api/kinds.gen.ts';
import { isRecord } from '../../api/schema.ts';
import { fine, unknown, wrong, type Finding } from '../../integrations/kit/finding.ts';
import { skew } from '../../integrations/kit/skew.ts';
import { canonical } from '../../runtime/canonical.ts';
import { KubeError } from '../../runtime/kube-errors.ts';
import { Dialer } from '../../runtime/kube-endpoint.ts';
import type { KubeObject, Resource } from '../../runtime/kube-object.ts';
import { phrase } from '../../runtime/outcome.ts';
import { requestTimeout, type Cluster } from '../cluster.ts';
import { controllerTrouble } from '../explain/health.ts';
import type { Instant } from '../../runtime/clock.ts';

/** The oldest Kubernetes whose API server accepts the CRDs' rules. */
const oldest = { major: 1, minor: 33 } as const;

/** Whether the API server answers, how old it is, and what its clock says. Undefined findings end the visit. */
export async function apiServer({ client }: Cluster, now: () => Instant): Promise<readonly Finding[]> {
  const about = `API server ${client.endpoint.server}`;
  const dialer = new Dialer();
  try {
    const credentials = await client.endpoint.credentials(false);
    const answer = await request(`${client.endpoint.server.replace(/\/+$/, '')}/version`, {
      dispatcher: dialer.to(credentials),
      headers: { ...credentials.headers },
      signal: AbortSignal.timeout(requestTimeout),
    });
    const at = now();
    const body: unknown = await answer.body.json();
    if (answer.statusCode !== 200)
      return [
        wrong(about, `it answered ${answer.statusCode}`, 'Look at the user of the kubeconfig: it is not let in.'),
      ];
    const { date } = answer.headers;
    return [
      version(about, isRecord(body) ? body : {}),
      skew('the API server', typeof date === 'string' ? date : undefined, at),
    ];
  } catch (error) {
    return [
      wrong(
        about,
        `no answer: ${phrase(error, 200)}`,
        'Look whether the cluster is up, and at the server in the kubeconfig.',
      ),
    ];
  } finally {
    await dialer.close();
  }
}

function version(about: string, { major, minor, gitVersion }: Readonly<Record<string, unknown>>): Finding {
  const shown = typeof gitVersion === 'string' ? gitVersion : 'no version';
  const [a, b] = [Number.parseInt(String(major), 10), Number.parseInt(String(minor), 10)];
  if (a > oldest.major || (a === oldest.major && b >= oldest.minor)) return fine(about, shown);
  const least = `${oldest.major}.${oldest.minor}`;
  return wrong(about, `${shown} is older than ${least}`, `Use Kubernetes ${least} or newer: the CRDs need it.`);
}

const definitions: Resource = {
  namespaced: false,
  group: 'apiextensions.k8s.io',
  version: 'v1',
  plural: 'customresourcedefinitions',
};
const folder = new URL('../../../crds/', import.meta.url);

/** Whether each CRD is there, and as this version has it. */
export async function crds({ client }: Cluster): Promise<readonly Finding[]> {
  return Promise.all(
    Object.values(plurals).map(async (plural) => {
      const name = `${plural}.${group}`;
      const about = `CRD ${name}`;
      const todo = 'kubectl apply -f crds/';
      try {
        const there = await client.find<KubeObject>(definitions, name, { timeout: requestTimeout });
        if (!there) return wrong(about, 'it is not installed', todo);
        const here: unknown = parse(readFileSync(new URL(`${plural}.yaml`, folder), 'utf8'));
        return canonical(schemaIn(there)) === canonical(schemaIn(here))
          ? fine(about, 'installed, of this version')
          : wrong(about, 'installed, of another version than this', todo);
      } catch (error) {
        if (!(error instanceof KubeError) || error.status !== 403) throw error;
        return unknown(about, 'you may not read it');
      }
    }),
  );
}

/** The schema of the first version. */
function schemaIn(definition: unknown): unknown {
  const spec = isRecord(definition) ? definition['spec'] : undefined;
  const versions = isRecord(spec) ? spec['versions'] : undefined;
  const first: unknown = Array.isArray(versions) ? versions[0] : undefined;
  return isRecord(first) ? first['schema'] : undefined;
}

/** Whether a controller leads. */
export async function lease(cluster: Cluster, releaseNamespace: string, now: Instant): Promise<Finding> {
  const about = `Controller in ${releaseNamespace}`;
  const trouble = await controllerTrouble(cluster, releaseNamespace, now);
  if (trouble === undefined) return fine(about, 'it holds its Lease and renews it');
  const [says = '', ...todo] = trouble.split('. ');
  return says.startsWith('Whether') ? unknown(about, trouble) : wrong(about, says, todo.join('. '));
}
