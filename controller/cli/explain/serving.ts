import { leaseName, servesAnnotation } from '../../api/names.ts';
import type { Instant } from '../../runtime/clock.ts';
import { KubeError } from '../../runtime/kube-errors.ts';
import { leaseIn, leasesNamed, type StoredLease } from '../../runtime/lease-record.ts';
import { joinWithin } from '../../text.ts';
import { requestTimeout, type Cluster } from '../cluster.ts';
import { leads } from './health.ts';

/** A controller that leads, by its Lease. */
export interface Controller {
  /** Its own namespace, which names the install. */
  readonly install: string;
  /** The namespaces whose incidents it serves; undefined: its version does not say. */
  readonly serves: readonly string[] | undefined;
}

/** The controllers that lead now. */
export interface Controllers {
  readonly leading: readonly Controller[];
  /** Whether these are all: false where only the Lease of one install may be read. */
  readonly all: boolean;
}

/** Reads every Lease of a controller, or that of `release` alone. Undefined where not even that may be read. */
export async function readControllers(
  { client }: Cluster,
  release: string,
  now: Instant,
): Promise<Controllers | undefined> {
  const everywhere = await unlessForbidden(leasesNamed(client, leaseName, requestTimeout));
  if (everywhere !== undefined) return { leading: leadersOf(everywhere, now), all: true };
  const own = await unlessForbidden(
    leaseIn(client, release, leaseName)
      .read(requestTimeout)
      .then((lease) => ({ lease })),
  );
  if (own === undefined) return undefined;
  return { leading: leadersOf(new Map(own.lease === undefined ? [] : [[release, own.lease]]), now), all: false };
}

/** What the Leases, by namespace, say of those who lead. */
export function leadersOf(leases: ReadonlyMap<string, StoredLease>, now: Instant): Controller[] {
  return [...leases]
    .filter(([, { record }]) => leads(record, now))
    .map(([install, { annotations }]) => ({
      install,
      serves: annotations?.[servesAnnotation]?.split(',').filter((namespace) => namespace !== ''),
    }));
}

/** What is known of who serves a namespace. Nothing is known of it where nobody leads, or one who leads does not say. */
export function isServed(namespace: string, { leading }: Controllers): boolean | undefined {
  if (leading.some(({ serves }) => serves?.includes(namespace))) return true;
  return leading.length === 0 || leading.some(({ serves }) => serves === undefined) ? undefined : false;
}

/** What is wrong with a namespace that is not served, and what a person does about it. */
export function whyUnserved(namespace: string, { leading, all }: Controllers): { says: string; todo: string } {
  const known = leading.map(
    ({ install, serves = [] }) => `the one in ${install} serves ${joinWithin(serves, ', ', 200) || 'none'}`,
  );
  return {
    says: `no controller${all ? '' : ' that you may read of'} serves namespace ${namespace}: ${joinWithin(known, '; ', 600)}`,
    todo: `Add it to a controller's ALLCLEAR_NAMESPACES, beside those that it serves, give its account its rights there, and start it again.`,
  };
}

/** For explain: why nothing is done for an incident of this namespace, where that is known. */
export function unserved(namespace: string, controllers: Controllers | undefined): string | undefined {
  if (controllers === undefined || isServed(namespace, controllers) !== false) return undefined;
  const { says, todo } = whyUnserved(namespace, controllers);
  return `Nothing is done for it: ${says}. ${todo}`;
}

/** Undefined where one may not. */
export async function unlessForbidden<T>(call: Promise<T>): Promise<T | undefined> {
  try {
    return await call;
  } catch (error) {
    if (error instanceof KubeError && error.status === 403) return undefined;
    throw error;
  }
}
