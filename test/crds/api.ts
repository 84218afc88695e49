import { Agent, request } from 'undici';
import type { KindName } from '../../controller/api/kinds.gen.ts';
import { apiVersion } from '../../controller/api/names.ts';
import { plurals } from '../../controller/api/kinds.gen.ts';
import { isRecord } from '../../controller/api/schema.ts';

/** What the API server answered: the object, or why not. */
export interface Answer {
  readonly code: number;
  readonly message: string;
  readonly causes: readonly { readonly field: string; readonly message: string }[];
  readonly name: string;
}

export interface Api {
  create(kind: KindName, spec: unknown, metadata?: object): Promise<Answer>;
  /** A merge patch of the object, or of its status alone. */
  patch(kind: KindName, name: string, body: unknown, subresource?: '' | 'status'): Promise<Answer>;
  remove(kind: KindName, name: string): Promise<Answer>;
  close(): Promise<void>;
}

/**
 * Writes to one namespace, strictly: an unknown field is refused instead of dropped. `as`: the user whom the owner of the
 * token impersonates.
 */
export function apiOf(cluster: { server: string; ca: string; token: string }, namespace: string, as?: string): Api {
  const dispatcher = new Agent({ connect: { ca: cluster.ca }, allowH2: false, headersTimeout: 20_000 });
  const send = async (method: string, path: string, type: string, body?: unknown): Promise<Answer> => {
    const url = `${cluster.server}/apis/${apiVersion}/namespaces/${namespace}/${path}?fieldValidation=Strict`;
    const headers = {
      authorization: `Bearer ${cluster.token}`,
      'content-type': type,
      ...(as === undefined ? {} : { 'impersonate-user': as }),
    };
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
    remove: (kind, name) => send('DELETE', `${plurals[kind]}/${name}`, 'application/json'),
    close: () => dispatcher.close(),
  };
}

function read(code: number, value: unknown): Answer {
  const body = recordOf(value);
  const causes = recordOf(body['details'])['causes'];
  return {
    code,
    message: textOf(body['message']),
    name: textOf(recordOf(body['metadata'])['name']),
    causes: (Array.isArray(causes) ? causes : []).map(recordOf).map(({ field, message }) => ({
      field: textOf(field),
      message: textOf(message),
    })),
  };
}

const textOf = (value: unknown): string => (typeof value === 'string' ? value : '');
const recordOf = (value: unknown): Readonly<Record<string, unknown>> => (isRecord(value) ? value : {});
