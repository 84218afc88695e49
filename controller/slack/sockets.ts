import { SocketModeClient } from '@slack/socket-mode';
import { Agent, EnvHttpProxyAgent, type Dispatcher } from 'undici';
import type { Log } from '../log.ts';
import { backoff } from '../runtime/backoff.ts';
import { seconds, type Clock, type Duration } from '../runtime/clock.ts';
import { transport } from '../integrations/slack/transport.ts';
import { quietLogger } from './quiet-logger.ts';
import type { Delivery, Outcome, Source } from './receiver.ts';

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
/** Slack closes a socket some seconds after its `disconnect`; acks of what is in flight go out first. */
const lingerMost: Duration = 2_500;
const closeMost: Duration = seconds(2);
const longestWait: Duration = seconds(10);
/** A socket that stood so long has nothing to do with the one that follows. */
const healthy: Duration = seconds(30);

type Deliver = (delivery: Delivery) => Promise<Outcome>;

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

/** One socket at a time. The client's own reconnecting can end the process or go deaf, so each gets a client of its own. */
class Slot {
  readonly #name: string;
  readonly #options: SocketOptions;
  readonly #deliver: Deliver;
  readonly #stopped = Promise.withResolvers<void>();
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
      await this.#pause(wait);
    }
  }

  /** From opening to its end; true when Slack itself asked for a new one. Never throws. */
  async #once(): Promise<boolean> {
    const { log } = this.#options;
    const wire = wiring(this.#options);
    const pending = new Set<Promise<void>>();
    let refreshed = false;
    holdDisconnect(wire.client, async (reason) => {
      refreshed = reason === 'refresh_requested' || reason === 'warning';
      log.info('slack.socket-leaving', { socket: this.#name, reason });
      await this.#atMost(lingerMost, Promise.all(pending));
    });
    const ended = new Promise<void>((resolve) => void wire.client.once('disconnected', () => resolve()));
    wire.client.on('slack_event', (envelope: Envelope) => {
      const work = this.#take(envelope);
      pending.add(work);
      void work.finally(() => pending.delete(work));
    });
    try {
      const started = wire.client.start();
      started.catch(() => undefined);
      if (!(await this.#atMost(startMost, started))) throw new Error('no hello in time');
      this.#open = true;
      log.info('slack.socket-open', { socket: this.#name });
      await Promise.race([ended, this.#stopped.promise]);
    } catch (error) {
      log.warn('slack.socket-failed', { socket: this.#name, error });
    }
    // What was taken is still answered over the socket that brought it.
    await this.#atMost(lingerMost, Promise.all(pending));
    await this.#atMost(closeMost, wire.client.disconnect());
    wire.close();
    return refreshed;
  }

  async #take({ ack, body, retry_num: retryNum, retry_reason: retryReason }: Envelope): Promise<void> {
    const outcome = await this.#deliver({ body, retryNum, retryReason });
    if (!outcome.acked) return;
    try {
      await ack(outcome.payload);
    } catch (error) {
      // Slack delivers it again, or the person presses again: nothing is done twice.
      this.#options.log.warn('slack.ack-lost', { socket: this.#name, error });
    }
  }

  /** False: it took longer. Rejects as `work` does. */
  async #atMost(most: Duration, work: Promise<unknown>): Promise<boolean> {
    const { promise, resolve } = Promise.withResolvers<boolean>();
    const cancel = this.#options.clock.after(most, () => resolve(false));
    try {
      return await Promise.race([work.then(() => true), promise]);
    } finally {
      cancel();
    }
  }

  async #pause(wait: Duration): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    const cancel = this.#options.clock.after(wait, resolve);
    await Promise.race([promise, this.#stopped.promise]);
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
    logger: quietLogger(log, 'slack.socket'),
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

/** The client closes its socket the moment Slack asks for it, and with it go the acks of what is being worked on. */
function holdDisconnect(client: SocketModeClient, before: (reason: string) => Promise<void>): void {
  const own = client.listeners('ws_message');
  client.removeAllListeners('ws_message');
  client.on('ws_message', (data: unknown, binary: boolean) => {
    const pass = (): void => own.forEach((listener) => listener.call(client, data, binary));
    const reason = disconnectReason(data);
    if (reason === undefined) pass();
    else void before(reason).then(pass);
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
