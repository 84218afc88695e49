import type { Dispatcher } from 'undici';
import type { Duration } from './clock.ts';
import { seconds } from './clock.ts';
import type { Endpoint } from './kube-endpoint.ts';
import { KubeError } from './kube-errors.ts';
import type { KubeObject, Resource } from './kube-object.ts';
import { Transport, type CallOptions, type KubeClientOptions, type Query } from './kube-transport.ts';
import { decodeWatch, type WatchEvent } from './kube-watch.ts';

export interface WriteOptions extends CallOptions {
  readonly dryRun?: boolean;
}

export interface PatchOptions extends WriteOptions {
  /** `merge`: RFC 7386; with a `metadata.resourceVersion` in it a stale one is refused with 409. `json`: RFC 6902; a failed test is 422. */
  readonly type: 'merge' | 'json' | 'apply';
  readonly subresource?: 'status' | 'scale';
  /** Of an apply: take fields over from other managers. */
  readonly force?: boolean;
}

export interface DeleteOptions extends WriteOptions {
  /** Refused with 409 when the object is another one by now. */
  readonly uid?: string | undefined;
  readonly resourceVersion?: string | undefined;
  readonly propagation?: 'Background' | 'Foreground' | 'Orphan';
}

export interface Selector {
  readonly labelSelector?: string | undefined;
  readonly fieldSelector?: string | undefined;
}

export interface ListOptions extends CallOptions, Selector {
  /** Objects a page. Default: 500, as kubectl. */
  readonly limit?: number;
}

export interface WatchOptions extends CallOptions, Selector {
  readonly resourceVersion?: string | undefined;
  /** Stream the objects that are there first; a bookmark ends them. */
  readonly sendInitialEvents?: boolean;
  /** The server ends the watch after it. */
  readonly timeoutSeconds?: number;
  /** Nothing heard for so long, bookmarks included, means that the other end is gone. Default: 3 minutes. */
  readonly idle?: Duration;
  /** The server has accepted the watch. */
  readonly opened?: () => void;
}

const contentTypes = {
  merge: 'application/merge-patch+json',
  json: 'application/json-patch+json',
  apply: 'application/apply-patch+yaml',
} as const;

/** Seen: the first bookmark comes after two minutes, then one a minute. */
const defaultIdle: Duration = seconds(180);

/**
 * Talks to one API server over HTTP/1.1 and one pool of connections. It never retries, save once after a 401, with fresh credentials.
 * Every call throws KubeError when the answer is no, KubeUnreachable when there is none, TypeError for a missing name or namespace.
 */
export class KubeClient {
  readonly endpoint: Endpoint;
  readonly #transport: Transport;
  readonly #fieldManager: string | undefined;

  constructor(options: KubeClientOptions) {
    this.endpoint = options.endpoint;
    this.#transport = new Transport(options);
    this.#fieldManager = options.fieldManager;
  }

  async get<T extends KubeObject>(resource: Resource, name: string, options: CallOptions = {}): Promise<T> {
    const path = pathOf(resource, options.namespace, name);
    return this.#transport.call<T>({ ...options, verb: 'get', resource: resource.plural, method: 'GET', path });
  }

  /** As `get`; nothing where there is none. */
  async find<T extends KubeObject>(resource: Resource, name: string, options?: CallOptions): Promise<T | undefined> {
    try {
      return await this.get<T>(resource, name, options);
    } catch (error) {
      if (error instanceof KubeError && error.status === 404) return undefined;
      throw error;
    }
  }

  /** All pages. Without a namespace: of all namespaces. The timeout is each page's. */
  async list<T extends KubeObject>(resource: Resource, options: ListOptions = {}): Promise<List<T>> {
    let limit: number | undefined = options.limit ?? 500;
    let next: string | undefined;
    let items: T[] = [];
    for (;;) {
      try {
        const page: Page<T> = await this.#page<T>(resource, options, limit, next);
        items = items.concat(page.items.map((item) => named(item, page)));
        next = page.metadata.continue;
        if (!next) return { items, resourceVersion: page.metadata.resourceVersion };
      } catch (error) {
        if (!(error instanceof KubeError && error.status === 410 && next)) throw error;
        // The snapshot was compacted between two pages: once more, as one page.
        [limit, next, items] = [undefined, undefined, []];
      }
    }
  }

  #page<T>(resource: Resource, options: ListOptions, limit?: number, next?: string): Promise<Page<T>> {
    const { labelSelector, fieldSelector } = options;
    return this.#transport.call<Page<T>>({
      ...options,
      verb: 'list',
      resource: resource.plural,
      method: 'GET',
      path: collectionPath(resource, options.namespace),
      query: { limit, continue: next, labelSelector, fieldSelector },
    });
  }

  /** A field that the schema does not know is refused, not pruned in silence. */
  async create<T extends KubeObject>(resource: Resource, object: KubeObject, options: WriteOptions = {}): Promise<T> {
    const namespace = options.namespace ?? object.metadata.namespace;
    return this.#transport.call<T>({
      ...options,
      verb: 'create',
      resource: resource.plural,
      method: 'POST',
      path: collectionPath(resource, within(resource, namespace)),
      query: this.#writeQuery(options),
      body: object,
    });
  }

  /** A field that the schema does not know is refused, not pruned in silence. */
  async patch<T extends KubeObject>(
    resource: Resource,
    name: string,
    body: unknown,
    options: PatchOptions,
  ): Promise<T> {
    const { subresource, type, force } = options;
    const suffix = subresource ? `/${subresource}` : '';
    return this.#transport.call<T>({
      ...options,
      verb: 'patch',
      resource: resource.plural + suffix,
      method: 'PATCH',
      path: pathOf(resource, options.namespace, name) + suffix,
      query: { ...this.#writeQuery(options), force: type === 'apply' ? force : undefined },
      body,
      contentType: contentTypes[type],
    });
  }

  /** Returns the object while finalizers hold it, nothing when it is gone. What was gone before is a KubeError 404. */
  async delete<T extends KubeObject>(
    resource: Resource,
    name: string,
    options: DeleteOptions = {},
  ): Promise<T | undefined> {
    const { uid, resourceVersion, propagation: propagationPolicy } = options;
    const answer = await this.#transport.call<T>({
      ...options,
      verb: 'delete',
      resource: resource.plural,
      method: 'DELETE',
      path: pathOf(resource, options.namespace, name),
      query: { dryRun: options.dryRun ? 'All' : undefined },
      body: { kind: 'DeleteOptions', apiVersion: 'v1', preconditions: { uid, resourceVersion }, propagationPolicy },
    });
    return answer.kind !== 'Status' && answer.metadata.deletionTimestamp ? answer : undefined;
  }

  /** Any other path, such as `/version`. Returns the decoded JSON. */
  async raw<T = unknown>(method: Dispatcher.HttpMethod, path: string, options: RawOptions = {}): Promise<T> {
    return this.#transport.call<T>({ ...options, verb: 'raw', resource: path, method, path });
  }

  /**
   * Events until the server ends the watch, `signal` aborts it or the loop is left. Bookmarks are asked for.
   * @throws KubeError 410 when the version is too old, KubeUnreachable when the connection breaks or falls silent.
   */
  watch<T extends KubeObject>(resource: Resource, options: WatchOptions = {}): AsyncGenerator<WatchEvent<T>, void> {
    const { labelSelector, fieldSelector, resourceVersion, sendInitialEvents, timeoutSeconds } = options;
    const query: Query = {
      watch: true,
      allowWatchBookmarks: true,
      resourceVersion,
      ...(sendInitialEvents && { sendInitialEvents, resourceVersionMatch: 'NotOlderThan' }),
      timeoutSeconds,
      labelSelector,
      fieldSelector,
    };
    const path = collectionPath(resource, options.namespace);
    return this.#transport.stream(
      { ...options, verb: 'watch', resource: resource.plural, method: 'GET', path, query },
      { idle: options.idle ?? defaultIdle, opened: options.opened, decode: decodeWatch<T> },
    );
  }

  /** Cuts all connections; calls in flight fail. */
  close(): Promise<void> {
    return this.#transport.close();
  }

  #writeQuery(options: WriteOptions): Query {
    return {
      fieldValidation: 'Strict',
      fieldManager: this.#fieldManager,
      dryRun: options.dryRun ? 'All' : undefined,
    };
  }
}

export interface RawOptions extends CallOptions {
  readonly query?: Query;
  readonly body?: unknown;
  readonly contentType?: string;
}

export interface List<T> {
  readonly items: readonly T[];
  readonly resourceVersion: string;
}

interface Page<T> {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: { readonly resourceVersion: string; readonly continue?: string };
  readonly items: readonly T[];
}

/** Items of built-in lists come without their kind. */
function named<T>(item: T, page: Page<T>): T {
  return { apiVersion: page.apiVersion, kind: page.kind.replace(/List$/, ''), ...item };
}

function collectionPath({ group, version, plural }: Resource, namespace: string | undefined): string {
  const root = group === '' ? `/api/${version}` : `/apis/${group}/${version}`;
  return namespace ? `${root}/namespaces/${encodeURIComponent(namespace)}/${plural}` : `${root}/${plural}`;
}

function pathOf(resource: Resource, namespace: string | undefined, name: string): string {
  if (!name) throw new TypeError(`a name is needed for one of ${resource.plural}`);
  return `${collectionPath(resource, within(resource, namespace))}/${encodeURIComponent(name)}`;
}

function within({ namespaced = true, plural }: Resource, namespace: string | undefined): string | undefined {
  if (!namespaced) return undefined;
  if (!namespace) throw new TypeError(`a namespace is needed for one of ${plural}`);
  return namespace;
}
