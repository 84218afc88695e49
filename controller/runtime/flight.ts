import type { Duration, Instant } from './clock.ts';
import { rfc3339, seconds, timeOf } from './clock.ts';
import { defaultSettle, refusal, refusedAgain, type Memory, type Operation, type Step } from './decide.ts';
import {
  refusedPart,
  revision,
  withinBounds,
  withRefusal,
  type Call,
  type Effect,
  type EffectKey,
  type Entry,
  type Landed,
  type Look,
  type Port,
  type Ref,
  type Refusal,
  type Seen,
} from './effect.ts';
import {
  entryOf,
  sameEntry,
  type Boundary,
  type ExecutorOptions,
  type ObjectState,
  type Outcome,
  type Target,
} from './execution.ts';
import { Gone, phrase, Rejected, Unsupported } from './outcome.ts';

export interface FlightParts {
  readonly options: ExecutorOptions;
  readonly signal: AbortSignal;
  readonly target: Target;
  readonly state: ObjectState;
  readonly memory: Memory;
  readonly key: EffectKey;
  readonly effect: Effect | undefined;
  readonly entry: Entry | undefined;
  readonly port: Port;
  readonly epoch: string;
  /** The effects in whose things it stands, nearest first. */
  readonly around: readonly EffectKey[];
}

/** One call to the outside, from its start to what is remembered of it. */
export class Flight {
  readonly #p: FlightParts;
  #sentHere = false;

  constructor(parts: FlightParts) {
    this.#p = parts;
  }

  async fly(step: Step & { do: Operation }): Promise<void> {
    const started = this.#p.options.clock.monotonic();
    try {
      switch (step.do) {
        case 'create':
          await this.#boundary('send');
          await this.#accept(await this.#p.port.create(this.#call()), step.attempt, started);
          return;
        case 'update':
          await this.#accept(await this.#update(step.ref), this.#p.entry?.attempt ?? 1, started);
          return;
        case 'observe':
          await this.#observed(await this.#look(step.why), step.why, started);
          return;
        case 'release':
          await this.#p.port.release?.(this.#call(), step.ref);
          this.#land({ ...this.#entry(), state: 'Cancelled', attempt: this.#entry().attempt + 1, reason: 'Released' });
          this.#report('release', 'accepted', started);
      }
    } catch (error) {
      try {
        this.#failed(error, step, started);
      } catch (fault) {
        this.#contain(fault);
      }
    }
  }

  /** Not even its failure could be dealt with: a fault of ours, which must neither end the process nor be met in a loop. */
  #contain(fault: unknown): void {
    const { memory, options } = this.#p;
    memory.failures += 1;
    memory.problem ??= { reason: 'ReconcileFailed', message: `A fault in the controller: ${phrase(fault)}` };
    const again = options.clock.monotonic() + backoff(memory.failures, options.random?.() ?? Math.random(), undefined);
    memory.notBefore = Math.max(memory.notBefore ?? 0, again);
  }

  #update(ref: Ref): Promise<Landed> {
    if (!this.#p.port.update) throw new Error(`${this.#p.key}: a port without update was asked to update`);
    return this.#p.port.update(this.#call(), ref);
  }

  #look(why: Why): Promise<readonly Seen[]> {
    const { port, effect, entry } = this.#p;
    if (!port.observe) throw new Error(`${this.#p.key}: a port without observe was asked to look`);
    const look: Look = {
      ...this.#place(),
      ...(effect ? { desired: effect.desired, rev: revision(effect.desired) } : {}),
      ...(entry?.ref ? { ref: entry.ref } : {}),
      // What people did outside may be known a little later: nothing else waits for it.
      ...(why === 'watch' ? { only: 'recorded', priority: lowest } : {}),
    };
    return port.observe(look);
  }

  #place(): Omit<Look, 'desired' | 'rev' | 'ref'> {
    const { key, effect, entry, target, signal, options } = this.#p;
    return {
      key,
      within: entry?.within ?? effect?.within ?? {},
      owner: target.identity,
      // One that cannot be read: everything that ever was is looked through.
      since: entry ? (timeOf(entry.since) ?? 0) : Math.min(options.clock.now(), target.oldest ?? Infinity),
      priority: effect?.priority ?? 3,
      signal,
    };
  }

  #call(): Call {
    const { effect, key, memory, options } = this.#p;
    return {
      ...this.#place(),
      within: effect?.within ?? this.#p.entry?.within ?? {},
      desired: effect?.desired,
      rev: revision(effect?.desired),
      go: () => {
        if (!options.leadership.leading())
          throw new Rejected('NotLeading', `${key} was not sent: another process leads now.`);
        memory.lastSend = options.clock.monotonic();
        memory.clear = false;
        this.#sentHere = true;
      },
    };
  }

  async #accept(landed: Landed, attempt: number, started: Duration): Promise<void> {
    const { effect, entry, memory, port } = this.#p;
    if (!effect) throw new Error(`${this.#p.key} landed and nobody wanted it`);
    await this.#boundary('accepted');
    const now = rfc3339(this.#p.options.clock.now());
    // Our own update may have been doubled or overtaken on the way if an earlier one of it was never answered.
    if (memory.auditAt === undefined && memory.problem?.reason === ambiguousReason && port.observe && port.update)
      this.#auditFrom(this.#p.options.clock.monotonic());
    if (port.doubles && port.observe && entry?.state !== 'Done') {
      memory.auditAt ??= this.#p.options.clock.monotonic() + (port.settle ?? defaultSettle);
      // An earlier create of it was given up unanswered: should this process die before the look, its successor looks.
      if (memory.lookedEmpty !== undefined) memory.unsure = true;
    }
    const { failures, told } = memory;
    this.#settleMemory();
    if (landed.refused && told !== undefined) memory.told = told;
    memory.watchedAt = this.#p.options.clock.monotonic();
    const part = landed.refused && { ...landed.refused, refused: this.#rememberRefusal(effect, failures + 1) };
    const facts = this.#factsNow(landed.facts, part);
    this.#land(
      entryOf(effect, {
        state: 'Done',
        attempt,
        rev: revision(effect.desired),
        ref: landed.ref,
        since: entry?.since ?? now,
        at: now,
        ...landed.drift,
        ...(facts && Object.keys(facts).length > 0 ? { facts } : {}),
      }),
    );
    const first = entry?.state !== 'Done' && effect.milestone !== undefined;
    this.#report(
      entry?.state === 'Done' ? 'update' : 'create',
      'accepted',
      started,
      first ? { milestone: effect.milestone } : {},
    );
    if (landed.refused) this.#reportRefusal(entry?.state === 'Done' ? 'update' : 'create', started, landed.refused);
    this.#reportDrift(landed, started);
  }

  async #observed(seen: readonly Seen[], why: Why, started: Duration): Promise<void> {
    const { memory, port, effect, entry, options } = this.#p;
    memory.looked = true;
    delete memory.lookNow;
    memory.failures = 0;
    delete memory.notBefore;
    const [oldest, ...doubled] = seen.filter((one) => !this.#isAnothers(one.ref));
    if (why === 'audit') {
      delete memory.auditAt;
      delete memory.unsure;
    }
    if (why === 'watch' || why === 'audit') {
      memory.watchedAt = started;
      delete memory.problem;
    }
    if (!oldest) {
      this.#absent(why, started);
      return;
    }
    delete memory.goneSince;
    delete memory.lookedEmpty;
    // More than one of ours: two processes sent, one of them late. The oldest stays.
    for (const extra of doubled) await this.#takeBack(extra, started);
    const base = entry ?? (effect ? this.#fresh(effect, oldest.madeAt) : undefined);
    if (!base) return;
    const found: Entry = { ...base, state: 'Done', ref: oldest.ref, at: rfc3339(options.clock.now()) };
    if (oldest.facts) found.facts = { ...base.facts, ...oldest.facts };
    // An edit that nobody knew of has moved it, too, to where it belongs now.
    if (why !== 'watch' && oldest.same && effect?.within) found.within = effect.within;
    if (why !== 'watch') found.rev = oldest.same && effect ? revision(effect.desired) : notAsDesired;
    else if (!oldest.same && effect?.onDrift === 'enforce') found.rev = notAsDesired;
    delete found.reason;
    delete found.message;
    Object.assign(found, oldest.drift);
    if (why === 'doubt' || why === 'recovery') {
      // Of one that grows or was to be edited, more may land of what a former process sent.
      const late = port.grows === true || entry?.ref !== undefined;
      const sent = memory.lastSend ?? (late ? options.leadership.acquiredAt() : undefined);
      if (port.update && sent !== undefined && memory.auditAt === undefined) this.#auditFrom(sent);
      if (port.doubles)
        memory.auditAt ??= (memory.lastSend ?? options.leadership.acquiredAt()) + (port.settle ?? defaultSettle);
      this.#settleMemory();
    }
    // A look that only confirms is no news: its time is not worth a write.
    if (!entry || !sameEntry({ ...entry, at: '' }, { ...found, at: '' })) this.#land(found);
    const first = why === 'doubt' && effect?.milestone !== undefined;
    this.#report('observe', 'found', started, first ? { milestone: effect.milestone } : {});
    this.#reportDrift(oldest, started);
  }

  /** Recorded as the thing of another effect: one that has no marker of its own may look like this one's. */
  #isAnothers(ref: Ref): boolean {
    const { key, entry, effect, target, state } = this.#p;
    if (entry?.ref && revision(entry.ref) === revision(ref)) return false;
    const all = { ...target.entries, ...Object.fromEntries(state.landed) };
    return Object.entries(all).some(
      ([other, { kind, ref: theirs }]) =>
        other !== key && kind === (effect ?? entry)?.kind && theirs && revision(theirs) === revision(ref),
    );
  }

  /** A refusal that was told already and is met again is no news. */
  #reportRefusal(operation: Operation, started: Duration, refused: Refusal): void {
    const { memory, entry } = this.#p;
    const told = memory.told ?? refusedPart(entry)?.reason ?? (entry?.state === 'Failed' ? entry.reason : undefined);
    memory.told = refused.reason;
    this.#report(operation, 'refused', started, { ...refused, ...(told === refused.reason ? { repeated: true } : {}) });
  }

  async #takeBack({ ref }: Seen, started: Duration): Promise<void> {
    const { port, memory, options } = this.#p;
    if (!port.release) return;
    try {
      await port.release(this.#call(), ref);
      const message = 'It stood there twice; one is kept, and the other was taken back.';
      this.#report('release', 'drifted', started, { reason: 'Doubled', message });
    } catch (error) {
      // What is kept goes on all the same. Where time may help, the next look tries again.
      const settle = port.settle ?? defaultSettle;
      const rejected = error instanceof Rejected ? error : undefined;
      if (!rejected?.terminal) memory.auditAt = options.clock.monotonic() + Math.max(settle, rejected?.retryAfter ?? 0);
      this.#report('release', rejected?.terminal ? 'refused' : 'rejected', started, {
        reason: 'Doubled',
        message: phrase(`It stands there twice, and the other one could not be taken back: ${phrase(error)}`),
      });
    }
  }

  /** Once: what is recorded already is no news. */
  #reportDrift({ drift }: Pick<Seen, 'drift'>, started: Duration): void {
    const { entry } = this.#p;
    if (drift && (drift.reason !== entry?.reason || drift.message !== entry.message))
      this.#report('observe', 'drifted', started, drift);
  }

  #absent(why: Why, started: Duration): void {
    const { memory, entry, options } = this.#p;
    memory.lookedEmpty = started;
    if ((why === 'audit' || why === 'watch' || why === 'recovery') && entry?.state === 'Done')
      memory.goneSince ??= options.clock.monotonic();
    this.#report('observe', 'absent', started);
  }

  #failed(error: unknown, step: Step & { do: Operation }, started: Duration): void {
    const { memory, effect, entry, options, port } = this.#p;
    const operation = step.do;
    const now = options.clock.monotonic();
    if (error instanceof Rejected && error.terminal) this.#lookAround();
    if (step.do === 'observe' && step.why === 'watch') {
      // Nothing is owed but a look: the next one is due as if this one had told something.
      memory.watchedAt = now;
      delete memory.lookNow;
      const reason = error instanceof Rejected ? { reason: error.reason } : {};
      this.#report(operation, 'rejected', started, { ...reason, message: phrase(error) });
      return;
    }
    if (error instanceof Gone && operation === 'update') {
      memory.goneSince ??= now;
      this.#report(operation, 'absent', started, { reason: error.reason });
      return;
    }
    memory.failures += 1;
    const message = phrase(error);
    const rejected = error instanceof Rejected;
    // A throw before anything left is a fault of ours, not an ambiguity.
    const sure = rejected || (operation !== 'observe' && !this.#sentHere);
    if (sure && operation !== 'observe') memory.clear = true;
    const forGood = rejected && error.terminal;
    memory.problem = {
      reason: rejected ? error.reason : ambiguousReason,
      message,
      ...(forGood ? { forGood } : {}),
    };
    memory.notBefore =
      now + backoff(memory.failures, options.random?.() ?? Math.random(), rejected ? error.retryAfter : undefined);
    if (!sure && operation === 'create') delete memory.notBefore;
    if (!sure && operation === 'update' && port.observe) this.#auditFrom(now);
    if (forGood && effect && operation !== 'observe' && operation !== 'release') {
      const refused = this.#rememberRefusal(effect, memory.failures, error.retryAfter);
      if (entry?.state === 'Done') this.#refuseEdit(entry, { reason: error.reason, message, refused });
      else this.#refuse(effect, error, refused);
      this.#reportRefusal(operation, started, { reason: error.reason, message });
      return;
    }
    // Nobody can look, and so nothing goes on: as much a person's business as a refused send.
    if (forGood) return this.#reportRefusal(operation, started, { reason: error.reason, message });
    this.#report(operation, sure ? 'rejected' : 'ambiguous', started, {
      reason: memory.problem.reason,
      message,
      ...(rejected ? {} : { error }),
    });
  }

  /** What was refused of `effect` as it is wanted now, and until when it is left so. */
  #rememberRefusal(effect: Effect, failures: number, retryAfter?: Duration): string {
    const { memory, options, epoch } = this.#p;
    memory.failures = failures;
    const again = retryAfter ?? Math.min(refusedAgain * 2 ** (failures - 1), longestRefusal);
    memory.notBefore = options.clock.monotonic() + again;
    memory.refused = refusal(revision(effect.desired), epoch);
    return memory.refused;
  }

  /** It stands as it was: the words for people are of the first time, so that a repeat writes nothing. */
  #refuseEdit(entry: Entry, refused: Refusal & { readonly refused: string }): void {
    const before = refusedPart(entry);
    if (before?.reason === refused.reason && before.refused === refused.refused) return;
    this.#land({ ...entry, facts: withRefusal(entry.facts, refused) });
  }

  /** The facts of what has landed: those it brought, else those that were known, and what is refused of it. */
  #factsNow(
    brought: Landed['facts'],
    refused: (Refusal & { readonly refused: string }) | undefined,
  ): Entry['facts'] | undefined {
    const { entry } = this.#p;
    const known = entry?.state === 'Done' ? withRefusal(entry.facts, refused) : withRefusal({}, refused);
    if (!brought) return known;
    const { refused: again, refusedReason, refusedMessage, mended } = known;
    const ours = Object.entries({ refused: again, refusedReason, refusedMessage, mended });
    const told = ours.flatMap(([name, fact]): [string, string][] => (fact === undefined ? [] : [[name, fact]]));
    return { ...brought, ...Object.fromEntries(told) };
  }

  #refuse(effect: Effect, error: Rejected, refused: string): void {
    const { entry, options } = this.#p;
    const now = rfc3339(options.clock.now());
    // The words say what happened; when it was last tried again is in memory only, so a repeat writes nothing.
    const same = entry?.state === 'Failed' && entry.reason === error.reason;
    // What is final within its attempt was sent again without an intent: that is the next attempt.
    const final = entry?.state === 'Cancelled' || entry?.state === 'Expired';
    const failed = entryOf(effect, {
      // What the outside cannot do is left off: nobody has to mend it.
      state: error instanceof Unsupported ? 'Cancelled' : 'Failed',
      attempt: (entry?.attempt ?? 1) + (final ? 1 : 0),
      since: entry?.since ?? now,
      at: same ? entry.at : now,
      reason: error.reason,
      message: phrase(error),
      facts: { ...(entry?.ref ? entry.facts : {}), refused },
      ...(entry?.ref ? { ref: entry.ref } : {}),
    });
    this.#land(failed);
  }

  /** A refusal may be because of what it stands in: that is looked at now instead of at its time. */
  #lookAround(): void {
    for (const key of this.#p.around) {
      const memory = this.#p.state.memories.get(key);
      if (memory) memory.lookNow = true;
    }
  }

  /** Of what was found without a record of ours. */
  #fresh(effect: Effect, madeAt: Instant | undefined): Entry {
    const now = this.#p.options.clock.now();
    return entryOf(effect, { state: 'Done', attempt: 1, since: rfc3339(madeAt ?? now), at: rfc3339(now) });
  }

  #entry(): Entry {
    if (!this.#p.entry) throw new Error(`${this.#p.key} has no entry`);
    return this.#p.entry;
  }

  #auditFrom(sent: Duration): void {
    const { memory, port } = this.#p;
    memory.auditAt = sent + (port.settle ?? defaultSettle);
    memory.unsure = true;
  }

  #settleMemory(): void {
    const { memory } = this.#p;
    memory.clear = true;
    memory.failures = 0;
    delete memory.notBefore;
    delete memory.problem;
    delete memory.refused;
    delete memory.told;
    delete memory.lookedEmpty;
    delete memory.goneSince;
  }

  #land(entry: Entry): void {
    this.#p.state.landed.set(this.#p.key, withinBounds(entry));
  }

  async #boundary(at: Boundary): Promise<void> {
    await this.#p.options.boundary?.(at, this.#p.target.owner, this.#p.key);
  }

  #report(operation: Operation, result: Outcome['result'], started: Duration, more: Partial<Outcome> = {}): void {
    const { options, target, key, effect, entry } = this.#p;
    const kind = effect?.kind ?? entry?.kind ?? '';
    options.report({
      owner: target.owner,
      effect: { key, kind, integration: effect?.integration ?? entry?.integration },
      operation,
      result,
      duration: options.clock.monotonic() - started,
      ...more,
    });
  }
}

type Why = (Step & { do: 'observe' })['why'];

const ambiguousReason = 'OutcomeUnknown';
/** Of a look for drift: below everything that people wait for. */
const lowest = 10;
/** A revision that no desired value has. */
const notAsDesired = 'differs';

/** What nobody mends for an hour is not worth a write more often than that. */
const longestRefusal: Duration = seconds(3_600);

/** 1 s doubling to 5 min, each a third shorter at most by jitter; a vendor's own word wins. */
function backoff(failures: number, random: number, retryAfter: Duration | undefined): Duration {
  if (retryAfter !== undefined) return retryAfter;
  return Math.min(seconds(300), seconds(1) * 2 ** Math.min(failures - 1, 20)) * (1 - random / 3);
}
