import type { Clock, Duration, Instant } from './clock.ts';
import { seconds } from './clock.ts';
import { judge, mergeConditions, refusedWrite, type Condition } from './conditions.ts';
import type { Effect, EffectKey, Entry, Identity } from './effect.ts';
import type { AtBoundary, ObjectKey } from './execution.ts';
import type { Executor, Pass } from './executor.ts';
import { KubeError } from './kube-errors.ts';
import { mergePatch } from './merge-patch.ts';
import { phrase } from './outcome.ts';
import { isKept, planAll, releasedOf, wantedOf, type Phase, type Planned } from './phase.ts';
import type { Progress } from './progress.ts';

/** What the reconciler needs of an object; everything else of it belongs to its kind. */
export interface Reconciled {
  metadata: { name: string; namespace: string; uid: string; generation: number; resourceVersion: string };
  status?: { observedGeneration?: number; effects?: Record<EffectKey, Entry>; conditions?: Condition[] };
}

/** One kind of object whose wishes become effects. */
export interface Definition<O extends Reconciled, S, E extends Effect = Effect, P = void> {
  readonly kind: string;
  /** Writes inside the cluster that must precede any intent: an identity, a finalizer, a history entry. Idempotent. */
  prepare(object: O): Promise<{ readonly object: O; readonly prepared: P }>;
  /** Reads caches only. */
  gather(object: O, entries: Readonly<Record<EffectKey, Entry>>, prepared: P): S;
  phases(scope: S): readonly Phase<S, E>[];
  /** Status fields derived from entries and prepared facts; an absent field is left as it is. */
  project(scope: S): Readonly<Record<string, unknown>>;
  /** Status fields that are written together with others, and cause no write by themselves. */
  rides?(scope: S): Readonly<Record<string, unknown>>;
  identity(object: O): Identity;
  /** It was somebody else's uid when it was declared: a restored object, which may have lost its status. */
  restored(object: O): boolean;
  /** Of a restored object: since when things of it may stand outside. */
  oldest?(object: O): Instant | undefined;
  /** Nothing of it changes any more. */
  closed(object: O): boolean;
  /** After everything wanted is settled; for a deleted object, to let it go. */
  settled?(object: O): Promise<void>;
}

export interface ReconcilerDeps<O> {
  readonly clock: Clock;
  readonly executor: Executor;
  /** The cached object, own writes included. */
  read(namespace: string, name: string): O | undefined;
  /** A merge patch on status with the object's resourceVersion. A stale one throws. */
  writeStatus(object: O, patch: Readonly<Record<string, unknown>>): Promise<O>;
  leading(): boolean;
  readonly boundary?: AtBoundary | undefined;
}

/** When to come again: at once if `again`, else after `after`, else when something changes. */
export interface Verdict {
  readonly again?: boolean;
  readonly after?: Duration;
}

/** Receipts wait this long for an intent to ride with. design: one write carries both. */
const receiptsWait: Duration = seconds(1);

/** One pass over one object: gather, plan, decide, write once, send. Waits for the API server and for nothing outside. */
export class Reconciler<O extends Reconciled, S, E extends Effect = Effect, P = void> {
  readonly #definition: Definition<O, S, E, P>;
  readonly #deps: ReconcilerDeps<O>;
  /** Monotonic, by uid: since when something waits to be written. */
  readonly #dirtySince = new Map<string, Duration>();
  readonly #uids = new Map<string, string>();

  constructor(definition: Definition<O, S, E, P>, deps: ReconcilerDeps<O>) {
    this.#definition = definition;
    this.#deps = deps;
  }

  async reconcile(namespace: string, name: string): Promise<Verdict> {
    if (!this.#deps.leading()) return { after: seconds(1) };
    const cached = this.#deps.read(namespace, name);
    this.#forgetFormer(`${namespace}/${name}`, cached?.metadata.uid);
    if (!cached) return {};
    const { object, prepared } = await this.#prepare(cached);
    const { executor, clock } = this.#deps;
    const owner = this.#owner(object);
    const stored = object.status?.effects ?? {};
    const scope = this.#definition.gather(object, executor.view({ owner, entries: stored }), prepared);
    const planned = planAll(this.#definition.phases(scope), scope);
    const pass = executor.pass(
      {
        owner,
        identity: this.#definition.identity(object),
        generation: object.metadata.generation,
        entries: stored,
        settled: isSettled(object),
        restored: this.#definition.restored(object),
        oldest: this.#definition.oldest?.(object),
        closed: this.#definition.closed(object),
      },
      wantedOf(planned),
      releasedOf(planned),
      (key) => isKept(planned, key),
    );
    const patch = this.#patch(object, scope, planned, pass);
    const verdict = await this.#write(object, patch, pass, planned);
    if (verdict) return verdict;
    if (!isWorking(planned, pass)) await this.#definition.settled?.(object);
    return soonest(
      pass.dueAt === undefined ? undefined : Math.max(0, pass.dueAt - clock.monotonic()),
      ...planned.map(({ plan }) => ('wait' in plan ? plan.after : undefined)),
    );
  }

  /** What the API server refuses for good, the object's own conditions say, once. */
  async #prepare(cached: O): Promise<{ readonly object: O; readonly prepared: P }> {
    try {
      return await this.#definition.prepare(cached);
    } catch (error) {
      if (error instanceof KubeError && error.terminal) {
        const { status = {}, metadata } = cached;
        const verdicts = refusedWrite(phrase(error));
        const now = this.#deps.clock.now();
        const conditions = mergeConditions(status.conditions ?? [], verdicts, now, metadata.generation);
        const patch = mergePatch({ ...status }, { conditions });
        if (patch) await this.#deps.writeStatus(cached, patch);
      }
      throw error;
    }
  }

  /** A verdict when the pass ends here: the write waits for company, or the object should be looked at again. */
  async #write(
    object: O,
    patch: Readonly<Record<string, unknown>> | undefined,
    pass: Pass,
    planned: readonly Planned<E>[],
  ): Promise<Verdict | undefined> {
    const { uid } = object.metadata;
    if (!patch) {
      this.#dirtySince.delete(uid);
      return undefined;
    }
    const now = this.#deps.clock.monotonic();
    const since = this.#dirtySince.get(uid) ?? now;
    this.#dirtySince.set(uid, since);
    const waited = now - since;
    const more = pass.flying > 0 || planned.some(({ plan }) => 'wait' in plan);
    if (pass.intents.length === 0 && more && !pass.stopping && waited < receiptsWait)
      return { after: receiptsWait - waited };
    for (const key of pass.intents) await this.#deps.boundary?.('intent', this.#owner(object), key);
    await this.#deps.writeStatus(object, patch);
    this.#dirtySince.delete(uid);
    pass.launch();
    return undefined;
  }

  #patch(
    object: O,
    scope: S,
    planned: readonly Planned<E>[],
    pass: Pass,
  ): Readonly<Record<string, unknown>> | undefined {
    const stored = object.status ?? {};
    const { generation } = object.metadata;
    const conditions = mergeConditions(
      stored.conditions ?? [],
      judge(planned, pass.progress),
      this.#deps.clock.now(),
      generation,
    );
    const wanted = {
      ...this.#definition.project(scope),
      observedGeneration: generation,
      effects: pass.entries,
      conditions,
    };
    const patch = mergePatch(stored, wanted);
    return patch && mergePatch(stored, { ...wanted, ...this.#definition.rides?.(scope) });
  }

  #owner(object: O): ObjectKey {
    const { namespace, name, uid } = object.metadata;
    return { kind: this.#definition.kind, namespace, name, uid };
  }

  /** A re-created object of the same name shares nothing with the former one. */
  #forgetFormer(key: string, uid: string | undefined): void {
    const former = this.#uids.get(key);
    if (former !== undefined && former !== uid) {
      this.#deps.executor.forget(former);
      this.#dirtySince.delete(former);
    }
    if (uid === undefined) this.#uids.delete(key);
    else this.#uids.set(key, uid);
  }
}

/**
 * Converged when last written, for the generation it has now. Ready but Degraded is not enough: what is held up may be an
 * edit whose answer never came, and which lands after its sender's end.
 */
export function isSettled(object: Reconciled): boolean {
  const ready = object.status?.conditions?.find((c) => c.type === 'Ready');
  return (
    ready?.status === 'True' &&
    ready.reason === 'Converged' &&
    object.status?.observedGeneration === object.metadata.generation
  );
}

const busy: ReadonlySet<Progress['state']> = new Set(['Working', 'Held']);

const isWorking = (planned: readonly Planned[], pass: Pass): boolean =>
  planned.some(({ plan }) => 'wait' in plan) || [...pass.progress.values()].some((p) => busy.has(p.state));

function soonest(...delays: (Duration | undefined)[]): Verdict {
  const known = delays.filter((d) => d !== undefined);
  return known.length ? { after: Math.min(...known) } : {};
}
