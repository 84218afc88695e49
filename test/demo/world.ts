import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseAllDocuments, stringify } from 'yaml';
import { getClusterTools } from '../../tools/cluster-tools.ts';
import { startCluster, type Cluster } from '../cluster/cluster.ts';
import { ownConfig, ownCrds } from '../cluster/crds.ts';
import { startGitHub, type GitHub } from '../emulators/github.ts';
import { startSlack, type Slack } from '../emulators/slack.ts';
import { secret } from '../world/integrations.ts';
import { keepRunning } from './keep-running.ts';
import type { Screen } from './screen.ts';
import { openWorkspace, setUpSlack } from './workspace.ts';

export const namespace = 'allclear-system';

export interface World {
  readonly cluster: Cluster;
  readonly slack: Slack;
  readonly github: GitHub;
  /** Files that are made for this run; they go with it. */
  readonly files: { readonly integrations: string; readonly secrets: string };
}

/** What is to be ended, the last first, however far the start came. */
export class Closers {
  private readonly all: (() => Promise<unknown>)[] = [];
  private closing: Promise<void> | undefined;

  add(close: () => Promise<unknown>): void {
    this.all.push(close);
  }

  close(): Promise<void> {
    this.closing ??= this.run();
    return this.closing;
  }

  private async run(): Promise<void> {
    for (const close of this.all.toReversed()) {
      // The others are ended all the same.
      await close().catch((error: unknown) => console.error(String(error)));
    }
  }
}

/** Gets the tools and starts everything, saying so. Throws when `signal` is aborted; what runs by then is in `closers`. */
export async function startWorld(screen: Screen, closers: Closers, signal: AbortSignal): Promise<World> {
  const started = async <T>(what: string, start: () => Promise<T>, close: (it: T) => Promise<unknown>): Promise<T> => {
    signal.throwIfAborted();
    const before = performance.now();
    const work = start();
    const it = await screen.during(() => what, work);
    closers.add(() => close(it));
    screen.good(`${what} (${((performance.now() - before) / 1_000).toFixed(1)} s)`);
    return it;
  };

  const tools = await getClusterTools();
  signal.throwIfAborted();
  const cluster = await started(
    'Kubernetes API server and etcd',
    () => startCluster({ crds: [ownCrds], config: [ownConfig], tools }),
    (it) => it.stop(),
  );
  // So that nobody needs to type -n.
  await cluster.kubectl('create', 'namespace', namespace);
  await cluster.kubectl('config', 'set-context', '--current', `--namespace=${namespace}`);
  const slack = await started(
    'Slack, emulated',
    async () => {
      const it = await startSlack();
      await setUpSlack(it);
      return it;
    },
    (it) => it.close(),
  );
  const github = await started(
    'GitHub, emulated, with a git server',
    () => startGitHub({ owner: 'acme', repo: 'incidents' }),
    (it) => it.close(),
  );
  const controller = keepRunning(environment(cluster));
  closers.add(() => controller.stop());
  // Before AllClear asks Slack where its channels can be looked at.
  await started(
    'a workspace to try it in',
    () => openWorkspace(cluster, slack, github, controller),
    (it) => it.close(),
  );
  screen.link('watch it there', slack.pageUrl);
  await started(
    'AllClear',
    () => controller.current().logged('leading'),
    async () => undefined,
  );
  return { cluster, slack, github, files: await writeFiles(cluster.folder, slack, github) };
}

const environment = (cluster: Cluster): Record<string, string> => ({
  KUBECONFIG: cluster.kubeconfig,
  ALLCLEAR_NAMESPACE: namespace,
  // A merge is seen soon; by default it is looked for once a minute.
  ALLCLEAR_REVIEW_INTERVAL_SECONDS: '1',
  // Whoever kills it on the page need not wait the usual 15 s until the next process leads.
  ALLCLEAR_LEASE_DURATION_SECONDS: '6',
});

/** docs/examples/integrations.yaml with the emulators' addresses, and the Secrets that it asks for. */
async function writeFiles(folder: string, slack: Slack, github: GitHub): Promise<World['files']> {
  const documents = parseAllDocuments(await readFile('docs/examples/integrations.yaml', 'utf8'));
  for (const document of documents) {
    const at = (vendor: string, address: string, url: string): void => {
      const path = ['spec', 'provider', vendor];
      if (document.hasIn(path)) document.setIn([...path, address], url);
    };
    at('slack', 'apiUrl', slack.url);
    at('github', 'apiUrl', github.apiUrl);
    at('git', 'url', github.gitUrl);
  }
  const secrets = [
    secret(namespace, 'slack', slack.url, { botToken: slack.botToken, appToken: slack.appToken }),
    secret(namespace, 'github', github.apiUrl, { token: github.token }),
    secret(namespace, 'git', github.gitUrl, { token: github.token }),
  ];
  const files = { integrations: join(folder, 'integrations.yaml'), secrets: join(folder, 'secrets.yaml') };
  await writeFile(files.integrations, documents.map((document) => document.toString()).join('---\n'));
  await writeFile(files.secrets, secrets.map((one) => stringify(one)).join('---\n'), { mode: 0o600 });
  return files;
}
