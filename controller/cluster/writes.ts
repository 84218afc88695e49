import type { Draft } from '../api/meta.ts';
import type { KindName, Kinds } from '../api/kinds.gen.ts';
import type { NumberStore, Numbers } from '../incident/numbers.ts';
import type { KubeClient } from '../runtime/kube.ts';
import { KubeError } from '../runtime/kube-errors.ts';
import { Rejected } from '../runtime/outcome.ts';
import type { CallOptions } from '../runtime/kube-transport.ts';
import type { KubeObject } from '../runtime/kube-object.ts';
import { rule } from '../runtime/mutation.ts';
import type { Cache } from './cache.ts';
import { configMaps, resourceOf } from './resources.ts';

/** Writes of one kind; each answer goes into the cache, so that the next pass sees it. */
export class Writer<K extends KindName> {
  readonly #kind: K;
  readonly #client: KubeClient;
  readonly #cache: Cache<K>;
  readonly #options: Pick<CallOptions, 'urgent' | 'timeout'>;

  /** @param options of each of its calls */
  constructor(kind: K, client: KubeClient, cache: Cache<K>, options: Pick<CallOptions, 'urgent' | 'timeout'> = {}) {
    this.#kind = kind;
    this.#client = client;
    this.#cache = cache;
    this.#options = options;
  }

  /** A merge patch on status, fenced by the object's resourceVersion: it lands in this very object or not at all. */
  async status(object: Kinds[K], status: Readonly<Record<string, unknown>>): Promise<Kinds[K]> {
    return this.#patch(object, { status }, 'status');
  }

  /** A merge patch on metadata, fenced likewise. */
  async metadata(object: Kinds[K], metadata: Readonly<Record<string, unknown>>): Promise<Kinds[K]> {
    return this.#patch(object, { metadata });
  }

  /** Creates it, or returns what has that name already. */
  async ensure(
    draft: Draft<Kinds[K]> & { metadata: { name: string; namespace: string } },
  ): Promise<{ object: Kinds[K]; created: boolean }> {
    const { namespace, name } = draft.metadata;
    try {
      const object = await this.#client.create<Kinds[K]>(resourceOf(this.#kind), draft, {
        ...this.#options,
        namespace,
      });
      return { object: this.#cache.observe(object), created: true };
    } catch (error) {
      if (!(error instanceof KubeError) || error.status !== 409) throw error;
      return { object: await this.refresh(namespace, name), created: false };
    }
  }

  /** Reads it from the API server into the cache. */
  async refresh(namespace: string, name: string): Promise<Kinds[K]> {
    const object = await this.#client.get<Kinds[K]>(resourceOf(this.#kind), name, {
      ...this.#options,
      namespace,
    });
    return this.#cache.observe(object);
  }

  async #patch(object: Kinds[K], body: Body, subresource?: 'status'): Promise<Kinds[K]> {
    const { namespace, name, resourceVersion } = object.metadata;
    try {
      const written = await this.#client.patch<Kinds[K]>(resourceOf(this.#kind), name, fenced(body, resourceVersion), {
        ...this.#options,
        namespace,
        type: 'merge',
        ...(subresource ? { subresource } : {}),
      });
      return this.#cache.observe(written);
    } catch (error) {
      if (error instanceof KubeError && error.status === 409) await this.refresh(namespace, name);
      throw error;
    }
  }
}

interface Body {
  readonly metadata?: object;
  readonly status?: object;
}

/** Refused by the API server when somebody else has written the object since it was read. */
const fenced = rule(
  (body: Body, resourceVersion: string): object => ({ ...body, metadata: { ...body.metadata, resourceVersion } }),
  { 'writes status over whatever is there': (body) => body },
);

/** Name of the ConfigMap that counts incidents. */
export const numbersName = 'allclear-incident-numbers';

/** The counter of numbers, in one ConfigMap of the release namespace. */
export function numberStore(client: KubeClient, namespace: string): NumberStore {
  return {
    async read() {
      const found = await client.find<ConfigMap>(configMaps, numbersName, { namespace });
      const numbers = found?.data?.['numbers'];
      return found && numbers !== undefined
        ? { numbers: decode(numbers), version: found.metadata.resourceVersion ?? '' }
        : undefined;
    },
    async write(numbers, version) {
      const data = { numbers: JSON.stringify(numbers) };
      const metadata = { name: numbersName, namespace };
      const configMap: ConfigMap = { apiVersion: 'v1', kind: 'ConfigMap', metadata, data };
      try {
        if (version === undefined) await client.create(configMaps, configMap, { namespace });
        else
          await client.patch(
            configMaps,
            numbersName,
            { metadata: { resourceVersion: version }, data },
            { namespace, type: 'merge' },
          );
        return true;
      } catch (error) {
        if (error instanceof KubeError && error.status === 409) return false;
        throw error;
      }
    },
  };
}

/** Throws Rejected: a counter that cannot be read is not begun anew, since its numbers stand outside. */
function decode(text: string): Numbers {
  try {
    const numbers: Numbers = JSON.parse(text);
    if (Number.isSafeInteger(numbers.next) && typeof numbers.assigned === 'object') return numbers;
  } catch {
    // Said below.
  }
  throw new Rejected(
    'CounterUnreadable',
    `ConfigMap ${numbersName} in the controller's namespace holds no counter that can be read: restore its key numbers, or delete the ConfigMap to go on above the highest number in the cluster and in the connected repositories`,
    { terminal: true },
  );
}

interface ConfigMap extends KubeObject {
  readonly data?: Readonly<Record<string, string>>;
}
