import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';

/** A wire to cut, between a client and a server on loopback. */
export interface TcpProxy {
  readonly port: number;
  /** Connections taken so far. */
  readonly taken: number;
  /** Connections that stand now are never heard of again, and nobody is told; new ones work. */
  lose(): void;
  /** As `lose`, for new ones too, until `heal`. */
  block(): void;
  /** Resets all connections, in the middle of whatever they carry. New ones work. */
  cut(): void;
  heal(): void;
  stop(): Promise<void>;
}

export async function startTcpProxy(target: { host: string; port: number }): Promise<TcpProxy> {
  const pairs = new Set<readonly [Socket, Socket]>();
  let taken = 0;
  let blocked = false;
  const server = createServer((near) => {
    taken++;
    near.on('error', () => {});
    if (blocked) {
      pairs.add([near, near]);
      return;
    }
    const far = connect(target);
    const pair = [near, far] as const;
    pairs.add(pair);
    far.on('error', () => {});
    near.pipe(far);
    far.pipe(near);
    const end = (): void => {
      pairs.delete(pair);
      near.destroy();
      far.destroy();
    };
    near.once('close', end);
    far.once('close', end);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the proxy has no port');
  const lose = (): void => {
    for (const [near, far] of pairs) {
      near.unpipe(far);
      far.unpipe(near);
      near.pause();
      far.pause();
    }
  };
  const cut = (): void => {
    for (const [near, far] of pairs) {
      near.resetAndDestroy();
      far.resetAndDestroy();
    }
    pairs.clear();
  };
  return {
    port: address.port,
    get taken() {
      return taken;
    },
    lose,
    block() {
      blocked = true;
      lose();
    },
    cut,
    heal() {
      blocked = false;
    },
    async stop() {
      cut();
      server.close();
      await once(server, 'close');
    },
  };
}
