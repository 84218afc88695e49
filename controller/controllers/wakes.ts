import { isDeepStrictEqual } from 'node:util';
import type { KindName, Kinds } from '../api/kinds.gen.ts';
import type { Source, Watch } from '../runtime/controller.ts';
import { watch } from '../runtime/controller.ts';
import { keyOf, splitKey } from '../runtime/kube-object.ts';
import type { Parts } from './parts.ts';

/** A policy has changed: all objects of its namespace are planned again. */
export const policyOf = (kind: KindName, { caches }: Parts): Watch =>
  watch(caches.of('ResponsePolicy'), (key) => keysIn(kind, caches, splitKey(key).namespace));

/** What an Integration can do has changed: so may everything in its reach. */
export const connectionOf =
  (kind: KindName, { caches, connections, config }: Parts): Watch =>
  (wake) =>
    connections.onChange((namespace) =>
      wake(keysIn(kind, caches, namespace === config.namespace ? undefined : namespace)),
    );

/**
 * Another object has changed in what is read of it.
 * @param read what is read
 * @param keys of the objects that read it
 */
export const readsOf = <O>(
  source: Source<O>,
  read: (object: O) => unknown,
  keys: (key: string, object: O) => readonly string[],
): Watch =>
  watch(source, (key, now, before) => {
    const object = now ?? before;
    const isSame = now && before && isDeepStrictEqual(read(now), read(before));
    return object && !isSame ? keys(key, object) : [];
  });

function keysIn(kind: KindName, caches: Parts['caches'], namespace: string | undefined): string[] {
  const objects: readonly Kinds[KindName][] = caches.of(kind).list(namespace);
  return objects.map(keyOf);
}
