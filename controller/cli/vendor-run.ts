import { withDefaults } from '../api/defaults.ts';
import type { KindName, Kinds } from '../api/kinds.gen.ts';
import { formatProblem } from '../api/problems.ts';
import { validateFile } from '../api/validate.ts';
import { resourceOf } from '../cluster/resources.ts';
import { readConfig } from '../config.ts';
import type { CommandRun, Configured } from '../integrations/kit/commands.ts';
import { noCluster, requestTimeout, withClusterIfAny, type Cluster } from './cluster.ts';
import { documentsOf, readInputs } from './files.ts';
import type { Io } from './io.ts';
import { isOfKind } from './plan/world.ts';

/** For one call of a vendor's command. */
export function commandRun(io: Io): CommandRun {
  return {
    install: () => readConfig(io.env),
    inFiles: (files) => inFiles(files, io),
    async inCluster(options) {
      const found = await withClusterIfAny(options, (cluster) => ofCluster(cluster, io));
      return found === noCluster ? undefined : found;
    },
    out: (text) => io.out(text),
    err: (text) => io.err(text),
  };
}

async function inFiles(files: readonly string[], io: Io): Promise<Configured | undefined> {
  const inputs = await readInputs(files, io);
  const problems = inputs.files.filter(({ found }) => !found).flatMap(({ text, path }) => validateFile(text, path));
  for (const problem of problems) io.err(formatProblem(problem));
  if (problems.length > 0) return undefined;
  const declared = inputs.files.flatMap((file) => documentsOf(file).ours);
  const all = <K extends KindName>(kind: K): Kinds[K][] =>
    declared.flatMap((each) => {
      const object: unknown = each.kind === kind ? withDefaults(kind, each.object) : undefined;
      return isOfKind(kind, object) ? [object] : [];
    });
  return { integrations: all('Integration'), policies: all('ResponsePolicy') };
}

/** Of the namespace, and what the controller's own shares with it. */
async function ofCluster({ client, namespace }: Cluster, io: Io): Promise<Configured> {
  const places = [...new Set([namespace, readConfig(io.env).namespace])];
  const all = async <K extends KindName>(kind: K): Promise<Kinds[K][]> =>
    (
      await Promise.all(
        places.map((place) => client.list<Kinds[K]>(resourceOf(kind), { namespace: place, timeout: requestTimeout })),
      )
    ).flatMap(({ items }) => items);
  return { integrations: await all('Integration'), policies: await all('ResponsePolicy') };
}
