import { randomBytes } from 'node:crypto';
import type { Cluster } from './cluster.ts';
import type { SharedCluster } from './shared.ts';

/** A cluster of one's own, used as tests use the shared one: a namespace for each user. */
export const sharing = (cluster: Cluster): SharedCluster => ({
  ...cluster,
  async newNamespace(labels = {}) {
    const name = `own-${randomBytes(4).toString('hex')}`;
    await cluster.kubectl.apply({ apiVersion: 'v1', kind: 'Namespace', metadata: { name, labels } });
    return name;
  },
});
