import type { Finding } from './kit/finding.ts';
import type { Connection, DoctorVisit, Secrets, Vendor, VendorContext, VendorFacts } from './kit/vendor.ts';

/** A vendor with the options of one Integration. */
export interface Bound {
  readonly vendor: VendorFacts;
  readonly secretKeys: readonly (readonly string[])[];
  /** See Vendor.hosts. */
  readonly hosts: readonly string[];
  connect(secrets: Secrets, context: VendorContext): Connection;
  /** See Vendor.doctor. */
  doctor(visit: Omit<DoctorVisit<unknown>, 'options'>): Promise<readonly Finding[]>;
}

/** @param options undefined: the Integration is of another vendor */
export function bound<O>(vendor: Vendor<O>, options: O | undefined): Bound | undefined {
  if (options === undefined) return undefined;
  return {
    vendor,
    secretKeys: vendor.secretKeys,
    hosts: vendor.hosts(options),
    connect: (secrets, context) => vendor.connect(options, secrets, context),
    doctor: async (visit) => (await vendor.doctor?.({ ...visit, options })) ?? [await visit.check()],
  };
}
