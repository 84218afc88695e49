import type { Clock, Duration, Instant } from './clock.ts';
import { minutes, seconds } from './clock.ts';
import { judge, mergeConditions, stopped, type Condition } from './conditions.ts';
import type { Effect, EffectKey, Entry, Identity } from './effect.ts';
import type { AtBoundary, ObjectKey } from './execution.ts';
import type { Executor, Pass } from './executor.ts';
import { KubeError, KubeUnreachable } from './kube-errors.ts';
import { mergePatch } from './merge-patch.ts';
import { phrase } from './outcome.ts';
import { isKept, isUndecided, planAll, releasedOf, wantedOf, type Phase, type Planned, type Reason } from './phase.ts';
import type { AnyReason } from './reasons.ts';
import { storeThenSend } from './rules.ts';

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
}

export interface ReconcilerDeps<O> {
  readonly clock: Clock;
  readonly executor: Executor;
  /** The cached object, own writes included. */
  read(namespace: string, name: string): O | undefined;
  /** A merge patch on status with the object's resourceVersion. A stale one throws. */
  writeStatus(object: O, patch: Readonly<Record<string, unknown>>): Promise<O>;
  /** The object as a whole came into trouble, or a phase of it; told once, until it is over. */
  trouble(object: ObjectKey, trouble: Trouble): void;
  leading(): boolean;
  readonly boundary?: AtBoundary | undefined;
}

/** What keeps an object from being reconciled. `error`: what was thrown, for the log. */
export interface Trouble extends Reason {
  readonly error: unknown;
}

/** Thrown where nothing may be done for an object until people mend it: it says so itself, and rests. */
export class Stopped extends Error {
  override readonly name = 'Stopped';
  readonly reason: AnyReason;

  constructor({ reason, message }: Reason) {
    super(message);
    this.reason = reason;
  }
}

/** When to come again: at once if `again`, else after `after`, else when something changes. */
export interface Requeue {
  readonly again?: boolean;
  readonly after?: Duration;
}

/** Receipts wait this long for an intent to ride with. design: one write carries both. */
const receiptsWait: Duration = seconds(1);

/** A phase that threw is planned again after this long. */
const planAgain: Duration = minutes(5);
/** The same trouble in other words is written no more often than that. */
const sayAgain: Duration = minutes(5);

/** The condition of an object as a whole. */
const whole = 'Ready';

/** The stored condition of that type that says this already. */
const storedCondition = (object: Reconciled, condition: string, { reason }: Reason): Condition | undefined =>
  object.status?.conditions?.find((c) => c.type === condition && c.status === 'False' && c.reason === reason);

interface Told {
  readonly reason: AnyReason;
  /** Monotonic; when it was written last. */
  readonly at: Duration;
}

/** One pass over one object: gather, plan, decide, write once, send. Waits for the API server and for nothing outside. */
export class Reconciler<O extends Reconciled, S, E extends Effect = Effect, P = void> {
  readonly #definition: Definition<O, S, E, P>;
  readonly #deps: ReconcilerDeps<O>;
  /** Monotonic, by uid: since when something waits to be written. */
  readonly #dirtySince = new Map<string, Duration>();
  readonly #uids = new Map<string, string>();
  /** By uid, then by condition: the troubles that were told of and are not over. */
  readonly #told = new Map<string, ReadonlyMap<string, Told>>();

  constructor(definition: Definition<O, S, E, P>, deps: ReconcilerDeps<O>) {
    this.#definition = definition;
    this.#deps = deps;
  }

  /** Throws what keeps it from being reconciled, so that the queue comes back later; the object itself says so by then. */
  async reconcile(namespace: string, name: string): Promise<Requeue> {
    if (!this.#deps.leading()) return { after: seconds(1) };
    const cached = this.#deps.read(namespace, name);
    this.#forgetFormer(`${namespace}/${name}`, cached?.metadata.uid);
    if (!cached) return {};
    try {
      return await this.#pass(cached);
    } catch (error) {
      const reason = troubleOf(error);
      // What was written meanwhile counts: a patch of what was read before would be stale.
      if (reason) await this.#writeTrouble(this.#deps.read(namespace, name) ?? cached, { ...reason, error });
      if (error instanceof Stopped) return { after: planAgain };
      throw error;
    }
  }

  async #pass(cached: O): Promise<Requeue> {
    const { object, prepared } = await this.#definition.prepare(cached);
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
    this.#reportTroubles(object, failuresOf(planned));
    return soonest(
      pass.dueAt === undefined ? undefined : Math.max(0, pass.dueAt - clock.monotonic()),
      ...planned.map(({ plan }) => ('failed' in plan ? planAgain : plan.after)),
    );
  }

  /** The object's own conditions say why nothing is done for it. Where even that is refused, an Event alone does. */
  async #writeTrouble(object: O, trouble: Trouble): Promise<void> {
    const { status = {}, metadata } = object;
    const { clock } = this.#deps;
    const before = this.#told.get(metadata.uid)?.get(whole);
    const isFresh = before?.reason === trouble.reason && clock.monotonic() - before.at < sayAgain;
    this.#reportTroubles(object, new Map([[whole, trouble]]));
    const said = storedCondition(object, whole, trouble);
    // Words may differ each time, and each write wakes the object: that must not become a loop.
    if (isFresh && said?.observedGeneration === metadata.generation) return;
    const conditions = mergeConditions(status.conditions ?? [], stopped(trouble), clock.now(), metadata.generation);
    const patch = mergePatch({ ...status }, { conditions });
    if (!patch) return;
    try {
      await this.#deps.writeStatus(object, patch);
    } catch {
      // The trouble itself is thrown on, and met again.
    }
  }

  /** Tells of each trouble that neither this process nor a former one has told of. What is not among them is over. */
  #reportTroubles(object: O, troubles: ReadonlyMap<string, Trouble>): void {
    const { uid } = object.metadata;
    const now = this.#deps.clock.monotonic();
    const told = new Map<string, Told>();
    for (const [condition, trouble] of troubles) {
      const known = this.#told.get(uid)?.get(condition);
      const isKnown = known?.reason === trouble.reason;
      if (!isKnown && !storedCondition(object, condition, trouble)) this.#deps.trouble(this.#owner(object), trouble);
      told.set(condition, { reason: trouble.reason, at: isKnown && now - known.at < sayAgain ? known.at : now });
    }
    if (told.size > 0) this.#told.set(uid, told);
    else this.#told.delete(uid);
  }

  /** A verdict when the pass ends here: the write waits for company, or the object should be looked at again. */
  async #write(
    object: O,
    patch: Readonly<Record<string, unknown>> | undefined,
    pass: Pass,
    planned: readonly Planned<E>[],
  ): Promise<Requeue | undefined> {
    const { uid } = object.metadata;
    if (!patch) {
      this.#dirtySince.delete(uid);
      return undefined;
    }
    const now = this.#deps.clock.monotonic();
    const since = this.#dirtySince.get(uid) ?? now;
    this.#dirtySince.set(uid, since);
    const waited = now - since;
    const more = pass.flying > 0 || planned.some(isUndecided);
    if (pass.intents.length === 0 && more && !pass.stopping && waited < receiptsWait)
      return { after: receiptsWait - waited };
    for (const key of pass.intents) await this.#deps.boundary?.('intent', this.#owner(object), key);
    await storeThenSend(
      async () => {
        await this.#deps.writeStatus(object, patch);
        this.#dirtySince.delete(uid);
      },
      () => pass.launch(),
    );
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
      judge(pass.frozen ? planned.map((phase) => asItWas(phase, object)) : planned, pass.progress),
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
      this.#told.delete(former);
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

/** Phases that threw, by their condition. */
const failuresOf = (planned: readonly Planned[]): ReadonlyMap<string, Trouble> =>
  new Map(
    planned.flatMap(({ condition, plan }): [string, Trouble][] =>
      'failed' in plan
        ? [[condition, { ...plan.failed, message: `${condition}: ${plan.failed.message}`, error: plan.error }]]
        : [],
    ),
  );

/**
 * A phase of a closed object of which nothing new is begun: what it wants besides what is recorded counts for nothing, and
 * if that is all, its condition stays as it was.
 */
function asItWas<E extends Effect>({ condition, plan }: Planned<E>, { status }: Reconciled): Planned<E> {
  const recorded = 'effects' in plan ? plan.effects.filter(({ key }) => status?.effects?.[key] !== undefined) : [];
  if ('effects' in plan && (recorded.length > 0 || plan.effects.length === 0) && !plan.held && !plan.later)
    return { condition, plan: { ...plan, effects: recorded } };
  if (!('effects' in plan) && !('wait' in plan)) return { condition, plan };
  const stored = status?.conditions?.find(({ type }) => type === condition);
  return stored?.status === 'False'
    ? { condition, plan: { skip: { reason: stored.reason, message: stored.message } } }
    : { condition, plan: { effects: recorded } };
}

/** Why a pass that threw cannot go on, if time alone does not help: an API server that is away or was overtaken is no trouble. */
function troubleOf(error: unknown): Reason | undefined {
  if (error instanceof KubeUnreachable || (error instanceof KubeError && !error.terminal)) return undefined;
  if (error instanceof Stopped) return { reason: error.reason, message: error.message };
  if (error instanceof KubeError) return { reason: 'WriteRefused', message: phrase(error) };
  return { reason: 'ReconcileFailed', message: `A fault in the controller: ${phrase(error)}` };
}

function soonest(...delays: (Duration | undefined)[]): Requeue {
  const known = delays.filter((d) => d !== undefined);
  return known.length ? { after: Math.min(...known) } : {};
}
