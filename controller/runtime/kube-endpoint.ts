import { createHash } from 'node:crypto';
import { Agent, ProxyAgent, type Dispatcher } from 'undici';

/** What a TLS connection to the API server needs. PEM. */
export interface Tls {
  readonly ca?: string | Buffer;
  readonly cert?: string | Buffer;
  readonly key?: string | Buffer;
  readonly passphrase?: string;
  readonly rejectUnauthorized?: boolean;
  readonly servername?: string;
}

export interface Credentials {
  readonly headers: Readonly<Record<string, string>>;
  readonly tls: Tls;
  /** `http://` or `https://` proxy on the way to the API server. */
  readonly proxy?: string;
}

/** Where an API server is and how to be known to it. */
export interface Endpoint {
  /** `https://host:port`, perhaps with a path before `/api`. */
  readonly server: string;
  /** The namespace of the current context or pod. */
  readonly namespace: string | undefined;
  /** Asked before every request, so it should be cheap. `fresh` after a 401: nothing cached may be returned. */
  credentials(fresh: boolean): Promise<Credentials>;
}

/** Longest that connecting and the TLS handshake may take. */
const connectTimeout = 5_000;
/** As client-go: below the idle timeouts of cloud load balancers (60 s). */
const keepAliveProbe = 30_000;

/**
 * One dispatcher for all requests: an Agent per call opens a socket per call. Another one takes its place only when the TLS
 * material rotates, or after a silence. HTTP/2 is off, since a killed server then leaves requests pending without error.
 */
export class Dialer {
  #current: { readonly made: string; readonly of: Dispatcher } | undefined;
  readonly #retired = new Set<Dispatcher>();

  to(credentials: Credentials): Dispatcher {
    const made = fingerprint(credentials);
    if (this.#current?.made === made) return this.#current.of;
    if (this.#current) this.retire(this.#current.of);
    this.#current = { made, of: dispatcher(credentials) };
    return this.#current.of;
  }

  /** Takes no new requests to it: they would queue behind a connection that hangs. Those in flight, watches too, may end. */
  retire(old: Dispatcher): void {
    if (this.#current?.of !== old) return;
    this.#current = undefined;
    this.#retired.add(old);
    void old.close().then(
      () => this.#retired.delete(old),
      () => this.#retired.delete(old),
    );
  }

  /** Cuts all connections. */
  async close(): Promise<void> {
    const all = [...this.#retired, ...(this.#current ? [this.#current.of] : [])];
    this.#current = undefined;
    await Promise.all(all.map((one) => one.destroy()));
  }
}

function dispatcher({ tls, proxy }: Credentials): Dispatcher {
  const connect = { ...tls, timeout: connectTimeout, keepAlive: true, keepAliveInitialDelay: keepAliveProbe };
  const common = { allowH2: false, headersTimeout: 0, bodyTimeout: 0 };
  if (proxy === undefined) return new Agent({ ...common, connect: { ...connect, allowH2: false } });
  return new ProxyAgent({ ...common, uri: proxy, requestTls: { ...connect, allowH2: false } });
}

function fingerprint({ tls, proxy }: Credentials): string {
  const hash = createHash('sha256');
  for (const part of [tls.ca, tls.cert, tls.key, tls.passphrase, tls.servername, String(tls.rejectUnauthorized), proxy])
    hash.update(part ?? '').update('\0');
  return hash.digest('base64');
}
