import type { Duration } from './clock.ts';
import { rfc3339 } from './clock.ts';
import { type Memory, type Situation } from './situation.ts';
import { carryOut, decide, defaultSettlingTime, dueOf, refusal, type Step } from './decide.ts';
import {
  revOf,
  entryBounds,
  refusedPart,
  revision,
  unusable,
  withinBounds,
  withoutFormat,
  type Drift,
  type Cause,
  type Effect,
  type EffectKey,
  type Entry,
  type Port,
  type Ref,
  type Refusal,
} from './effect.ts';
import { entryOf, type ExecutorOptions, type ObjectState, type PortLookup, type Target } from './execution.ts';
import { Flight } from './flight.ts';
import type { FlightParts } from './flight-log.ts';
import { progressOf, type Progress } from './progress.ts';
import { isReleased, isStored } from './rules.ts';

export interface Pass {
  /** Every entry as it should be stored, intents included. */
  readonly entries: Readonly<Record<EffectKey, Entry>>;
  readonly progress: ReadonlyMap<EffectKey, Progress>;
  readonly intents: readonly EffectKey[];
  /** Receipts and marks that are not stored yet. */
  readonly unsaved: boolean;
  readonly flying: number;
  /** Closed and settled before this process, and unchanged since: nothing new is begun for it. */
  readonly frozen: boolean;
  /** Nothing is started any more: what is known should be written now. */
  readonly stopping: boolean;
  /** Monotonic; when a wait ends. */
  readonly dueAt: Duration | undefined;
  /** Sends whose intent is now stored. Call after the status write succeeded; dropped, the intents never were. */
  launch(): void;
}

/** The only place that carries effects out. One instance a process; state is in memory and may be lost at any moment. */
export class Executor {
  readonly #options: ExecutorOptions;
  readonly #objects = new Map<string, ObjectState>();
  readonly #flights = new Set<Promise<void>>();
  readonly #abort = new AbortController();
  #stopping = false;

  constructor(options: ExecutorOptions) {
    this.#options = options;
  }

  /** Recorded entries with what landed since laid over them. */
  view(target: Pick<Target, 'owner' | 'entries'>): Readonly<Record<EffectKey, Entry>> {
    const landed = this.#objects.get(target.owner.uid)?.landed;
    return landed?.size ? { ...target.entries, ...Object.fromEntries(landed) } : target.entries;
  }

  /** Drops what is remembered of an object that left the cluster. */
  forget(uid: string): void {
    this.#objects.delete(uid);
  }

  /** Decides every effect of one object, starts what needs no intent, and returns what is to be stored. Waits for nothing. */
  pass(
    target: Target,
    wanted: readonly Effect[],
    released: ReadonlySet<EffectKey>,
    kept: (key: EffectKey) => boolean = () => false,
  ): Pass {
    const state = this.#stateOf(target);
    dropStored(state.landed, target.entries);
    const { clock, leadership } = this.#options;
    const monotonic = clock.monotonic();
    if (state.recovering && monotonic >= state.recoveredAt) state.recovering = false;
    const byKey = new Map(wanted.map((effect) => [effect.key, effect]));
    const entries: Record<EffectKey, Entry> = { ...this.view(target) };
    const progress = new Map<EffectKey, Progress>();
    const intents: { launch: Launch; send: Step }[] = [];
    const frozen = state.frozenAt === target.generation;
    let dueAt: Duration | undefined;
    let room = roomLeft(entries, state);
    for (const key of new Set([...byKey.keys(), ...Object.keys(entries)])) {
      const effect = byKey.get(key);
      const entry = entries[key];
      const reach = this.#options.reach(target.owner, effect ?? entry ?? { kind: '' });
      const memory = memoryOf(state, key);
      const parents = parentsOf(effect, byKey);
      const held = heldBy(parents, entries, state);
      if (memory.isHeld && !held) {
        memory.timesUnblocked = (memory.timesUnblocked ?? 0) + 1;
        delete memory.notBefore;
      }
      memory.isHeld = held !== undefined;
      const epoch = memory.timesUnblocked === undefined ? reach.epoch : `${reach.epoch}+${memory.timesUnblocked}`;
      if (state.recovering && entry?.state === 'Done' && memory.auditAt === undefined && !memory.looked) {
        memory.auditAt = state.recoveredAt;
        // Whoever takes over before the audit must look as well.
        memory.auditPending = true;
      }
      const situation: Situation = {
        wanted: effect,
        released: isReleased(key, released, effect, entry),
        kept: kept(key),
        entry,
        port: reach.port,
        missing: reach.port ? { reason: 'Waiting', message: '' } : reach,
        epoch,
        memory,
        parent: { held, at: placeOf(parents, entries) },
        spread: state.spread,
        session: leadership.session,
        acquiredAt: leadership.acquiredAt(),
        recovering: state.recovering,
        restored: target.restored ?? false,
        frozen,
        now: clock.now(),
        monotonic,
      };
      const decided = decide(situation);
      const isNew = entry === undefined && begins.has(decided.do);
      const step = isNew && room === 0 ? full : decided;
      if (isNew && room > 0) room -= 1;
      if (step.do === 'mark') entries[key] = this.#mark(target, state, key, effect, entry, step);
      const launch: Launch = { target, state, memory, key, effect, entry, epoch, parents };
      if (step.do === 'intend' && effect) {
        if (entry?.state === 'Failed' && entry.reason !== undefined) memory.told ??= entry.reason;
        entries[key] = this.#intent(effect, step, step.ref && { ref: step.ref, facts: entry?.facts });
        intents.push({ launch: { ...launch, entry: entries[key] }, send: carryOut(step.attempt, step.ref) });
      }
      dueAt = earliest(dueAt, dueOf(situation, step));
      if (!this.#stopping) this.#start(launch, reach, step);
      progress.set(
        key,
        progressOf(key, step, entries[key], memory, refusedNow(effect, entries[key], reach.port, epoch)),
      );
    }
    if (state.recovering) dueAt = earliest(dueAt, state.recoveredAt);
    return {
      entries,
      progress,
      intents: intents.map(({ launch }) => launch.key),
      unsaved: state.landed.size > 0,
      flying: [...state.memories.values()].filter((m) => m.flying).length,
      frozen,
      stopping: this.#stopping,
      dueAt,
      launch: () => {
        for (const { launch, send } of intents) {
          launch.memory.clear = true;
          const reach = this.#options.reach(target.owner, launch.effect ?? { kind: '' });
          this.#start(launch, reach, send);
        }
      },
    };
  }

  /** Ends sending; resolves when what is in flight has landed or `most` has passed. True: nothing is left in flight. */
  async drain(most: Duration): Promise<boolean> {
    this.#stopping = true;
    const late = Promise.withResolvers<void>();
    const cancel = this.#options.clock.after(most, late.resolve);
    await Promise.race([Promise.allSettled(this.#flights), late.promise]);
    cancel();
    const clean = this.#flights.size === 0;
    if (!clean) this.#abort.abort();
    return clean;
  }

  #stateOf(target: Target): ObjectState {
    const known = this.#objects.get(target.owner.uid);
    if (known) return known;
    const acquired = this.#options.leadership.acquiredAt();
    const settles = Object.values(target.entries).map(
      (e) => this.#options.reach(target.owner, e).port?.settlingTime ?? 0,
    );
    const recoveredAt = acquired + Math.max(defaultSettlingTime, ...settles);
    // Without an intent nothing of a former process can be under way but what the outside absorbs twice.
    const untouched = Object.keys(target.entries).length === 0;
    const recovering = !target.settled && !untouched && this.#options.clock.monotonic() < recoveredAt;
    const state: ObjectState = {
      memories: new Map(),
      landed: new Map(),
      recovering,
      frozenAt: target.closed && target.settled ? target.generation : undefined,
      recoveredAt,
      spread: Number.parseInt(revision(target.owner.uid).slice(0, 6), 16) / 0x1_00_00_00,
    };
    this.#objects.set(target.owner.uid, state);
    return state;
  }

  /** @param edits the thing that is edited into this one, and what was learned of it. */
  #intent(
    effect: Effect,
    { attempt, cause }: { readonly attempt: number; readonly cause?: Cause },
    edits: { readonly ref: Ref; readonly facts: Entry['facts'] | undefined } | undefined,
  ): Entry {
    const at = rfc3339(this.#options.clock.now());
    const { session } = this.#options.leadership;
    const entry = entryOf(effect, {
      state: 'Pending',
      attempt,
      ...(cause === undefined ? {} : { cause }),
      session,
      since: at,
      at,
    });
    if (!edits) return entry;
    const { refused: _, ...facts } = edits.facts ?? {};
    return { ...entry, ref: edits.ref, ...(Object.keys(facts).length > 0 ? { facts } : {}) };
  }

  #mark(
    target: Target,
    state: ObjectState,
    key: EffectKey,
    effect: Effect | undefined,
    entry: Entry | undefined,
    step: Step & { do: 'mark' },
  ): Entry {
    const at = rfc3339(this.#options.clock.now());
    const base = entry ?? (effect ? entryOf(effect, { state: step.state, attempt: 1, since: at, at }) : undefined);
    if (!base) throw new Error(`nothing to mark at ${key}`);
    const marked = withinBounds({ ...base, state: step.state, reason: step.reason, message: step.message, at });
    state.landed.set(key, marked);
    this.#options.report({
      owner: target.owner,
      effect: { key, kind: marked.kind, integration: marked.integration },
      operation: 'mark',
      result: step.state,
      duration: 0,
      reason: step.reason,
      message: step.message,
    });
    return marked;
  }

  #start(launch: Launch, reach: PortLookup, step: Step): void {
    if (step.do !== 'create' && step.do !== 'update' && step.do !== 'observe' && step.do !== 'release') return;
    const { port } = reach;
    if (!port || this.#stopping || !this.#options.leadership.leading()) return;
    const { memory, target } = launch;
    memory.flying = step.do;
    const flight = new Flight({ ...launch, options: this.#options, signal: this.#abort.signal, port });
    const done = flight.fly(step).finally(() => {
      delete memory.flying;
      this.#flights.delete(done);
      this.#options.wake(target.owner);
    });
    this.#flights.add(done);
  }
}

type Launch = Omit<FlightParts, 'options' | 'signal' | 'port'>;

/** Steps after which there may be an entry where there was none. */
const begins: ReadonlySet<Step['do']> = new Set(['intend', 'create', 'observe', 'mark']);

/** For what has no entry yet where there is no room for one: with it the API server would refuse the whole status. */
const full: Step = {
  do: 'wait',
  reason: 'TooManyEffects',
  message: `The status holds ${entryBounds.entries} receipts, which is all that it can; nothing new is begun.`,
};

/** How many entries more the status can hold; what is under way without one will get one. */
function roomLeft(entries: Readonly<Record<EffectKey, Entry>>, { memories }: ObjectState): number {
  const coming = [...memories].filter(([key, { flying }]) => flying && entries[key] === undefined).length;
  return Math.max(0, entryBounds.entries - Object.keys(entries).length - coming);
}

/** What was refused of a thing that stands, if that is still what is wanted of it. */
function refusedNow(
  effect: Effect | undefined,
  entry: Entry | undefined,
  port: Port | undefined,
  epoch: string,
): Refusal | undefined {
  const part = effect && refusedPart(entry);
  if (!effect || !part) return undefined;
  const refused = port ? part.refused : withoutFormat(part.refused);
  return refused === refusal(revOf(effect.desired, port), epoch) ? part : undefined;
}
const earliest = (a: Duration | undefined, b: Duration | undefined): Duration | undefined =>
  a === undefined || b === undefined ? (a ?? b) : Math.min(a, b);

/** The effects in whose things it stands, nearest first. */
function parentsOf(effect: Effect | undefined, wanted: ReadonlyMap<EffectKey, Effect>): readonly EffectKey[] {
  const parents: EffectKey[] = [];
  for (
    let key = effect?.place?.parent;
    key !== undefined && !parents.includes(key);
    key = wanted.get(key)?.place?.parent
  )
    parents.push(key);
  return parents;
}

/** Where the nearest of these is. */
function placeOf([nearest]: readonly EffectKey[], entries: Readonly<Record<EffectKey, Entry>>): Ref | undefined {
  const entry = nearest === undefined ? undefined : entries[nearest];
  return entry?.state === 'Done' ? entry.ref : undefined;
}

/** Why nothing can be sent to what stands in these. */
function heldBy(
  parents: readonly EffectKey[],
  entries: Readonly<Record<EffectKey, Entry>>,
  state: ObjectState,
): Drift | undefined {
  for (const key of parents) {
    const drift = unusable(entries[key]);
    if (drift) return drift;
    if (entries[key]?.state !== 'Done') return { reason: 'InProgress', message: `${key} is being made.` };
    if (state.memories.get(key)?.goneSince !== undefined)
      return { reason: 'Gone', message: `${key} is not where it was; it is being looked for.` };
  }
  return undefined;
}

/** What came back from the cluster needs no overlay any more. */
function dropStored(landed: Map<EffectKey, Entry>, stored: Readonly<Record<EffectKey, Entry>>): void {
  for (const [key, entry] of landed) if (isStored(stored[key], entry)) landed.delete(key);
}

function memoryOf(state: ObjectState, key: EffectKey): Memory {
  let memory = state.memories.get(key);
  if (!memory) {
    memory = { clear: false, failures: 0 };
    state.memories.set(key, memory);
  }
  return memory;
}
