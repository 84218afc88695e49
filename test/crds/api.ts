import { Agent, request } from 'undici';
import type { KindName } from '../../controller/api/names.ts';
import { apiVersion, plurals } from '../../controller/api/names.ts';

/** What the API server answered: the object, or why not. */
export interface Answer {
  readonly code: number;
  readonly message: string;
  readonly causes: readonly { readonly field: string; readonly message: string }[];
  readonly name: string;
  readonly body: Readonly<Record<string, unknown>>;
}

export interface Api {
  create(kind: KindName, spec: unknown, metadata?: object): Promise<Answer>;
  /** A merge patch of the object, or of its status alone. */
  patch(kind: KindName, name: string, body: unknown, subresource?: '' | 'status'): Promise<Answer>;
  get(kind: KindName, name: string): Promise<Answer>;
  close(): Promise<void>;
}

/** Writes to one namespace, strictly: an unknown field is refused instead of dropped. */
export function apiOf(cluster: { server: string; ca: string; token: string }, namespace: string): Api {
  const dispatcher = new Agent({ connect: { ca: cluster.ca }, allowH2: false, headersTimeout: 20_000 });
  const send = async (method: string, path: string, type: string, body?: unknown): Promise<Answer> => {
    const url = `${cluster.server}/apis/${apiVersion}/namespaces/${namespace}/${path}?fieldValidation=Strict`;
    const headers = { authorization: `Bearer ${cluster.token}`, 'content-type': type };
    const answer = await request(url, {
      method,
      headers,
      dispatcher,
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    return read(answer.statusCode, await answer.body.json());
  };
  return {
    create: (kind, spec, metadata = { generateName: 'case-' }) =>
      send('POST', plurals[kind], 'application/json', { apiVersion, kind, metadata, spec }),
    patch: (kind, name, body, subresource = '') =>
      send('PATCH', `${plurals[kind]}/${name}/${subresource}`, 'application/merge-patch+json', body),
    get: (kind, name) => send('GET', `${plurals[kind]}/${name}`, 'application/json'),
    close: () => dispatcher.close(),
  };
}

function read(code: number, value: unknown): Answer {
  const body = recordOf(value);
  const causes = recordOf(body['details'])['causes'];
  return {
    code,
    message: String(body['message'] ?? ''),
    name: String(recordOf(body['metadata'])['name'] ?? ''),
    causes: (Array.isArray(causes) ? causes : []).map(recordOf).map(({ field, message }) => ({
      field: String(field),
      message: String(message),
    })),
    body,
  };
}

/** The same value if it is a map, else an empty one. */
export function recordOf(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : {};
}
