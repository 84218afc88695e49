import { randomBytes } from 'node:crypto';
import { inject } from 'vitest';
import { kubectlWith, type Kubectl } from './kubectl.ts';

/** The API server that all `*.cluster.test.ts` share, with AllClear's CRDs. */
export interface SharedCluster {
  readonly kubeconfig: string;
  readonly server: string;
  /** PEM. */
  readonly ca: string;
  /** The admin's, in system:masters. */
  readonly token: string;
  readonly kubectl: Kubectl;
  /** Makes a namespace of this test's own, so that no test sees another's objects; returns its name. Nobody removes it. */
  readonly newNamespace: (labels?: Record<string, string>) => Promise<string>;
}

export function sharedCluster(): SharedCluster {
  const { kubectl: program, ...cluster } = inject('cluster');
  const kubectl = kubectlWith(program, cluster.kubeconfig);
  return {
    ...cluster,
    kubectl,
    async newNamespace(labels = {}) {
      const name = `test-${randomBytes(4).toString('hex')}`;
      await kubectl.apply({ apiVersion: 'v1', kind: 'Namespace', metadata: { name, labels } });
      return name;
    },
  };
}
