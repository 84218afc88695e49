import type { Incident } from '../api/incident.gen.ts';
import type { IncidentUpdate } from '../api/incident-update.gen.ts';
import { isUpdateOf } from '../incident/identity.ts';
import { Cache, type CacheOptions } from './cache.ts';
import { withAuthor, withManagers } from './field-managers.ts';

/** What a replica keeps of the cluster: all four kinds, in the namespaces that it serves. */
export class Caches {
  readonly incidents: Cache<'Incident'>;
  readonly updates: Cache<'IncidentUpdate'>;
  readonly policies: Cache<'ResponsePolicy'>;
  readonly integrations: Cache<'Integration'>;

  /** `releaseNamespace`: where the Integrations are that all namespaces share. */
  constructor(served: Omit<CacheOptions<never>, 'indexes' | 'project'>, releaseNamespace: string) {
    this.incidents = new Cache('Incident', { ...served, project: withManagers });
    this.updates = new Cache('IncidentUpdate', {
      ...served,
      indexes: { incident: (update) => [update.spec.incidentRef.name] },
      project: withAuthor,
    });
    this.policies = new Cache('ResponsePolicy', served);
    this.integrations = new Cache('Integration', { ...served, namespaces: [...served.namespaces, releaseNamespace] });
  }

  /** Resolves once all that is served is read. */
  async sync(): Promise<void> {
    for (const cache of this.#all()) cache.start();
    await Promise.all(this.#all().map((cache) => cache.synced()));
  }

  async stop(): Promise<void> {
    await Promise.all(this.#all().map((cache) => cache.stop()));
  }

  /** Those of this incident, and not of an earlier one with its name. */
  updatesOf(incident: Incident): IncidentUpdate[] {
    return this.updatesNamed(incident.metadata).filter((update) => isUpdateOf(update, incident));
  }

  /** Those that refer to an incident by this name. */
  updatesNamed({ namespace, name }: { readonly namespace: string; readonly name: string }): IncidentUpdate[] {
    return this.updates.byIndex('incident', namespace, name);
  }

  #all() {
    return [this.incidents, this.updates, this.policies, this.integrations];
  }
}
