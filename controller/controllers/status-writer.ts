import type { KindName, Kinds } from '../api/kinds.gen.ts';
import type { Writer } from '../cluster/writes.ts';
import { KubeError } from '../runtime/kube-errors.ts';
import type { Metrics } from '../server/metrics.ts';

/** Writes status; what the API server refuses for good shows in the metrics. */
export const statusWriter =
  <K extends KindName>(kind: K, writer: Writer<K>, metrics: Metrics) =>
  async (object: Kinds[K], patch: Readonly<Record<string, unknown>>): Promise<Kinds[K]> => {
    try {
      return await writer.status(object, patch);
    } catch (error) {
      if (error instanceof KubeError && error.terminal) metrics.statusRefused(kind, error.status);
      throw error;
    }
  };
