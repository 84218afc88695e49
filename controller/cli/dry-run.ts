import { resourceOf } from '../cluster/resources.ts';
import type { KindName, Kinds } from '../api/kinds.gen.ts';
import type { Step } from '../api/source.ts';
import { KubeError } from '../runtime/kube-errors.ts';
import { requestTimeout, type Cluster } from './cluster.ts';
import type { Declared } from './files.ts';

/** What became of a dry run. */
export type DryRun<K extends KindName = KindName> =
  | { readonly result: 'accepted'; readonly object: Kinds[K]; readonly live?: Kinds[K] }
  | { readonly result: 'refused'; readonly refusals: readonly Refusal[] }
  /** We may not write, so the server judged nothing. */
  | { readonly result: 'forbidden'; readonly live?: Kinds[K] };

export interface Refusal {
  readonly field: string;
  readonly path: readonly Step[];
  readonly message: string;
}

/**
 * Asks the API server what would become of an object: laid over the one that is there, else created. Nothing is stored;
 * defaults are filled in and every rule of the CRDs is judged. @throws KubeUnreachable, KubeError of the server's own trouble
 */
export async function dryRun<K extends KindName>(
  { client, namespace: usual }: Cluster,
  kind: K,
  declared: Declared,
): Promise<DryRun<K>> {
  const { metadata } = declared.object;
  const namespace = metadata.namespace ?? usual;
  const resource = resourceOf(kind);
  const options = { namespace, dryRun: true, timeout: requestTimeout } as const;
  const { name } = metadata;
  const live =
    name === undefined
      ? undefined
      : await client.find<Kinds[K]>(resource, name, { namespace, timeout: requestTimeout });
  try {
    const object =
      live === undefined || name === undefined
        ? await client.create<Kinds[K]>(resource, { ...declared.object, metadata: { ...metadata, namespace } }, options)
        : await client.patch<Kinds[K]>(resource, name, declared.object, { ...options, type: 'merge' });
    return { result: 'accepted', object, ...(live === undefined ? {} : { live }) };
  } catch (error) {
    if (!(error instanceof KubeError)) throw error;
    if (error.status === 403 && error.reason === 'Forbidden' && !/denied request/.test(error.message))
      return { result: 'forbidden', ...(live === undefined ? {} : { live }) };
    if (error.status < 400 || error.status >= 500) throw error;
    return { result: 'refused', refusals: refusalsOf(error) };
  }
}

function refusalsOf({ causes, message }: KubeError): Refusal[] {
  if (causes.length === 0) return [{ field: '', path: [], message }];
  return causes.map((cause) => {
    // `spec.links[0].url`; `<nil>` where the rule is the object's own.
    const field = cause.field === '<nil>' ? '' : cause.field;
    return { field, path: field.split(/[.[\]]+/).filter(Boolean), message: plain(cause.message) };
  });
}

/** A rule's own words, without the kind of refusal and the value that Kubernetes puts before them. */
const plain = (message: string): string =>
  message
    .replace(/^Invalid value: (?:"(?:[^"\\]|\\.)*"|\w+|\{.*?\}): /s, '')
    .replace(/^(?:Forbidden|Required value): /, '');
