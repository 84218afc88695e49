import type { AnyReason } from '../runtime/reasons.ts';

/** The metadata of an object as the API server hands it out. Only the fields that are used. */
export interface ObjectMeta {
  name: string;
  namespace: string;
  uid: string;
  /** Opaque; differs between any two versions of any two objects. */
  resourceVersion: string;
  /** Counts changes of spec, from 1. */
  generation: number;
  /** RFC 3339. */
  creationTimestamp: string;
  /** RFC 3339; set while finalizers hold the deletion. */
  deletionTimestamp?: string;
  labels?: Readonly<Record<string, string>>;
  annotations?: Readonly<Record<string, string>>;
  finalizers?: readonly string[];
  ownerReferences?: readonly OwnerReference[];
  /** Of an Incident in a cache, in place of managedFields. */
  managers?: FieldManagers;
}

/** The field manager that owns what is told of an Incident; `change`: that of spec.change.id. */
export type FieldManagers = Readonly<
  Partial<Record<'title' | 'severity' | 'state' | 'level' | 'commander' | 'change', string>>
>;

export interface OwnerReference {
  apiVersion: string;
  kind: string;
  name: string;
  uid: string;
  controller?: boolean;
  blockOwnerDeletion?: boolean;
}

/** A condition as Kubernetes shapes it. */
export interface Condition {
  type: string;
  status: 'True' | 'False' | 'Unknown';
  /** The metadata.generation that it speaks of. */
  observedGeneration?: number;
  /** RFC 3339; when `status` last changed. */
  lastTransitionTime: string;
  reason: AnyReason;
  message: string;
}

/** Names an object of a known kind in the same namespace. */
export interface NameRef {
  name: string;
}

/** An object of ours before the API server has seen it: what a create sends. */
export type Draft<T extends { apiVersion: string; kind: string; spec: unknown }> = Pick<T, 'apiVersion' | 'kind'> & {
  metadata: Partial<ObjectMeta> & ({ name: string } | { generateName: string });
  spec: Undefaulted<T['spec']>;
};

/** Fields that the API server fills in may be left out, at every depth; what has no default is asked for by the server. */
type Undefaulted<T> = T extends readonly (infer I)[]
  ? Undefaulted<I>[]
  : T extends object
    ? { [K in keyof T]?: Undefaulted<T[K]> }
    : T;
