import type { ClusterOptions } from '../integrations/kit/commands.ts';
import { systemClock } from '../runtime/clock.ts';
import { KubeClient } from '../runtime/kube.ts';
import { loadEndpoint, NoCluster } from '../runtime/kube-config.ts';
import { KubeError } from '../runtime/kube-errors.ts';
import { phrase } from '../runtime/outcome.ts';
import { CliError } from './io.ts';

export interface Cluster {
  readonly client: KubeClient;
  /** Of what states none: the option's, else the kubeconfig's, else `default`. */
  readonly namespace: string;
}

/** Longest that one answer of the API server may take; the client's own default is for a controller's requestTimeout. */
export const requestTimeout = 10_000;

/**
 * Does `task` with the cluster that the options name.
 * @throws CliError when nothing names one, or it cannot be read; KubeUnreachable, KubeError
 */
export async function withCluster<T>(options: ClusterOptions, task: (cluster: Cluster) => Promise<T>): Promise<T> {
  const result = await withClusterIfAny(options, task);
  if (result !== noCluster) return result;
  throw new CliError('there is no cluster to talk to: set KUBECONFIG, or name a file with --kubeconfig');
}

export const noCluster = Symbol('no cluster');

/** As withCluster; `noCluster` where nothing names one. */
export async function withClusterIfAny<T>(
  options: ClusterOptions,
  task: (cluster: Cluster) => Promise<T>,
): Promise<T | typeof noCluster> {
  let endpoint;
  try {
    endpoint = loadEndpoint({ context: options.context, file: options.kubeconfig });
  } catch (error) {
    if (error instanceof NoCluster) return noCluster;
    throw new CliError(phrase(error), { cause: error });
  }
  const client = new KubeClient({ endpoint, clock: systemClock, fieldManager: 'allclear-cli' });
  try {
    return await task({ client, namespace: options.namespace ?? endpoint.namespace ?? 'default' });
  } catch (error) {
    // A path that nobody serves; a missing object is asked for with find.
    if (
      error instanceof KubeError &&
      error.status === 404 &&
      /could not find the requested resource/.test(error.message)
    )
      throw new CliError('the cluster does not know AllClear’s resources: kubectl apply -f crds/', { cause: error });
    throw error;
  } finally {
    await client.close();
  }
}
