import { stringify } from 'yaml';
import type { Integration } from '../../api/integration.gen.ts';
import { CommandRefused, type ClusterOptions, type CommandRun, type Configured } from '../kit/commands.ts';
import { manifest, botScopes, botEvents, type Needs } from './app.ts';
import { needsOf } from './needs.ts';

export interface ManifestOptions extends ClusterOptions {
  readonly mode?: 'socket' | 'http';
  readonly url?: string;
  readonly privateChannels?: 'on' | 'off';
  readonly integration?: string;
  readonly name: string;
  readonly output: 'yaml' | 'json';
}

/** Prints the manifest of the Slack app that what is configured needs. @returns the exit code */
export async function slackManifest(
  files: readonly string[],
  options: ManifestOptions,
  run: CommandRun,
): Promise<number> {
  const configured = files.length > 0 ? await run.inFiles(files) : await inCluster(options, run);
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
  const install = run.install();
  const url = urlOf(needs, options, integration, install.namespace);
  const made = manifest(needs, {
    name: options.name,
    command: install.command,
    ...(url === undefined ? {} : { url }),
  });
  run.out(
    options.output === 'json' ? JSON.stringify(made, undefined, 2) : withReasons(stringify(made), needs).trimEnd(),
  );
  return 0;
}

async function inCluster(options: ManifestOptions, run: CommandRun): Promise<Configured> {
  const found = await run.inCluster(options);
  if (found !== undefined) return found;
  run.err('allclear: no cluster and no file is named, so this is the manifest for the defaults');
  return { integrations: [], policies: [] };
}

/** The one Slack Integration; undefined where there is none yet. @throws CommandRefused when there are several, or not that one */
function chosen(integrations: readonly Integration[], named: string | undefined): Integration | undefined {
  const all = integrations.filter(({ spec }) => spec.provider?.slack !== undefined);
  const names = [...new Set(all.map(({ metadata }) => metadata.name))].join(', ');
  if (named === undefined) {
    if (all.length < 2) return all[0];
    throw new CommandRefused(
      `there are several Integrations of Slack (${names}), each an app of its own: name one with --integration`,
    );
  }
  const found = all.find(({ metadata }) => metadata.name === named);
  if (found) return found;
  throw new CommandRefused(
    `there is no Integration of Slack called ${named}${names === '' ? '' : `; there is ${names}`}`,
  );
}

/** Where Slack sends everything: the address as it is given, or below that of the server, where the controller listens. */
function urlOf(
  { mode }: Needs,
  { url, namespace }: ManifestOptions,
  integration: Integration | undefined,
  usual: string,
): string | undefined {
  if (mode === 'Socket') {
    if (url !== undefined) throw new CommandRefused('--url is for --mode http: over sockets Slack calls no address');
    return undefined;
  }
  if (url === undefined) throw new CommandRefused('with mode http Slack calls us: say where with --url https://…');
  if (!URL.canParse(url) || new URL(url).protocol !== 'https:')
    throw new CommandRefused(`--url ${url}: Slack takes only an address that begins with https://`);
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
