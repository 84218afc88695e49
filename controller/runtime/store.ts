import { compareVersions, keyOf, type KubeObject } from './kube-object.ts';

/** `object` is absent once it is deleted, `old` when it was not known before. */
export type Listener<T> = (key: string, object: T | undefined, old: T | undefined) => void;

export interface StoreOptions<T> {
  /** What is kept of an object. Default: all but managedFields. */
  readonly project?: (object: T) => T;
  /** By name of the index: the values under which an object is found. */
  readonly indexes?: Readonly<Record<string, (object: T) => readonly string[]>>;
}

/**
 * The cached objects of one resource, by `namespace/name`: what the reflector saw, and our own writes when they are newer.
 * Objects are shared by all readers and must not be changed.
 */
export class Store<T extends KubeObject> {
  readonly #objects = new Map<string, T>();
  readonly #project: (object: T) => T;
  readonly #indexes = new Map<string, Index<T>>();
  readonly #listeners = new Set<Listener<T>>();
  /** Deleted by us, but the watch has not said so yet. Uids never come again. */
  readonly #deleted = new Set<string>();
  /** The watch has shown everything up to here. */
  #revision = '0';

  constructor(options: StoreOptions<T> = {}) {
    this.#project = options.project ?? withoutManagedFields;
    for (const [name, values] of Object.entries(options.indexes ?? {}))
      this.#indexes.set(name, { values, keys: new Map() });
  }

  get size(): number {
    return this.#objects.size;
  }

  get revision(): string {
    return this.#revision;
  }

  get(key: string): T | undefined {
    return this.#objects.get(key);
  }

  list(): T[] {
    return [...this.#objects.values()];
  }

  /** @throws TypeError for an index that was not declared */
  byIndex(index: string, value: string): T[] {
    const declared = this.#indexes.get(index);
    if (!declared) throw new TypeError(`no index ${index}`);
    const keys = declared.keys.get(value) ?? [];
    return [...keys].flatMap((key) => this.#objects.get(key) ?? []);
  }

  /** Called for every change, in order, before the next one is taken in. Returns what ends it. */
  onChange(listener: Listener<T>): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /**
   * The answer to a write of ours. Kept only when it is newer than all that the watch has shown;
   * what is older the watch has shown already, or shown deleted.
   */
  observe(object: T): void {
    if (compareVersions(versionOf(object), this.#revision) > 0) this.#put(object);
  }

  /** A delete of ours that went through: the object is gone now, and late events do not bring it back. */
  observeDeleted(object: T): void {
    const { uid } = object.metadata;
    if (uid === undefined) return;
    const key = keyOf(object);
    const known = this.#objects.get(key);
    if (known?.metadata.uid !== uid) return;
    this.#deleted.add(uid);
    this.#remove(key);
  }

  /** ADDED and MODIFIED of the watch. */
  upsert(object: T): void {
    this.progress(versionOf(object));
    this.#put(object);
  }

  /** DELETED of the watch: `object` carries the version of the deletion. */
  delete(object: T): void {
    this.progress(versionOf(object));
    if (object.metadata.uid !== undefined) this.#deleted.delete(object.metadata.uid);
    const key = keyOf(object);
    const known = this.#objects.get(key);
    if (known && compareVersions(versionOf(known), versionOf(object)) <= 0) this.#remove(key);
  }

  /** The watch has shown everything up to `version`. */
  progress(version: string): void {
    if (compareVersions(version, this.#revision) > 0) this.#revision = version;
  }

  /** A whole list as of `version`. What is missing in it was deleted; what we wrote later stays. */
  replace(objects: readonly T[], version: string): void {
    // The cluster was restored from a backup: its past is the present now.
    const restored = compareVersions(version, this.#revision) < 0;
    this.#revision = version;
    this.#deleted.clear();
    const listed = new Set<string>();
    for (const object of objects) {
      listed.add(keyOf(object));
      this.#put(object, restored);
    }
    for (const [key, known] of this.#objects) {
      if (!listed.has(key) && (restored || compareVersions(versionOf(known), version) <= 0)) this.#remove(key);
    }
  }

  #put(object: T, evenOlder = false): void {
    const key = keyOf(object);
    const { uid } = object.metadata;
    if (uid !== undefined && this.#deleted.has(uid)) return;
    const old = this.#objects.get(key);
    if (old) {
      const order = compareVersions(versionOf(object), versionOf(old));
      if (order === 0 || (order < 0 && !evenOlder)) return;
    }
    const kept = this.#project(object);
    this.#objects.set(key, kept);
    this.#changed(key, kept, old);
  }

  #remove(key: string): void {
    const old = this.#objects.get(key);
    if (!old) return;
    this.#objects.delete(key);
    this.#changed(key, undefined, old);
  }

  #changed(key: string, object: T | undefined, old: T | undefined): void {
    for (const index of this.#indexes.values()) reindex(index, key, object, old);
    for (const listener of this.#listeners) listener(key, object, old);
  }
}

interface Index<T> {
  readonly values: (object: T) => readonly string[];
  readonly keys: Map<string, Set<string>>;
}

function reindex<T>(index: Index<T>, key: string, object: T | undefined, old: T | undefined): void {
  for (const value of old ? index.values(old) : []) {
    const keys = index.keys.get(value);
    keys?.delete(key);
    if (keys?.size === 0) index.keys.delete(value);
  }
  for (const value of object ? index.values(object) : []) {
    const keys = index.keys.get(value);
    if (keys) keys.add(key);
    else index.keys.set(value, new Set([key]));
  }
}

const versionOf = (object: KubeObject): string => object.metadata.resourceVersion ?? '0';

/** Often more than half of an object, and of use to nobody who reads a cache. */
export function withoutManagedFields<T extends KubeObject>(object: T): T {
  if (!('managedFields' in object.metadata)) return object;
  const { managedFields: _, ...metadata } = object.metadata;
  return { ...object, metadata };
}
