import { randomBytes } from 'node:crypto';
import type { Clock } from '../../../controller/runtime/clock.ts';
import { blocksError } from './block-kit.ts';
import { timestamp } from './events.ts';
import { type Json, objects, text, yes } from './json.ts';
import type { Timing } from './timing.ts';

/** A message that one person alone sees. */
export interface Ephemeral {
  readonly ts: string;
  /** Milliseconds since the Unix epoch. */
  readonly at: number;
  readonly who: string;
  readonly channel: string;
  readonly thread?: string;
  readonly text: string;
  readonly blocks: readonly Json[];
  /** `app`: the app wrote it; `slack`: Slack itself, such as why a command failed. */
  readonly from: 'app' | 'slack';
}

/** Where a response_url leads. */
export interface ResponsePlace {
  readonly who: string;
  readonly channel: string;
  /** The message that was acted on: `replace_original` and `delete_original` are about it. */
  readonly message?: string;
  readonly thread?: string;
}

/** Most uses of one response_url: https://docs.slack.dev/interactivity/handling-user-interaction#message_responses */
const mostUses = 5;

/** Ephemeral messages and the response_urls that make them. */
export class Ephemerals {
  readonly all: Ephemeral[] = [];
  readonly #places = new Map<string, ResponsePlace & { readonly at: number; uses: number }>();
  readonly #timing: Timing;
  readonly #clock: Clock;
  readonly #changed: () => void;

  constructor(timing: Timing, clock: Clock, changed: () => void) {
    this.#timing = timing;
    this.#clock = clock;
    this.#changed = changed;
  }

  add(one: Omit<Ephemeral, 'ts' | 'at'>): Ephemeral {
    const added = { ...one, ts: timestamp(), at: Date.now() };
    this.all.push(added);
    this.#changed();
    return added;
  }

  find(ts: string): Ephemeral | undefined {
    return this.all.find((one) => one.ts === ts);
  }

  /** A person may dismiss one, and the app replaces or deletes one. */
  remove(ts: string): void {
    const at = this.all.findIndex((one) => one.ts === ts);
    if (at >= 0) this.all.splice(at, 1);
    this.#changed();
  }

  /** The path of a new response_url. */
  place(place: ResponsePlace): string {
    const path = `/respond/${randomBytes(18).toString('base64url')}`;
    this.#places.set(path, { ...place, at: this.#clock.monotonic(), uses: 0 });
    return path;
  }

  /** Takes one use of a response_url, or says why not. */
  use(path: string): ResponsePlace | 'expired_url' | 'used_url' | 'no_text' {
    const place = this.#places.get(path);
    if (!place || this.#clock.monotonic() - place.at > this.#timing.responseLife) return 'expired_url';
    if (place.uses >= mostUses) return 'used_url';
    place.uses += 1;
    return place;
  }

  /** What an answer of the app to a person does: an ephemeral, or a message when it says `in_channel`. */
  async respond(
    place: ResponsePlace,
    body: Json,
    call: (method: string, args: Json) => Promise<Json>,
  ): Promise<string> {
    const wrong = blocksError(body['blocks']);
    if (wrong) return wrong.error;
    const { channel, who, message, thread } = place;
    const own = message === undefined ? undefined : this.find(message);
    const content = { text: text(body['text']), blocks: objects(body['blocks']) };
    const sent = { channel, text: content.text, ...(body['blocks'] === undefined ? {} : { blocks: body['blocks'] }) };
    if (yes(body['delete_original']) && message !== undefined) {
      if (own) this.remove(message);
      else await call('chat.delete', { channel, ts: message });
      return 'ok';
    }
    if (content.text === '' && content.blocks.length === 0) return 'no_text';
    if (yes(body['replace_original']) && message !== undefined) {
      if (!own) return text((await call('chat.update', { ...sent, ts: message }))['error']) || 'ok';
      this.all.splice(this.all.indexOf(own), 1, { ...own, ...content });
      this.#changed();
      return 'ok';
    }
    const reply = body['thread_ts'] === undefined ? thread : text(body['thread_ts']);
    if (body['response_type'] === 'in_channel') {
      const posted = await call('chat.postMessage', { ...sent, ...(reply === undefined ? {} : { thread_ts: reply }) });
      return text(posted['error']) || 'ok';
    }
    this.add({ who, channel, ...content, from: 'app', ...(reply === undefined ? {} : { thread: reply }) });
    return 'ok';
  }
}
