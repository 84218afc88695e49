import { SocketModeClient } from '@slack/socket-mode';
import { Agent, EnvHttpProxyAgent, type Dispatcher } from 'undici';
import type { Log } from '../../../log.ts';
import { backoff } from '../../../runtime/backoff.ts';
import { seconds, type Clock, type Duration } from '../../../runtime/clock.ts';
import { transport } from '../transport.ts';
import { quietLogger } from '../quiet-logger.ts';
import type { Delivery, AckResult, Source } from './receiver.ts';

export interface SocketOptions {
  readonly apiUrl: string;
  readonly appToken: string;
  readonly clock: Clock;
  readonly log: Pick<Log, 'info' | 'warn'>;
  readonly random?: () => number;
}

/** While one is refreshed the other listens. Slack allows ten for an app, so five processes at a time. */
const socketCount = 2;
/** apps.connections.open, the handshake and `hello` together. */
const startMost: Duration = seconds(15);
const openTimeout: Duration = seconds(10);
/** What was taken is answered over the socket that brought it. */
const answerMost: Duration = 2_500;
/** After its warning Slack closes a socket within about ten seconds. */
const lingerMost: Duration = seconds(15);
const closeMost: Duration = seconds(2);
const longestWait: Duration = seconds(10);
/** A socket that stood so long has nothing to do with the one that follows. */
const healthy: Duration = seconds(30);

type Deliver = (delivery: Delivery) => Promise<AckResult>;

/** Socket Mode over two sockets that are opened again for ever. */
export function sockets(options: SocketOptions): Source & { readonly open: number } {
  const slots: Slot[] = [];
  return {
    start(deliver) {
      for (let n = 1; n <= socketCount; n++) slots.push(new Slot(`socket-${n}`, options, deliver));
      return Promise.resolve();
    },
    async stop() {
      await Promise.all(slots.map((slot) => slot.stop()));
    },
    get open() {
      return slots.filter((slot) => slot.open).length;
    },
  };
}

/** One socket after the other. The client's own reconnecting can end the process or go deaf, so each has a client of its own. */
class Slot {
  readonly #name: string;
  readonly #options: SocketOptions;
  readonly #deliver: Deliver;
  readonly #stopped = Promise.withResolvers<void>();
  readonly #lingering = new Set<Promise<void>>();
  readonly #running: Promise<void>;
  #stopping = false;
  #open = false;

  constructor(name: string, options: SocketOptions, deliver: Deliver) {
    this.#name = name;
    this.#options = options;
    this.#deliver = deliver;
    this.#running = this.#run();
  }

  get open(): boolean {
    return this.#open;
  }

  async stop(): Promise<void> {
    this.#stopping = true;
    this.#stopped.resolve();
    await this.#running;
    await Promise.all(this.#lingering);
  }

  async #run(): Promise<void> {
    const { clock, log, random = Math.random } = this.#options;
    let failures = 0;
    while (!this.#stopping) {
      const began = clock.monotonic();
      const refreshed = await this.#once();
      this.#open = false;
      if (this.#stopping) return;
      failures = refreshed || clock.monotonic() - began >= healthy ? 0 : failures + 1;
      if (failures === 0) continue;
      const wait = backoff(failures, { base: 500, most: longestWait, random });
      log.warn('slack.socket-waits', { socket: this.#name, ms: Math.round(wait) });
      await atMost(clock, wait, this.#stopped.promise);
    }
  }

  /** Until a socket's end; true as soon as Slack asks for a new one, while the old one still answers. Never throws. */
  async #once(): Promise<boolean> {
    const { clock, log } = this.#options;
    const socket = connect(this.#name, this.#options, this.#deliver);
    try {
      const started = Promise.race([socket.start(), this.#stopped.promise]);
      if (!(await atMost(clock, startMost, started))) throw new Error('no hello in time');
      if (this.#stopping) return false;
      this.#open = true;
      log.info('slack.socket-open', { socket: this.#name });
      await Promise.race([socket.ended, socket.dismissed, this.#stopped.promise]);
    } catch (error) {
      log.warn('slack.socket-failed', { socket: this.#name, error });
    } finally {
      await this.#leave(socket);
    }
    return isRefresh(socket);
  }

  async #leave(socket: Socket): Promise<void> {
    const { clock, log } = this.#options;
    if (socket.reason !== undefined) log.info('slack.socket-leaves', { socket: this.#name, reason: socket.reason });
    if (!isRefresh(socket) || this.#stopping) await socket.close();
    else {
      const gone = atMost(clock, lingerMost, Promise.race([socket.ended, this.#stopped.promise])).then(() =>
        socket.close(),
      );
      this.#lingering.add(gone);
      void gone.finally(() => this.#lingering.delete(gone));
    }
  }
}

const isRefresh = ({ reason }: Socket): boolean => reason === 'refresh_requested' || reason === 'warning';

interface Socket {
  /** Rejects when it cannot be opened. */
  start(): Promise<unknown>;
  readonly ended: Promise<void>;
  /** Slack wants it closed; `reason` says why. */
  readonly dismissed: Promise<void>;
  readonly reason: string | undefined;
  /** Answers what was taken, then closes it. */
  close(): Promise<void>;
}

/** One connection with all that it needs; nothing of it is used again. */
function connect(name: string, options: SocketOptions, deliver: Deliver): Socket {
  const { clock, log } = options;
  const wire = wiring(options);
  const pending = new Set<Promise<void>>();
  const ended = Promise.withResolvers<void>();
  const dismissed = Promise.withResolvers<void>();
  let reason: string | undefined;

  async function take({ ack, body, retry_num: retryNum, retry_reason: retryReason }: Envelope): Promise<void> {
    const outcome = await deliver({ body, retryNum, retryReason });
    if (!outcome.acked) return;
    try {
      await ack(outcome.payload);
    } catch (error) {
      // Slack delivers it again, or the person presses again: nothing is done twice.
      log.warn('slack.ack-lost', { socket: name, error });
    }
  }

  wire.client.once('disconnected', () => ended.resolve());
  wire.client.on('slack_event', (envelope: Envelope) => {
    const work = take(envelope);
    pending.add(work);
    void work.finally(() => pending.delete(work));
  });
  keepOpen(wire.client, (why) => {
    reason = why;
    dismissed.resolve();
  });
  return {
    start() {
      const started = wire.client.start();
      started.catch(() => undefined);
      return started;
    },
    ended: ended.promise,
    dismissed: dismissed.promise,
    get reason() {
      return reason;
    },
    async close() {
      await atMost(clock, answerMost, Promise.all(pending));
      await atMost(clock, closeMost, wire.client.disconnect());
      wire.close();
    },
  };
}

/** False: it took longer. Rejects as `work` does. */
async function atMost(clock: Clock, most: Duration, work: Promise<unknown>): Promise<boolean> {
  const { promise, resolve } = Promise.withResolvers<boolean>();
  const cancel = clock.after(most, () => resolve(false));
  try {
    return await Promise.race([work.then(() => true), promise]);
  } finally {
    cancel();
  }
}

interface Envelope {
  readonly ack: (payload?: unknown) => Promise<void>;
  readonly body: Readonly<Record<string, unknown>>;
  readonly retry_num?: number;
  readonly retry_reason?: string;
}

/** A client with options that nobody else holds: the library writes into them, tokens included. */
function wiring({ apiUrl, appToken, log }: SocketOptions): { client: SocketModeClient; close(): void } {
  const out = transport();
  // NODE_USE_ENV_PROXY does not reach a WebSocket by itself.
  const dispatcher: Dispatcher =
    process.env['NODE_USE_ENV_PROXY'] === '1'
      ? new EnvHttpProxyAgent({ allowH2: false })
      : new Agent({ allowH2: false, connect: { timeout: 3_000 } });
  const client = new SocketModeClient({
    appToken,
    autoReconnectEnabled: false,
    logger: quietLogger((fields) => log.warn('slack.socket', fields)),
    dispatcher,
    clientOptions: {
      slackApiUrl: apiUrl,
      // One attempt: the slot tries again, with a cap.
      retryConfig: { retries: 0 },
      rejectRateLimitedCalls: true,
      allowAbsoluteUrls: false,
      timeout: openTimeout,
      fetch: out.fetch,
    },
  });
  return {
    client,
    close() {
      out.close();
      // A peer that never completes the closing handshake would keep the connection.
      dispatcher.destroy().catch(() => undefined);
    },
  };
}

/**
 * The client closes its socket the moment Slack asks for it, and with it go the acks of what it brought: here the frame
 * does not reach it.
 */
function keepOpen(client: SocketModeClient, dismissed: (reason: string) => void): void {
  const own = client.listeners('ws_message');
  client.removeAllListeners('ws_message');
  client.on('ws_message', (data: unknown, binary: boolean) => {
    const reason = disconnectReason(data);
    if (reason !== undefined) return dismissed(reason);
    for (const listener of own) listener.call(client, data, binary);
  });
}

/** `refresh_requested`, `warning`, `link_disabled`, `too_many_websockets`; undefined for every other frame. */
function disconnectReason(data: unknown): string | undefined {
  if (typeof data !== 'string' || !data.includes('"disconnect"')) return undefined;
  try {
    const frame: unknown = JSON.parse(data);
    if (typeof frame !== 'object' || frame === null || !('type' in frame) || frame.type !== 'disconnect')
      return undefined;
    return 'reason' in frame ? String(frame.reason) : 'unknown';
  } catch {
    return undefined;
  }
}
