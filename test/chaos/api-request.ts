/** One request to the API server, in its own words. */
export interface ApiRequest {
  readonly method: string;
  readonly path: string;
  /** `get`, `list`, `watch`, `create`, `patch`, `update` or `delete`. */
  readonly verb: string;
  /** `incidents`. */
  readonly plural: string;
  /** `incidents/status`: the plural with its subresource. */
  readonly resource: string;
  /** Empty for all of them. */
  readonly name: string;
  /** As it was sent. */
  readonly body: string;
}

const verbs: Readonly<Record<string, string>> = { POST: 'create', PATCH: 'patch', PUT: 'update', DELETE: 'delete' };

/** Reads a path such as `/apis/allclear.dev/v1alpha1/namespaces/x/incidents/login/status?fieldManager=y`. */
export function apiCallOf(method: string, path: string, body = ''): ApiRequest {
  const [bare = '', query = ''] = path.split('?');
  const [plural = '', name = '', subresource] = bare
    .replace(/^\/apis?(\/[^/]+)?\/v[^/]+/, '')
    .replace(/^\/namespaces\/[^/]+(?=\/)/, '')
    .split('/')
    .slice(1);
  const read = new URLSearchParams(query).has('watch') ? 'watch' : name === '' ? 'list' : 'get';
  return {
    method,
    path,
    verb: verbs[method] ?? read,
    plural,
    resource: subresource === undefined ? plural : `${plural}/${subresource}`,
    name,
    body,
  };
}
