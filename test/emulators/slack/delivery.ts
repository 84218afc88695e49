import { randomUUID } from 'node:crypto';
import type { Clock } from '../../../controller/runtime/clock.ts';
import { type EnvelopeType, post, type RequestUrl } from './http-delivery.ts';
import { type Json, object, text } from './json.ts';
import { Sockets } from './sockets.ts';
import type { Timing } from './timing.ts';

/** What came of a payload: an ack in time, nobody to take it, or no ack in time. */
export type Delivered = 'acked' | 'dispatch_failed' | 'operation_timeout';

/** One delivery of one payload, as counted. */
export interface Envelope {
  readonly id: string;
  readonly type: EnvelopeType;
  /** The command, event type, callback_id or action_id. */
  readonly name: string;
  /** Milliseconds since the Unix epoch. */
  readonly at: number;
  /** 0, then counted up with each redelivery. */
  readonly attempt: number;
  /** The connection that got it; `http`; undefined when there was none. */
  readonly to: string | undefined;
  readonly payload: Json;
  /** Undefined while it waits. */
  result?: Delivered;
  /** Milliseconds from sending to the ack, in time or not. */
  ackedAfter?: number;
  /** What came with the ack. */
  ack?: Json;
}

/** An ack that counted for nothing, and why. */
export interface RefusedAck {
  readonly at: number;
  readonly id: string;
  /**
   * `unknown`: no such envelope. `elsewhere`: it went to another connection. `double`: it was acked before. `late`: its
   * time was over. `payload`: it carries one where none is accepted. `lost`: on the way, as told by `loseNextAck`.
   */
  readonly why: 'unknown' | 'elsewhere' | 'double' | 'late' | 'payload' | 'lost';
}

export interface Parcel {
  readonly type: EnvelopeType;
  readonly name: string;
  readonly payload: Json;
  /** Whether the ack may say something. */
  readonly accepts: boolean;
  /** Waits before each redelivery in milliseconds. */
  readonly again: readonly number[];
}

interface Waiting {
  readonly envelope: Envelope;
  readonly accepts: boolean;
  readonly settle: (result: Delivered) => void;
  /** Its acks get lost. */
  lost?: boolean;
}

/** Brings payloads to the app, by Socket Mode or by HTTP, and counts them. */
export class Delivery {
  readonly envelopes: Envelope[] = [];
  readonly refusedAcks: RefusedAck[] = [];
  readonly sockets: Sockets;
  /** HTTP instead of Socket Mode. */
  requestUrl: RequestUrl | undefined;
  /** So many of the next acks get lost. */
  losing = 0;
  /** Whatever is acked comes again after so many milliseconds. */
  redeliverAfter: number | undefined;
  readonly #timing: Timing;
  readonly #clock: Clock;
  readonly #waiting = new Map<string, Waiting>();
  readonly #timers = new Set<() => void>();
  readonly #changed: () => void;
  #closed = false;

  constructor(appId: string, timing: Timing, clock: Clock, changed: () => void) {
    this.#timing = timing;
    this.#clock = clock;
    this.#changed = changed;
    this.sockets = new Sockets(appId, timing, clock, { frame: (socket, frame) => this.#frame(socket, frame), changed });
  }

  /** Whether anybody was ever there to deliver to. */
  get active(): boolean {
    return this.sockets.used || this.requestUrl !== undefined;
  }

  /** Delivers, again and again if it must. Resolves with the first delivery: that is what a person sees. */
  async deliver(parcel: Parcel): Promise<Envelope> {
    const first = await this.#attempt(parcel, 0, '');
    if (first.result === 'acked') {
      if (this.redeliverAfter !== undefined)
        this.#later(this.redeliverAfter, () => this.#attempt(parcel, 1, 'timeout'));
    } else this.#again(parcel, first);
    return first;
  }

  /** Sends what was delivered since `since` (milliseconds since the Unix epoch) once more, acked or not, over another socket. */
  async replay(since = 0): Promise<void> {
    const seen = new Map(this.envelopes.filter(({ at }) => at >= since).map((one) => [one.payload, one]));
    await Promise.all(
      [...seen.values()].map(({ type, name, payload, attempt, to }) =>
        this.#attempt({ type, name, payload, accepts: type !== 'events_api', again: [] }, attempt + 1, 'timeout', to),
      ),
    );
  }

  async close(): Promise<void> {
    this.#closed = true;
    for (const cancel of this.#timers) cancel();
    for (const { settle } of this.#waiting.values()) settle('operation_timeout');
    await this.sockets.close();
  }

  #again(parcel: Parcel, failed: Envelope): void {
    const wait = parcel.again[failed.attempt];
    if (wait === undefined) return;
    // Nobody takes a command up again for a person who was told that it failed for want of an app.
    if (parcel.type !== 'events_api' && failed.result === 'dispatch_failed') return;
    this.#later(wait, async () => {
      const reason = failed.result === 'dispatch_failed' ? 'connection_failed' : 'timeout';
      const next = await this.#attempt(parcel, failed.attempt + 1, reason, failed.to);
      if (next.result !== 'acked') this.#again(parcel, next);
    });
  }

  #later(ms: number, act: () => Promise<unknown>): void {
    const cancel = this.#clock.after(ms, () => {
      this.#timers.delete(cancel);
      if (!this.#closed) void act();
    });
    this.#timers.add(cancel);
  }

  async #attempt(parcel: Parcel, attempt: number, reason: string, not?: string): Promise<Envelope> {
    const { type, name, payload, accepts } = parcel;
    const id = randomUUID();
    const base = { id, type, name, payload, attempt, at: this.#clock.now() };
    if (this.requestUrl !== undefined) return this.#byHttp(this.requestUrl, base, reason);
    const to = this.sockets.send(
      {
        envelope_id: id,
        type,
        payload,
        accepts_response_payload: accepts,
        ...(type === 'events_api' || attempt > 0 ? { retry_attempt: attempt, retry_reason: reason } : {}),
      },
      not,
    );
    const envelope: Envelope = { ...base, to };
    this.envelopes.push(envelope);
    if (to === undefined) {
      envelope.result = 'dispatch_failed';
      return envelope;
    }
    await new Promise<void>((resolve) => {
      const cancel = this.#clock.after(this.#timing.ackWithin, () => settle('operation_timeout'));
      const settle = (result: Delivered): void => {
        cancel();
        this.#timers.delete(cancel);
        this.#waiting.delete(id);
        envelope.result = result;
        resolve();
      };
      this.#timers.add(cancel);
      this.#waiting.set(id, { envelope, accepts, settle });
    });
    this.#changed();
    return envelope;
  }

  async #byHttp(target: RequestUrl, base: Omit<Envelope, 'to'>, reason: string): Promise<Envelope> {
    const envelope: Envelope = { ...base, to: 'http' };
    this.envelopes.push(envelope);
    const late = new AbortController();
    const cancel = this.#clock.after(this.#timing.ackWithin, () =>
      late.abort(new DOMException('no answer in time', 'TimeoutError')),
    );
    this.#timers.add(cancel);
    try {
      envelope.ack = await post(target, base.type, base.payload, {
        attempt: base.attempt,
        reason: reason === 'timeout' ? 'http_timeout' : reason,
        signal: late.signal,
      });
      envelope.ackedAfter = this.#clock.now() - envelope.at;
      envelope.result = 'acked';
      if (this.losing > 0) {
        this.losing -= 1;
        this.refusedAcks.push({ at: this.#clock.now(), id: base.id, why: 'lost' });
        envelope.result = 'operation_timeout';
      }
    } catch (error) {
      envelope.result =
        error instanceof Error && error.name === 'TimeoutError' ? 'operation_timeout' : 'dispatch_failed';
    }
    cancel();
    this.#timers.delete(cancel);
    this.#changed();
    return envelope;
  }

  #frame(socket: string, frame: Json): void {
    const id = text(frame['envelope_id']);
    const payload = object(frame['payload']);
    const says = Object.values(payload).some((value) => value !== '' && value !== undefined);
    const waiting = this.#waiting.get(id);
    const refuse = (why: RefusedAck['why']): void => void this.refusedAcks.push({ at: this.#clock.now(), id, why });
    if (!waiting) {
      const known = this.envelopes.findLast((one) => one.id === id);
      if (known && known.ackedAfter === undefined) known.ackedAfter = this.#clock.now() - known.at;
      refuse(known === undefined ? 'unknown' : known.result === 'acked' ? 'double' : 'late');
      return;
    }
    const { envelope, accepts, settle } = waiting;
    if (envelope.to !== socket) return refuse('elsewhere');
    if (says && !accepts) return refuse('payload');
    if (waiting.lost || this.losing > 0) {
      if (!waiting.lost) this.losing -= 1;
      waiting.lost = true;
      return refuse('lost');
    }
    envelope.ackedAfter = this.#clock.now() - envelope.at;
    envelope.ack = payload;
    settle('acked');
  }
}
