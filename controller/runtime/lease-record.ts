import type { Duration, Instant } from './clock.ts';
import type { KubeClient } from './kube.ts';
import { KubeError } from './kube-errors.ts';
import type { KubeObject, Resource } from './kube-object.ts';

/** Who leads, as a coordination.k8s.io/v1 Lease says it. */
export interface LeaseRecord {
  /** Empty: nobody; it was released. */
  readonly holder: string;
  /** As the holder promised it. */
  readonly duration: Duration;
  /** For people; no decision is made by another machine's clock. */
  readonly acquiredAt: Instant;
  readonly renewedAt: Instant;
  /** How often it went from one holder to another. */
  readonly transitions: number;
}

export interface StoredLease {
  readonly record: LeaseRecord;
  readonly version: string;
  /** Of the object; what its holder says about itself. No decision about leading is made by them. */
  readonly annotations?: Readonly<Record<string, string>>;
}

/** Where the record is kept. All calls end within `timeout`. */
export interface LeaseStore {
  read(timeout: Duration): Promise<StoredLease | undefined>;
  /** Stores the record if it is still as it was at `version`, or still absent. Nothing: someone else was faster. */
  write(record: LeaseRecord, version: string | undefined, timeout: Duration): Promise<StoredLease | undefined>;
}

const leases: Resource = { group: 'coordination.k8s.io', version: 'v1', plural: 'leases' };

interface Lease extends KubeObject {
  readonly spec?: {
    readonly holderIdentity?: string;
    readonly leaseDurationSeconds?: number;
    readonly acquireTime?: string;
    readonly renewTime?: string;
    readonly leaseTransitions?: number;
  };
}

/**
 * @param client used for nothing else, so that no other call holds up a renewal
 * @param annotations what this process says of itself, written with each record
 */
export function leaseIn(
  client: KubeClient,
  namespace: string,
  name: string,
  annotations: Readonly<Record<string, string>> = {},
): LeaseStore {
  return {
    async read(timeout) {
      const lease = await client.find<Lease>(leases, name, { namespace, timeout });
      return lease && stored(lease);
    },
    async write(record, version, timeout) {
      const metadata = { name, namespace, annotations, ...(version !== undefined && { resourceVersion: version }) };
      const lease = { apiVersion: 'coordination.k8s.io/v1', kind: 'Lease', metadata, spec: specOf(record) };
      try {
        return stored(
          version === undefined
            ? await client.create<Lease>(leases, lease, { namespace, timeout })
            : await client.patch<Lease>(leases, name, lease, { type: 'merge', namespace, timeout }),
        );
      } catch (error) {
        // 404: it was deleted meanwhile; the next try makes it anew.
        if (error instanceof KubeError && (error.status === 409 || error.status === 404)) return undefined;
        throw error;
      }
    },
  };
}

/** The Leases of a name in all namespaces, by namespace. For readers: none of them is campaigned for. */
export async function leasesNamed(
  client: KubeClient,
  name: string,
  timeout: Duration,
): Promise<ReadonlyMap<string, StoredLease>> {
  const { items } = await client.list<Lease>(leases, { fieldSelector: `metadata.name=${name}`, timeout });
  return new Map(items.map((lease) => [lease.metadata.namespace ?? '', stored(lease)]));
}

function specOf({ holder, duration, acquiredAt, renewedAt, transitions }: LeaseRecord) {
  return {
    // As client-go: absent when released.
    holderIdentity: holder || null,
    leaseDurationSeconds: Math.max(1, Math.ceil(duration / 1_000)),
    acquireTime: microTime(acquiredAt),
    renewTime: microTime(renewedAt),
    leaseTransitions: transitions,
  };
}

function stored({ metadata, spec = {} }: Lease): StoredLease {
  return {
    version: metadata.resourceVersion ?? '',
    ...(metadata.annotations === undefined ? {} : { annotations: metadata.annotations }),
    record: {
      holder: spec.holderIdentity ?? '',
      duration: (spec.leaseDurationSeconds ?? 0) * 1_000,
      acquiredAt: Date.parse(spec.acquireTime ?? '') || 0,
      renewedAt: Date.parse(spec.renewTime ?? '') || 0,
      transitions: spec.leaseTransitions ?? 0,
    },
  };
}

/** metav1.MicroTime wants all six digits. */
const microTime = (at: Instant): string => new Date(at).toISOString().replace('Z', '000Z');
