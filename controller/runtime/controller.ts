import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Clock, Duration } from './clock.ts';
import { seconds } from './clock.ts';
import { KubeError } from './kube-errors.ts';
import { keyOf, splitKey, type KubeObject } from './kube-object.ts';
import { WorkQueue } from './queue.ts';
import type { Listener } from './store.ts';

/** The cached objects of one kind. */
export interface Source<O> {
  list(): readonly O[];
  onChange(listener: Listener<O>): () => void;
}

/** Wakes objects when something else changes. Keys are `namespace/name`. */
export type Watch = (wake: (keys: readonly string[]) => void) => void;

/**
 * Wakes objects when one of another kind changes.
 * @param wakes their keys; [] where nothing has changed that is read of it
 */
export const watch =
  <O>(source: Source<O>, wakes: (key: string, now: O | undefined, before: O | undefined) => readonly string[]): Watch =>
  (wake) =>
    void source.onChange((key, now, before) => wake(wakes(key, now, before)));

/** A loop over the objects of one kind. All of them are in controllers.ts. */
export interface Controller<O extends KubeObject = KubeObject> {
  /** In metrics and logs; that of the loop which writes a kind's status is the kind's own. */
  readonly name: string;
  /** Where it runs: in the one process that holds the Lease, or on every replica, which answers people and webhooks. */
  readonly where: 'leader' | 'everywhere';
  readonly objects: Source<O>;
  /** Every object is reconciled once before the others begin, or three seconds have passed. */
  readonly first?: true;
  /** Objects at a time. */
  readonly workers: number;
  /** Between two tries of what fails. Default: 5 min. */
  readonly longestWait?: Duration;
  readonly watches?: readonly Watch[];
  /** 1 is served first. Default: 3. */
  priority?(object: O): number;
  /** One pass. Resolves with when to come again without a change, if at all; what it throws is logged and tried again. */
  reconcile(namespace: string, name: string): Promise<{ readonly after?: Duration }>;
  /** A request from outside. True: it is this controller's, and will be answered. */
  handle?(request: IncomingMessage, response: ServerResponse): boolean;
  /** After its last pass. */
  stop?(): Promise<void>;
}

export interface ControllersDeps {
  readonly clock: Clock;
  /** A pass of this controller threw. */
  failed(controller: string, key: string, error: unknown): void;
  /** @param elapsed seconds */
  reconciled(controller: string, result: 'success' | 'error' | 'requeue_after', elapsed: number): void;
}

/** One that hangs holds up nobody else. */
const firstMost: Duration = seconds(3);

/** Runs controllers: a queue for each, filled by what changes. */
export class Controllers {
  readonly #deps: ControllersDeps;
  readonly #all: readonly { readonly controller: Controller; readonly queue: WorkQueue }[];

  constructor(deps: ControllersDeps, controllers: readonly Controller[]) {
    this.#deps = deps;
    this.#all = controllers.map((controller) => ({ controller, queue: this.#queueOf(controller) }));
    for (const { controller, queue } of this.#all) {
      controller.objects.onChange((key, object) => queue.add(key, priorityIn(controller, object)));
      for (const subscribe of controller.watches ?? []) subscribe((keys) => keys.forEach((key) => queue.add(key)));
    }
  }

  /** As soon as possible; with `after`, once that has passed. @throws Error for a controller that is not in the list */
  wake(name: string, key: string, after: Duration = 0): void {
    const found = this.#all.find(({ controller }) => controller.name === name);
    if (!found) throw new Error(`there is no controller ${name}`);
    found.queue.addAfter(key, after);
  }

  /** False: no controller knows the path. */
  handle(request: IncomingMessage, response: ServerResponse): boolean {
    return this.#all.some(({ controller }) => controller.handle?.(request, response) === true);
  }

  /** Begins with all that is cached, those that come first before the others. */
  async start(where: Controller['where']): Promise<void> {
    const here = this.#all.filter(({ controller }) => controller.where === where);
    const first = here.filter(({ controller }) => controller.first);
    for (const each of first) this.#run(each);
    if (first.length > 0) {
      const idle = Promise.all(first.map(({ queue }) => queue.idle()));
      await Promise.race([idle, passed(this.#deps.clock, firstMost)]);
    }
    for (const each of here) if (!first.includes(each)) this.#run(each);
  }

  /** Takes in nothing more. What is under way is waited for. */
  async stop(where: Controller['where']): Promise<void> {
    const here = this.#all.filter(({ controller }) => controller.where === where);
    await Promise.all(
      here.map(async ({ controller, queue }) => {
        await queue.stop();
        await controller.stop?.();
      }),
    );
  }

  /** Keys in line, by controller. */
  depths(): Readonly<Record<string, number>> {
    return Object.fromEntries(this.#all.map(({ controller, queue }) => [controller.name, queue.depth]));
  }

  #queueOf({ name, longestWait }: Controller): WorkQueue {
    return new WorkQueue({
      clock: this.#deps.clock,
      ...(longestWait === undefined ? {} : { longestWait }),
      onError: (key, error) => this.#deps.failed(name, key, error),
    });
  }

  #run({ controller, queue }: { controller: Controller; queue: WorkQueue }): void {
    for (const object of controller.objects.list()) queue.add(keyOf(object), priorityIn(controller, object));
    queue.run((key) => this.#reconcile(controller, queue, key), controller.workers);
  }

  async #reconcile(controller: Controller, queue: WorkQueue, key: string): Promise<void> {
    const { clock } = this.#deps;
    const { namespace, name } = splitKey(key);
    const began = clock.monotonic();
    const counted = (result: 'success' | 'error' | 'requeue_after'): void =>
      this.#deps.reconciled(controller.name, result, (clock.monotonic() - began) / 1_000);
    try {
      const { after } = await controller.reconcile(namespace, name);
      counted('success');
      queue.forget(key);
      if (after !== undefined) queue.addAfter(key, after);
    } catch (error) {
      const status = error instanceof KubeError ? error.status : 0;
      counted(status === 409 || status === 404 ? 'requeue_after' : 'error');
      // Somebody else wrote first; what they wrote is in the cache by now.
      if (status === 409) queue.add(key);
      // It is gone, and the watch has not said so yet.
      else if (status === 404) queue.retry(key);
      else throw error;
    }
  }
}

function priorityIn(controller: Controller, object: KubeObject | undefined): { readonly priority?: number } {
  const priority = object && controller.priority?.(object);
  return priority === undefined ? {} : { priority };
}

const passed = (clock: Clock, delay: Duration): Promise<void> =>
  new Promise((resolve) => void clock.after(delay, resolve));
