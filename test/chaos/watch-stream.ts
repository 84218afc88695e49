import type { IncomingMessage, ServerResponse } from 'node:http';

/**
 * - `gone`: the server says that the version is too old (410), and ends the watch.
 * - `cut`: the next event comes in half, then the connection is gone.
 * - `reset`: the connection is gone at once. `end`: the server ends the watch in order.
 * - `silence`: the connection stands and nothing comes any more.
 */
export type WatchTrouble = 'gone' | 'cut' | 'reset' | 'end' | 'silence';

/** One watch on its way from the API server to whoever asked, line by line. */
export class WatchStream {
  readonly plural: string;
  readonly #outgoing: ServerResponse;
  readonly #lag: () => number;
  #rest = '';
  #silent = false;
  #cutNext = false;
  /** When the line before this one goes out: they keep their order. */
  #last = 0;
  #waiting = 0;

  /** @param lag milliseconds by which each event is late, asked for anew each time */
  constructor(plural: string, upstream: IncomingMessage, outgoing: ServerResponse, lag: () => number) {
    this.plural = plural;
    this.#outgoing = outgoing;
    this.#lag = lag;
    outgoing.writeHead(upstream.statusCode ?? 502, { 'content-type': 'application/json' });
    outgoing.flushHeaders();
    upstream.setEncoding('utf8');
    upstream.on('data', (text: string) => this.#take(text));
    upstream.on('end', () => this.#then(() => void outgoing.end()));
    upstream.on('error', () => this.#then(() => void outgoing.destroy()));
  }

  trouble(what: WatchTrouble): void {
    switch (what) {
      case 'gone':
        this.#outgoing.write(`${JSON.stringify({ type: 'ERROR', object: tooOld })}\n`);
        this.#silent = true;
        this.#outgoing.end();
        return;
      case 'cut':
        this.#cutNext = true;
        return;
      case 'reset':
        this.#outgoing.socket?.resetAndDestroy();
        return;
      case 'end':
        this.#silent = true;
        this.#outgoing.end();
        return;
      case 'silence':
        this.#silent = true;
    }
  }

  #take(text: string): void {
    const lines = (this.#rest + text).split('\n');
    this.#rest = lines.pop() ?? '';
    for (const line of lines) this.#then(() => this.#pass(line));
  }

  #pass(line: string): void {
    if (!this.#cutNext) return void this.#outgoing.write(`${line}\n`);
    this.#silent = true;
    this.#outgoing.write(line.slice(0, Math.floor(line.length / 2)), () => this.#outgoing.socket?.destroy());
  }

  /** After the lag, and after what came before. */
  #then(act: () => void): void {
    const now = performance.now();
    const lag = this.#lag();
    const run = (): void => {
      this.#waiting -= 1;
      if (!this.#silent && !this.#outgoing.destroyed) act();
    };
    const at = Math.max(now + lag, this.#last);
    this.#last = at;
    this.#waiting += 1;
    if (at <= now && this.#waiting === 1) run();
    else setTimeout(run, at - now);
  }
}

const tooOld = {
  kind: 'Status',
  apiVersion: 'v1',
  metadata: {},
  status: 'Failure',
  message: 'too old resource version',
  reason: 'Expired',
  code: 410,
};
