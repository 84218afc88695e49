import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { Metrics } from './metrics.ts';

export interface HttpOptions {
  readonly host: string;
  readonly port: number;
  readonly metrics: Metrics;
  /** The process can still do its work. */
  live(): boolean;
  /** It has read the cluster and is not stopping. */
  ready(): boolean;
  /** Requests from outside. True: the path is known, and the request will be answered. */
  handle?(request: IncomingMessage, response: ServerResponse): boolean;
}

/** /livez, /readyz, /metrics, and what `handle` knows. Resolves with the port once it listens. */
export async function serveHttp(options: HttpOptions): Promise<{ readonly port: number; close(): Promise<void> }> {
  const server: Server = createServer((request, response) => {
    const path = request.url?.split('?')[0];
    if (path?.startsWith('/slack/') && options.handle?.(request, response)) return;
    if (request.method !== 'GET') return answer(response, 405, 'GET only\n');
    if (path === '/livez') return answer(response, options.live() ? 200 : 500, options.live() ? 'ok\n' : 'not live\n');
    if (path === '/readyz')
      return answer(response, options.ready() ? 200 : 503, options.ready() ? 'ok\n' : 'not ready\n');
    if (path === '/metrics') {
      void options.metrics.registry.metrics().then(
        (text) => answer(response, 200, text, options.metrics.registry.contentType),
        () => answer(response, 500, 'metrics failed\n'),
      );
      return;
    }
    answer(response, 404, 'not found\n');
  });
  server.headersTimeout = 5_000;
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(options.port, options.host, resolve);
  });
  return {
    port: portOf(server),
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

function answer(response: ServerResponse, status: number, text: string, type = 'text/plain; charset=utf-8'): void {
  response.writeHead(status, { 'content-type': type, 'x-content-type-options': 'nosniff' }).end(text);
}

function portOf(server: Server): number {
  const address = server.address();
  return typeof address === 'object' && address !== null ? address.port : 0;
}
