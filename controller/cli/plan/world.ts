import type { Incident } from '../../api/incident.gen.ts';
import type { IncidentUpdate } from '../../api/incident-update.gen.ts';
import { withDefaults } from '../../api/defaults.ts';
import type { KindName, Kinds } from '../../api/kinds.gen.ts';
import { isRecord } from '../../api/schema.ts';
import { resourceOf } from '../../cluster/resources.ts';
import { canonical } from '../../runtime/canonical.ts';
import { rfc3339, type Instant } from '../../runtime/clock.ts';
import { KubeError } from '../../runtime/kube-errors.ts';
import { requestTimeout, type Cluster } from '../cluster.ts';
import { dryRun, type Refusal } from '../dry-run.ts';
import type { Declared } from '../files.ts';

/** A declared object as it would be once applied. */
export type Applied<K extends KindName> =
  | { readonly object: Kinds[K]; readonly live?: Kinds[K] }
  | { readonly refusals: readonly Refusal[] };

/** What there is besides the files. */
export interface World {
  /** Of what states none. */
  readonly namespace: string;
  apply<K extends KindName>(kind: K, declared: Declared): Promise<Applied<K>>;
  incident(namespace: string, name: string): Promise<Incident | undefined>;
  updates(namespace: string, incident: string): Promise<readonly IncidentUpdate[]>;
  list<K extends KindName>(kind: K, namespace: string): Promise<readonly Kinds[K][]>;
}

/** Nothing but the files: everything in them is new. */
export function emptyWorld(namespace: string, now: Instant): World {
  return {
    namespace,
    apply: (kind, declared) => Promise.resolve({ object: asNew(kind, declared, namespace, now) }),
    incident: () => Promise.resolve(undefined),
    updates: () => Promise.resolve([]),
    list: () => Promise.resolve([]),
  };
}

/** The cluster as it is; the API server says by a dry run what an object would become. */
export function clusterWorld(cluster: Cluster, now: Instant, notice: (text: string) => void): World {
  const { client, namespace: usual } = cluster;
  return {
    namespace: usual,
    async apply<K extends KindName>(kind: K, declared: Declared): Promise<Applied<K>> {
      const answer = await dryRun(cluster, kind, declared);
      if (answer.result === 'refused') return { refusals: answer.refusals };
      if (answer.result === 'accepted')
        return { object: answer.object, ...(answer.live === undefined ? {} : { live: answer.live }) };
      notice(`you may not write this ${kind}, so the API server did not judge it`);
      const { live } = answer;
      return live === undefined
        ? { object: asNew(kind, declared, usual, now) }
        : { object: laidOver(live, declared), live };
    },
    incident: (namespace, name) => client.find(resourceOf('Incident'), name, { namespace, timeout: requestTimeout }),
    async updates(namespace, incident) {
      const fieldSelector = `spec.incidentRef.name=${incident}`;
      const found = await client.list<IncidentUpdate>(resourceOf('IncidentUpdate'), {
        namespace,
        fieldSelector,
        timeout: requestTimeout,
      });
      return found.items;
    },
    async list<K extends KindName>(kind: K, namespace: string) {
      try {
        return (await client.list<Kinds[K]>(resourceOf(kind), { namespace, timeout: requestTimeout })).items;
      } catch (error) {
        if (!(error instanceof KubeError) || error.status !== 403) throw error;
        notice(`you may not read ${kind} objects of namespace ${namespace}: the plan is made without them`);
        return [];
      }
    },
  };
}

/** As the API server would hand it out, as far as phases look. */
function asNew<K extends KindName>(kind: K, declared: Declared, namespace: string, now: Instant): Kinds[K] {
  const { metadata } = declared.object;
  const object: unknown = {
    ...withDefaults(kind, declared.object),
    metadata: {
      namespace,
      ...metadata,
      name: metadata.name ?? `${metadata.generateName ?? ''}(known after create)`,
      uid: '',
      resourceVersion: '',
      generation: 1,
      creationTimestamp: rfc3339(now),
    },
  };
  if (!isOfKind(kind, object)) throw new Error(`${declared.file}: not of kind ${kind}`);
  return object;
}

/** For what the schema has been checked of: see validateFile. */
export const isOfKind = <K extends KindName>(kind: K, object: unknown): object is Kinds[K] =>
  isRecord(object) && object['kind'] === kind && isRecord(object['spec']);

/** What a merge patch with the file's content makes of the object. */
function laidOver<K extends KindName>(live: Kinds[K], { object }: Declared): Kinds[K] {
  const spec = merged(live.spec, object.spec);
  const generation = live.metadata.generation + (canonical(spec) === canonical(live.spec) ? 0 : 1);
  return { ...live, spec, metadata: { ...live.metadata, generation } };
}

function merged(from: unknown, to: unknown): unknown {
  if (!isRecord(to) || !isRecord(from)) return to;
  const all = {
    ...from,
    ...Object.fromEntries(Object.entries(to).map(([key, field]) => [key, merged(from[key], field)])),
  };
  return Object.fromEntries(Object.entries(all).filter(([, field]) => field !== null));
}
