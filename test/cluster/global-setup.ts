import type { TestProject } from 'vitest/node';
import { startCluster } from './cluster.ts';
import { ownConfig, ownCrds } from './crds.ts';

declare module 'vitest' {
  interface ProvidedContext {
    cluster: { kubeconfig: string; server: string; ca: string; token: string; kubectl: string };
  }
}

/** Starts the API server that all `*.cluster.test.ts` share; returns what ends it. */
export async function setup({ provide }: TestProject): Promise<() => Promise<void>> {
  const { kubeconfig, server, ca, token, tools, stop } = await startCluster({ crds: [ownCrds], config: [ownConfig] });
  provide('cluster', { kubeconfig, server, ca, token, kubectl: tools.kubectl });
  return stop;
}
