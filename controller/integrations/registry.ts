import type { Integration, IntegrationSpec } from '../api/integration.gen.ts';
import { git } from './git/git.ts';
import { github } from './github/github.ts';
import { slack } from './slack/slack.ts';
import type { Connection, Secrets, Vendor, VendorContext, VendorFacts } from './vendor.ts';

/** The only list of vendors. A new one is a folder, its sub-object in crds/integrations.yaml, and a line here. */
const registry: readonly {
  readonly vendor: VendorFacts;
  readonly bind: (spec: IntegrationSpec) => Bound | undefined;
}[] = [
  { vendor: slack, bind: (spec) => bound(slack, spec.slack) },
  { vendor: github, bind: (spec) => bound(github, spec.github) },
  { vendor: git, bind: (spec) => bound(git, spec.git) },
];

export const vendors: readonly VendorFacts[] = registry.map(({ vendor }) => vendor);

/** An Integration's vendor with its options bound. */
export interface Bound {
  readonly vendor: VendorFacts;
  readonly secretKeys: readonly (readonly string[])[];
  /** Host and port that the Secret's values will be sent to. */
  readonly destination: string;
  connect(secrets: Secrets, context: VendorContext): Connection;
}

/** undefined: a sub-object that this version does not know. */
export function bind(integration: Integration): Bound | undefined {
  for (const each of registry) {
    const found = each.bind(integration.spec);
    if (found) return found;
  }
  return undefined;
}

function bound<O extends { apiUrl?: string; url?: string }>(
  vendor: Vendor<O>,
  options: O | undefined,
): Bound | undefined {
  if (options === undefined) return undefined;
  return {
    vendor,
    secretKeys: vendor.secretKeys,
    destination: destinationOf(options),
    connect: (secrets, context) => vendor.connect(options, secrets, context),
  };
}

/** `api.github.com`, `127.0.0.1:4001`; of `git@host:path` the host. */
function destinationOf(options: { apiUrl?: string; url?: string }): string {
  const address = options.apiUrl ?? options.url ?? '';
  const scp = /^[^/@]+@([^/:]+):/.exec(address);
  if (scp?.[1] !== undefined) return scp[1];
  return URL.canParse(address) ? new URL(address).host : address;
}
