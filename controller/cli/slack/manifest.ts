import { stringify } from 'yaml';
import { withDefaults } from '../../api/defaults.ts';
import type { Integration } from '../../api/integration.gen.ts';
import type { KindName, Kinds } from '../../api/kinds.gen.ts';
import { formatProblem } from '../../api/problems.ts';
import type { ResponsePolicy } from '../../api/response-policy.gen.ts';
import { validateFile } from '../../api/validate.ts';
import { resourceOf } from '../../cluster/resources.ts';
import { readConfig } from '../../config.ts';
import { manifest, botScopes, botEvents, type Needs } from '../../integrations/slack/app.ts';
import { noCluster, requestTimeout, withClusterIfAny, type Cluster } from '../cluster.ts';
import { documentsOf, readInputs } from '../files.ts';
import { CliError, type Io } from '../io.ts';
import { isOfKind } from '../plan/world.ts';
import type { ManifestOptions } from '../options.ts';
import { needsOf } from '../../integrations/slack/needs.ts';

interface Configured {
  readonly integrations: readonly Integration[];
  readonly policies: readonly ResponsePolicy[];
}

/** Prints the manifest of the Slack app that what is configured needs. @returns the exit code */
export async function slackManifest(files: readonly string[], options: ManifestOptions, io: Io): Promise<number> {
  const configured = files.length > 0 ? await inFiles(files, io) : await inCluster(options, io);
  if (configured === undefined) return 1;
  const integration = chosen(configured.integrations, options.integration);
  const found = needsOf(
    integration?.metadata.name,
    integration?.spec.provider?.slack?.mode ?? 'Socket',
    configured.policies,
  );
  const needs: Needs = {
    ...found,
    ...(options.mode === undefined ? {} : { mode: options.mode === 'http' ? 'Http' : 'Socket' }),
    ...(options.privateChannels === undefined ? {} : { privateChannels: options.privateChannels === 'on' }),
  };
  const url = urlOf(needs, options, integration, readConfig(io.env).namespace);
  const made = manifest(needs, {
    name: options.name,
    command: readConfig(io.env).slackCommand,
    ...(url === undefined ? {} : { url }),
  });
  io.out(
    options.output === 'json' ? JSON.stringify(made, undefined, 2) : withReasons(stringify(made), needs).trimEnd(),
  );
  return 0;
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

async function inCluster(options: ManifestOptions, io: Io): Promise<Configured> {
  const found = await withClusterIfAny(options, (cluster) => ofCluster(cluster, io));
  if (found !== noCluster) return found;
  io.err('allclear: no cluster and no file is named, so this is the manifest for the defaults');
  return { integrations: [], policies: [] };
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

/** The one Slack Integration; undefined where there is none yet. @throws CliError when there are several, or not that one */
function chosen(integrations: readonly Integration[], named: string | undefined): Integration | undefined {
  const all = integrations.filter(({ spec }) => spec.provider?.slack !== undefined);
  const names = [...new Set(all.map(({ metadata }) => metadata.name))].join(', ');
  if (named === undefined) {
    if (all.length < 2) return all[0];
    throw new CliError(
      `there are several Integrations of Slack (${names}), each an app of its own: name one with --integration`,
    );
  }
  const found = all.find(({ metadata }) => metadata.name === named);
  if (found) return found;
  throw new CliError(`there is no Integration of Slack called ${named}${names === '' ? '' : `; there is ${names}`}`);
}

/** Where Slack sends everything: the address as it is given, or below that of the server, where the controller listens. */
function urlOf(
  { mode }: Needs,
  { url, namespace }: ManifestOptions,
  integration: Integration | undefined,
  usual: string,
): string | undefined {
  if (mode === 'Socket') {
    if (url !== undefined) throw new CliError('--url is for --mode http: over sockets Slack calls no address');
    return undefined;
  }
  if (url === undefined) throw new CliError('with mode http Slack calls us: say where with --url https://…');
  if (!URL.canParse(url) || new URL(url).protocol !== 'https:')
    throw new CliError(`--url ${url}: Slack takes only an address that begins with https://`);
  const { origin, pathname } = new URL(url);
  if (pathname !== '/') return url;
  const place = integration?.metadata.namespace ?? namespace ?? usual;
  return `${origin}/slack/${place}/${integration?.metadata.name ?? 'slack'}`;
}

/** The reason behind each scope and event, where an administrator reads them. */
function withReasons(yaml: string, needs: Needs): string {
  const whys = new Map([...botScopes(needs), ...botEvents(needs)].map(({ name, why }) => [name, why]));
  return yaml.replaceAll(/^( +- )([\w.:]+)$/gm, (line, _, name: string) => {
    const why = whys.get(name);
    return why === undefined ? line : `${line} # ${why}`;
  });
}
