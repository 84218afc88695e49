import type { RequestOptions } from 'node:https';
import { KubeConfig } from '@kubernetes/client-node';
import type { Duration } from './clock.ts';
import { seconds, systemClock } from './clock.ts';
import type { Credentials, Endpoint, Tls } from './kube-endpoint.ts';

/** Files are read again this often; KubeConfig itself reads a rotated token after a minute, as client-go does. */
const cacheFor: Duration = seconds(10);

/** Nothing names a cluster: no KUBECONFIG, no ~/.kube/config, no service account. */
export class NoCluster extends Error {
  override readonly name = 'NoCluster';
}

/**
 * The endpoint that `file`, `KUBECONFIG`, `~/.kube/config` or the pod's service account names, in this order.
 * Token and CA rotation and exec plugins are followed. One endpoint a client where a hanging exec plugin must stop only one of them.
 * @throws Error in words for the user: NoCluster, no such context, a proxy that is not supported.
 */
export function loadEndpoint(options: { context?: string | undefined; file?: string | undefined } = {}): Endpoint {
  return endpointOf(() => {
    const config = new KubeConfig();
    if (options.file === undefined) config.loadFromDefault();
    else config.loadFromFile(options.file);
    if (options.context !== undefined) config.setCurrentContext(options.context);
    return config;
  });
}

/** @param load reads the configuration afresh; called again when the API server refuses the credentials */
export function endpointOf(load: () => KubeConfig): Endpoint {
  let config = load();
  const { server, namespace } = check(config);
  let cached: { readonly value: Promise<Credentials>; readonly until: Duration } | undefined;
  let refreshAt = -Infinity;
  return {
    server,
    namespace,
    credentials(fresh) {
      const now = systemClock.monotonic();
      // A revoked token must not start the exec plugin for every request.
      if (fresh && now >= refreshAt) {
        refreshAt = now + cacheFor;
        config = load();
        cached = undefined;
      }
      if (cached && now < cached.until) return cached.value;
      const value = credentialsOf(config);
      cached = { value, until: now + cacheFor };
      value.catch(() => {
        if (cached?.value === value) cached = undefined;
      });
      return value;
    },
  };
}

function check(config: KubeConfig): { server: string; namespace: string | undefined } {
  const context = config.getCurrentContext();
  const cluster = config.getCurrentCluster();
  if (!cluster) throw new Error(`the kubeconfig has no cluster for its context ${JSON.stringify(context)}`);
  // What client-node makes up when it finds nothing.
  if (cluster.name === 'cluster' && cluster.server === 'http://localhost:8080')
    throw new NoCluster(
      'no cluster to talk to: set KUBECONFIG, or make ~/.kube/config, or run in a pod with a service account',
    );
  if (cluster.proxyUrl && !/^https?:/.test(cluster.proxyUrl))
    throw new Error(`proxy-url ${cluster.proxyUrl} of the kubeconfig is not http or https`);
  return { server: cluster.server, namespace: config.getContextObject(context)?.namespace };
}

async function credentialsOf(config: KubeConfig): Promise<Credentials> {
  const options: RequestOptions = {};
  await config.applyToHTTPSOptions(options);
  const headers: Record<string, string> = {};
  for (const [name, value] of Object.entries(options.headers ?? {})) {
    // A token file may end in a newline, which no header may hold.
    if (value !== undefined) headers[name.toLowerCase()] = String(value).trim();
  }
  if (options.auth) headers['authorization'] = `Basic ${Buffer.from(options.auth).toString('base64')}`;
  const proxy = config.getCurrentCluster()?.proxyUrl;
  return { headers, tls: tlsOf(options), ...(proxy ? { proxy } : {}) };
}

function tlsOf(options: RequestOptions): Tls {
  const { ca, cert, key, passphrase, rejectUnauthorized, servername } = options;
  return {
    ...(isPem(ca) && { ca }),
    ...(isPem(cert) && { cert }),
    ...(isPem(key) && { key }),
    ...(passphrase !== undefined && { passphrase }),
    ...(rejectUnauthorized !== undefined && { rejectUnauthorized }),
    ...(servername !== undefined && { servername }),
  };
}

const isPem = (value: unknown): value is string | Buffer => typeof value === 'string' || Buffer.isBuffer(value);
