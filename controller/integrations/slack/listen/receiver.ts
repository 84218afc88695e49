import type { App, Receiver } from '@slack/bolt';
import type { Log } from '../../../log.ts';
import { seconds, type Clock, type Duration } from '../../../runtime/clock.ts';
import { rule } from '../../../runtime/mutation.ts';

/** One thing that Slack delivered, however it came. */
export interface Delivery {
  readonly body: Readonly<Record<string, unknown>>;
  readonly retryNum?: number | undefined;
  readonly retryReason?: string | undefined;
}

/** `undefined` as payload: a bare ack. */
export type AckResult = { readonly acked: true; readonly payload: unknown } | { readonly acked: false };

/** What stands behind the receiver: sockets that we open, or requests that come in. */
export interface Source {
  start(deliver: (delivery: Delivery) => Promise<AckResult>): Promise<void>;
  stop(): Promise<void>;
}

export interface ReceiverOptions {
  readonly clock: Clock;
  readonly log: Pick<Log, 'warn' | 'error'>;
  readonly source: Source;
  /** Told of each delivery that has ended: its kind, whether it was acked, and milliseconds from receipt to outcome. */
  readonly done?: (kind: string, acked: boolean, took: Duration) => void;
}

/** What is being worked on when told to stop is given so long. */
const drainMost: Duration = seconds(5);

/**
 * Bolt's receiver that holds every ack until all listeners have ended, and sends none when one of them threw: Bolt itself
 * acks an event before any listener runs, and an ack is the receipt of a stored write.
 */
export class HoldingReceiver implements Receiver {
  readonly #options: ReceiverOptions;
  readonly #inFlight = new Set<Promise<AckResult>>();
  #app: App | undefined;

  constructor(options: ReceiverOptions) {
    this.#options = options;
  }

  init(app: App): void {
    this.#app = app;
  }

  async start(): Promise<void> {
    await this.#options.source.start((delivery) => this.deliver(delivery));
  }

  /** Waits for what is in flight, 5 s at most, then lets go of the source. */
  async stop(): Promise<void> {
    if (this.#inFlight.size > 0) {
      const { promise, resolve } = Promise.withResolvers<void>();
      const cancel = this.#options.clock.after(drainMost, resolve);
      await Promise.race([Promise.allSettled(this.#inFlight), promise]);
      cancel();
    }
    await this.#options.source.stop();
  }

  get inFlight(): number {
    return this.#inFlight.size;
  }

  deliver(delivery: Delivery): Promise<AckResult> {
    const work = this.#process(delivery);
    this.#inFlight.add(work);
    void work.finally(() => this.#inFlight.delete(work));
    return work;
  }

  async #process({ body, retryNum, retryReason }: Delivery): Promise<AckResult> {
    const { clock, log, done } = this.#options;
    const began = clock.monotonic();
    let payload: unknown;
    let said = false;
    const ack = (answer?: unknown): Promise<void> => {
      // Of several the one that says something counts: Bolt's own ack of an event is bare.
      if (!said || payload === undefined) payload = answer;
      said = true;
      return Promise.resolve();
    };
    let acked = true;
    try {
      await this.#app?.processEvent({
        body: { ...body },
        ack,
        ...(retryNum === undefined ? {} : { retryNum }),
        ...(retryReason === undefined ? {} : { retryReason }),
      });
    } catch (error) {
      acked = acknowledgesFault();
      log.error('slack.unacknowledged', { kind: kindOf(body), error });
    }
    done?.(kindOf(body), acked, clock.monotonic() - began);
    return acked ? { acked, payload } : { acked };
  }
}

/** What could not be stored is not acknowledged: Slack delivers it again. */
const acknowledgesFault = rule(() => false, { 'acknowledges what it could not store': () => true });

/** Few and known words, for metrics. */
export function kindOf(body: Readonly<Record<string, unknown>>): string {
  if (typeof body['command'] === 'string') return 'command';
  const type = body['type'];
  return typeof type === 'string' && kinds.has(type) ? type : 'other';
}

const kinds: ReadonlySet<string> = new Set([
  'event_callback',
  'block_actions',
  'view_submission',
  'view_closed',
  'shortcut',
  'message_action',
]);
