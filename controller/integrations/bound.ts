import type { Connection, Secrets, Vendor, VendorContext, VendorFacts } from './vendor.ts';

/** A vendor with the options of one Integration. */
export interface Bound {
  readonly vendor: VendorFacts;
  readonly secretKeys: readonly (readonly string[])[];
  /** Host and port that the Secret's values will be sent to. */
  readonly destination: string;
  connect(secrets: Secrets, context: VendorContext): Connection;
}

/** @param options undefined: the Integration is of another vendor */
export function bound<O extends { apiUrl?: string; url?: string }>(
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
