import type { Incident } from '../api/incident.gen.ts';
import type { IncidentUpdate } from '../api/incident-update.gen.ts';
import { plurals, type KindName, type Kinds } from '../api/kinds.gen.ts';
import { isUpdateOf } from '../timeline/identity.ts';
import { Cache, type CacheOptions } from './cache.ts';
import { withAuthor, withManagers } from './field-managers.ts';

/** What is kept of a kind's objects, and how they are found, where that is not as usual. */
const special: { readonly [K in KindName]?: Pick<CacheOptions<Kinds[K]>, 'indexes' | 'project'> } = {
  Incident: { project: withManagers },
  IncidentUpdate: { indexes: { incident: (update) => [update.spec.incidentRef.name] }, project: withAuthor },
};

type Served = Omit<CacheOptions<never>, 'indexes' | 'project'>;

const cacheOf = <K extends KindName>(kind: K, served: Served): Cache<K> =>
  new Cache(kind, { ...served, ...special[kind] });

/** What a replica keeps of the cluster: all of our kinds, in the namespaces that it serves. */
export class Caches {
  readonly #caches: { readonly [K in KindName]?: Cache<K> } = {};

  /** `releaseNamespace`: where the Integrations are that all namespaces share. */
  constructor(served: Served, releaseNamespace: string) {
    for (const kind of kindNames) {
      const namespaces = [...served.namespaces, ...(kind === 'Integration' ? [releaseNamespace] : [])];
      // An assignment would have to fit every kind at once.
      Object.assign(this.#caches, { [kind]: cacheOf(kind, { ...served, namespaces }) });
    }
  }

  of<K extends KindName>(kind: K): Cache<K> {
    const cache = this.#caches[kind];
    if (!cache) throw new Error(`there is no kind ${kind}`);
    return cache;
  }

  /** Resolves once all that is served is read. */
  async sync(): Promise<void> {
    for (const kind of kindNames) this.of(kind).start();
    await Promise.all(kindNames.map((kind) => this.of(kind).synced()));
  }

  async stop(): Promise<void> {
    await Promise.all(kindNames.map((kind) => this.of(kind).stop()));
  }

  /** Those of this incident, and not of an earlier one with its name. */
  updatesOf(incident: Incident): IncidentUpdate[] {
    return this.updatesNamed(incident.metadata).filter((update) => isUpdateOf(update, incident));
  }

  /** Those that refer to an incident by this name. */
  updatesNamed({ namespace, name }: { readonly namespace: string; readonly name: string }): IncidentUpdate[] {
    return this.of('IncidentUpdate').byIndex('incident', namespace, name);
  }
}

const isKindName = (name: string): name is KindName => name in plurals;
const kindNames = Object.keys(plurals).filter(isKindName);
