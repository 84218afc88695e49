import type { Integration } from '../api/integration.gen.ts';
import type { Controller } from '../runtime/controller.ts';
import type { Parts } from './parts.ts';

/** Connects to vendors. First, so that no incident finds them absent. */
export function integrations({ caches, connections, leadership }: Parts): Controller<Integration> {
  return {
    name: 'Integration',
    where: 'leader',
    objects: caches.of('Integration'),
    first: true,
    workers: 4,
    // Whoever lost its Lease may live on to answer people; looks at vendors are for its successor.
    reconcile: async (namespace, name) => (leadership.leading() ? connections.reconcile(namespace, name) : {}),
  };
}
