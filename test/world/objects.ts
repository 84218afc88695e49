import { Agent, request } from 'undici';
import { apiVersion } from '../../controller/api/names.ts';
import { plurals, type KindName, type Kinds } from '../../controller/api/kinds.gen.ts';
import type { ReasonName } from '../../controller/runtime/reasons.ts';

/** What is in one namespace, read and written straight at the API server: no cache, and no process for each question. */
export interface Objects {
  get<K extends KindName>(kind: K, name: string): Promise<Kinds[K]>;
  list<K extends KindName>(kind: K): Promise<readonly Kinds[K][]>;
  /** A merge patch; throws with the API server's words when it is refused. */
  patch<K extends KindName>(kind: K, name: string, body: object): Promise<Kinds[K]>;
  remove(kind: KindName, name: string): Promise<void>;
  /** The Lease of the controllers is taken away, as if it had run out long ago. */
  removeLease(): Promise<void>;
  events(): Promise<readonly EventSeen[]>;
  /** `kind/name` → resourceVersion of everything that the controller could write but its Lease. */
  versions(): Promise<Readonly<Record<string, string>>>;
  close(): Promise<void>;
}

/** An Event, as far as tests ask for it. */
export interface EventSeen {
  readonly reason: string;
  readonly note: string;
}

/** Notes of the Events with this reason. They are written beside the status, and may come a moment after it. */
export async function eventsOf(world: { readonly objects: Objects }, reason: ReasonName): Promise<readonly string[]> {
  return (await world.objects.events()).filter((event) => event.reason === reason).map(({ note }) => note);
}

const ours = `/apis/${apiVersion}`;
const eventsApi = '/apis/events.k8s.io/v1';
const lease = 'allclear-controller';

export function objectsIn(cluster: { server: string; ca: string; token: string }, namespace: string): Objects {
  const dispatcher = new Agent({ connect: { ca: cluster.ca }, allowH2: false, headersTimeout: 20_000 });
  const call = async <T>(method: 'GET' | 'PATCH' | 'DELETE', api: string, path: string, body?: object): Promise<T> => {
    const answer = await request(`${cluster.server}${api}/namespaces/${namespace}/${path}`, {
      method,
      dispatcher,
      headers: {
        authorization: `Bearer ${cluster.token}`,
        ...(body ? { 'content-type': 'application/merge-patch+json' } : {}),
      },
      ...(body ? { body: JSON.stringify(body) } : {}),
    });
    const value = await answer.body.json();
    if (answer.statusCode >= 400) throw new Error((value as { message?: string }).message ?? String(answer.statusCode));
    return value as T;
  };
  const items = async <T>(api: string, path: string): Promise<readonly T[]> =>
    (await call<{ items: T[] }>('GET', api, path)).items;

  return {
    get: (kind, name) => call('GET', ours, `${plurals[kind]}/${name}`),
    list: (kind) => items(ours, plurals[kind]),
    patch: (kind, name, body) => call('PATCH', ours, `${plurals[kind]}/${name}`, body),
    async remove(kind, name) {
      await call('DELETE', ours, `${plurals[kind]}/${name}`);
    },
    async removeLease() {
      await call('DELETE', '/apis/coordination.k8s.io/v1', `leases/${lease}`);
    },
    events: () => items<EventSeen>(eventsApi, 'events'),
    async versions() {
      const places: [string, string][] = [
        ...Object.values(plurals).map((plural): [string, string] => [ours, plural]),
        ['/api/v1', 'configmaps'],
        ['/api/v1', 'secrets'],
        [eventsApi, 'events'],
      ];
      const found = await Promise.all(
        places.map(async ([api, plural]) =>
          (await items<Versioned>(api, plural)).map(({ metadata }) => [
            `${plural}/${metadata.name}`,
            metadata.resourceVersion,
          ]),
        ),
      );
      return Object.fromEntries(found.flat());
    },
    close: () => dispatcher.close(),
  };
}

interface Versioned {
  readonly metadata: { readonly name: string; readonly resourceVersion: string };
}
