import type { Integration } from '../../api/integration.gen.ts';
import type { IncidentUpdate } from '../../api/incident-update.gen.ts';
import { withAuthor } from '../../cluster/field-managers.ts';
import { resourceOf } from '../../cluster/resources.ts';
import { readConfig } from '../../config.ts';
import { requestTimeout, withCluster, type Cluster } from '../cluster.ts';
import { isUpdateOf } from '../../timeline/identity.ts';
import { claimsAsNotes } from '../../timeline/series.ts';
import { inReach } from '../../integrations/choose.ts';
import { nounsOf } from '../../integrations/nouns.ts';
import { KubeError } from '../../runtime/kube-errors.ts';
import type { Io } from '../io.ts';
import type { ExplainOptions } from '../options.ts';
import { findIncident } from './find.ts';
import { controllerTrouble } from './health.ts';
import { printStory } from './print.ts';
import { isServed, readControllers, unserved } from './serving.ts';
import { storyOf } from './story.ts';

/** Prints why each effect of an incident happened, waits or did not. @returns the exit code */
export async function explain(given: string, options: ExplainOptions, io: Io): Promise<number> {
  return withCluster(options, async (cluster) => {
    const incident = await findIncident(cluster, given, options.allNamespaces === true);
    const { namespace, name } = incident.metadata;
    const release = readConfig(io.env).namespace;
    const [updates, trouble, controllers, integrations] = await Promise.all([
      cluster.client.list<IncidentUpdate>(resourceOf('IncidentUpdate'), {
        namespace,
        fieldSelector: `spec.incidentRef.name=${name}`,
        timeout: requestTimeout,
      }),
      controllerTrouble(cluster, release, io.now()),
      readControllers(cluster, release, io.now()),
      Promise.all([...new Set([namespace, release])].map((place) => integrationsOf(cluster, place))),
    ]);
    // Another install than the one that was asked about may serve it.
    const served = controllers !== undefined && isServed(namespace, controllers) === true;
    const troubles = served ? [] : [trouble, unserved(namespace, controllers)].filter((each) => each !== undefined);
    const own = updates.items.filter((update) => isUpdateOf(update, incident)).map(withAuthor);
    const noun = nounsOf(inReach(integrations.flat(), release, namespace));
    const story = storyOf(incident, claimsAsNotes(incident, incident.status?.applied, own), troubles, noun);
    io.out(options.output === 'json' ? JSON.stringify(story, undefined, 2) : printStory(story).join('\n'));
    return 0;
  });
}

/** For their vendors' words alone: whoever may not read them reads the usual ones. */
async function integrationsOf({ client }: Cluster, namespace: string): Promise<readonly Integration[]> {
  try {
    return (await client.list<Integration>(resourceOf('Integration'), { namespace, timeout: requestTimeout })).items;
  } catch (error) {
    if (error instanceof KubeError && error.status === 403) return [];
    throw error;
  }
}
