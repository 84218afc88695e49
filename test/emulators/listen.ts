import type { Server } from 'node:http';

/** Listens on a free port of 127.0.0.1 and gives the origin. */
export async function listen(server: Server): Promise<string> {
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('not listening on a port');
  return `http://127.0.0.1:${address.port}`;
}

/** Ends every connection, then the server. */
export async function stop(server: Server): Promise<void> {
  server.closeAllConnections();
  await new Promise<void>((resolve) => {
    server.close(() => resolve());
  });
}

/** An address where nobody listens. A port that was just free may be another process's a moment later; this is nobody's. */
export const deadAddress = 'http://127.0.0.1:4';
