import type { KindName, Kinds } from '../api/kinds.gen.ts';
import type { Writer } from '../cluster/writes.ts';
import { troubles } from '../outcomes.ts';
import type { ReconcilerDeps } from '../runtime/reconciler.ts';
import type { Parts } from './parts.ts';
import { statusWriter } from './status-writer.ts';

/** What a reconciler of any kind needs of the process. */
export function reconcilerDeps<K extends KindName>(
  { clock, executor, caches, leadership, boundary, log, metrics, record }: Parts,
  kind: K,
  writer: Writer<K>,
): ReconcilerDeps<Kinds[K]> {
  return {
    clock,
    executor,
    read: (namespace, name) => caches.of(kind).get(namespace, name),
    writeStatus: statusWriter(kind, writer, metrics),
    trouble: troubles({ log, record }),
    leading: () => leadership.leading(),
    boundary,
  };
}
