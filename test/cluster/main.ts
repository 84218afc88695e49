// `make cluster`: a local API server in the foreground, with AllClear's CRDs and admission policies, until Ctrl-C or SIGTERM.
import { messageOf } from '../../tools/progress.ts';
import { startCluster, type Cluster } from './cluster.ts';
import { ownConfig, ownCrds } from './crds.ts';

const namespace = process.env['ALLCLEAR_NAMESPACE'] || 'allclear-system';

const started = startCluster({ crds: [ownCrds], config: [ownConfig] });

let ending = false;

async function end(): Promise<void> {
  ending = true;
  const cluster = await started.catch(() => undefined);
  await cluster?.stop();
  process.exit(0);
}
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.once(signal, () => void end());

async function serve({ kubeconfig, kubectl, server, folder }: Cluster): Promise<void> {
  await kubectl('create', 'namespace', namespace);
  console.error(`Kubernetes API server at ${server}, logs in ${folder}. Ctrl-C ends it and removes all of it.`);
  console.log(`KUBECONFIG=${kubeconfig}`);
}

try {
  await serve(await started);
} catch (error) {
  // What fails because it is being ended is no news.
  if (!ending) console.error(messageOf(error));
  await started.then(
    (cluster) => cluster.stop(),
    () => undefined,
  );
  process.exitCode = 1;
}
