import { randomBytes } from 'node:crypto';
import { createServer, type Server } from 'node:http';
import { type RawData, type WebSocket, WebSocketServer } from 'ws';
import type { Clock } from '../../../controller/runtime/clock.ts';
import { listen, stop } from '../listen.ts';
import { type Json, object, parsed } from './json.ts';
import type { Timing } from './timing.ts';

/** Slack's most for one app: https://docs.slack.dev/apis/events-api/using-socket-mode#connections */
const mostSockets = 10;

export type DisconnectReason = 'warning' | 'refresh_requested' | 'link_disabled' | 'too_many_websockets';

/** What hears of frames and of sockets that come and go. */
export interface SocketListener {
  frame(socket: string, frame: Json): void;
  changed(): void;
}

/** The WebSocket server of one app: as many connections as Slack allows, each opened by a URL that works once. */
export class Sockets {
  readonly #server: Server;
  readonly #upgrade = new WebSocketServer({ noServer: true });
  readonly #tickets = new Set<string>();
  readonly #open = new Map<string, WebSocket>();
  readonly #appId: string;
  readonly #timing: Timing;
  readonly #listener: SocketListener;
  readonly #clock: Clock;
  readonly #timers = new Set<() => void>();
  #origin = '';
  #count = 0;
  /** Whether a client ever asked for a URL: until then there is nobody to deliver to. */
  used = false;
  /** The error that apps.connections.open gives while Socket Mode is switched off. */
  disabled: string | undefined;

  constructor(appId: string, timing: Timing, clock: Clock, listener: SocketListener) {
    this.#appId = appId;
    this.#timing = timing;
    this.#clock = clock;
    this.#listener = listener;
    this.#server = createServer((_request, response) => void response.writeHead(404).end());
    this.#server.on('upgrade', (request, socket, head) => {
      const url = new URL(request.url ?? '/', 'ws://slack');
      // A ticket works once, so a replayed URL is refused.
      if (url.pathname !== '/link/' || !this.#tickets.delete(url.searchParams.get('ticket') ?? '')) {
        socket.end('HTTP/1.1 404 Not Found\r\nconnection: close\r\n\r\n');
        return;
      }
      this.#upgrade.handleUpgrade(request, socket, head, (opened) => this.#welcome(opened));
    });
  }

  async listen(): Promise<void> {
    this.#origin = (await listen(this.#server)).replace('http', 'ws');
  }

  /** The answer to apps.connections.open. */
  ticket(): Json {
    this.used = true;
    if (this.disabled !== undefined) return { ok: false, error: this.disabled };
    const ticket = randomBytes(18).toString('base64url');
    this.#tickets.add(ticket);
    return { ok: true, url: `${this.#origin}/link/?ticket=${ticket}&app_id=${this.#appId}` };
  }

  get ids(): readonly string[] {
    return [...this.#open.keys()];
  }

  /** Sends to one open connection at random, to `not` only if there is no other; undefined when there is none. */
  send(frame: Json, not?: string): string | undefined {
    const all = this.ids;
    const others = all.filter((id) => id !== not);
    const among = others.length > 0 ? others : all;
    const id = among[Math.floor(Math.random() * among.length)];
    if (id === undefined) return undefined;
    this.#open.get(id)?.send(JSON.stringify(frame));
    return id;
  }

  /** Ends all connections without a word. */
  drop(): void {
    for (const socket of this.#open.values()) socket.terminate();
  }

  /** Tells all connections to go; they are closed after a while if they do not. */
  disconnect(reason: DisconnectReason): void {
    for (const socket of this.#open.values()) this.#dismiss(socket, reason);
  }

  async close(): Promise<void> {
    for (const cancel of this.#timers) cancel();
    // Those that were turned away, too.
    for (const socket of this.#upgrade.clients) socket.terminate();
    this.#upgrade.close();
    await stop(this.#server);
  }

  #welcome(socket: WebSocket): void {
    if (this.#open.size >= mostSockets) {
      this.#dismiss(socket, 'too_many_websockets');
      return;
    }
    this.#count += 1;
    const id = `socket-${this.#count}`;
    this.#open.set(id, socket);
    const pings = setInterval(() => socket.ping(), this.#timing.pingEvery);
    socket.on('message', (data) => this.#listener.frame(id, object(parsed(textOf(data)))));
    // A client that goes without a close frame is no fault of this server.
    socket.on('error', () => undefined);
    socket.once('close', () => {
      clearInterval(pings);
      this.#open.delete(id);
      this.#listener.changed();
    });
    socket.send(
      JSON.stringify({
        type: 'hello',
        num_connections: this.#open.size,
        debug_info: { host: 'applink-emulated', build_number: 1, approximate_connection_time: 18_060 },
        connection_info: { app_id: this.#appId },
      }),
    );
    this.#listener.changed();
  }

  #dismiss(socket: WebSocket, reason: DisconnectReason): void {
    socket.on('error', () => undefined);
    socket.send(JSON.stringify({ type: 'disconnect', reason, debug_info: { host: 'applink-emulated' } }));
    const cancel = this.#clock.after(this.#timing.disconnectGrace, () => {
      this.#timers.delete(cancel);
      socket.close(1000);
    });
    this.#timers.add(cancel);
  }
}

function textOf(data: RawData): string {
  if (Array.isArray(data)) return Buffer.concat(data).toString();
  return data instanceof ArrayBuffer ? Buffer.from(data).toString() : data.toString();
}
