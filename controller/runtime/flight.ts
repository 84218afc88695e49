import { backoff } from './backoff.ts';
import type { Duration } from './clock.ts';
import { rfc3339, seconds, timeOf } from './clock.ts';
import { type Operation } from './situation.ts';
import { defaultSettlingTime, type Step } from './decide.ts';
import { revOf, type Call, type Cause, type Landed, type Look, type Ref, type Seen } from './effect.ts';
import { entryOf, type Boundary } from './execution.ts';
import { FlightLog, type FlightParts } from './flight-log.ts';
import { recordObserved, type Why } from './observed.ts';
import { Gone, phrase, Rejected } from './outcome.ts';
import {
  factsOf,
  recordRefused,
  recordRefusedRelease,
  rememberRefusal,
  rememberTry,
  reportRefused,
  reportRefusedPart,
} from './refused.ts';
import { endsDoubt, isSure, maySend } from './rules.ts';

/** Which attempt it is, and why there is another one. */
interface Attempt {
  readonly attempt: number;
  readonly cause?: Cause;
}

/** One call to the outside, from its start to what is remembered of it. */
export class Flight {
  readonly #p: FlightParts;
  readonly #log: FlightLog;
  #sentHere = false;

  constructor(parts: FlightParts) {
    this.#p = parts;
    this.#log = new FlightLog(parts);
  }

  async fly(step: Step & { do: Operation }): Promise<void> {
    try {
      switch (step.do) {
        case 'create':
          await this.#boundary('send');
          await this.#accept(await this.#p.port.create(this.#call()), step);
          return;
        case 'update':
          await this.#accept(await this.#update(step.ref), { attempt: this.#p.entry?.attempt ?? 1 });
          return;
        case 'observe':
          await recordObserved(this.#log, await this.#look(step.why), step.why, () => this.#call());
          return;
        case 'release':
          await this.#p.port.release?.(this.#call(), step.ref);
          this.#released();
      }
    } catch (error) {
      try {
        this.#failed(error, step);
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
    const again = options.clock.monotonic() + this.#backoff();
    memory.notBefore = Math.max(memory.notBefore ?? 0, again);
  }

  #update(ref: Ref): Promise<Landed> {
    if (!this.#p.port.update) throw new Error(`${this.#p.key}: a port without update was asked to update`);
    return this.#p.port.update(this.#call(), ref);
  }

  #look(why: Why): Promise<readonly Seen[]> {
    const { port, effect, entry, memory } = this.#p;
    if (!port.observe) throw new Error(`${this.#p.key}: a port without observe was asked to look`);
    // A former process may have died before its look for a second one.
    const whole = port.doubles === true && memory.watchedAt === undefined;
    const look: Look = {
      ...this.#place(),
      ...(effect ? { desired: effect.desired, rev: revOf(effect.desired, this.#p.port) } : {}),
      ...(entry?.ref ? { ref: entry.ref } : {}),
      // What people did outside may be known a little later: nothing else waits for it.
      ...(why === 'watch' ? { priority: lowest } : {}),
      ...(why === 'watch' && !whole ? { only: 'recorded' } : {}),
    };
    return port.observe(look);
  }

  #place(): Omit<Look, 'desired' | 'rev' | 'ref'> {
    const { key, effect, entry, target, signal, options } = this.#p;
    return {
      key,
      within: entry?.within ?? effect?.place?.in ?? {},
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
      within: effect?.place?.in ?? this.#p.entry?.within ?? {},
      desired: effect?.desired,
      rev: revOf(effect?.desired, this.#p.port),
      go: () => {
        if (!maySend(options.leadership))
          throw new Rejected('NotLeading', `${key} was not sent: another process leads now.`);
        memory.lastSend = options.clock.monotonic();
        memory.clear = false;
        this.#sentHere = true;
      },
    };
  }

  async #accept(landed: Landed, { attempt, cause = this.#p.entry?.cause }: Attempt): Promise<void> {
    const { effect, entry, memory, port, options } = this.#p;
    if (!effect) throw new Error(`${this.#p.key} landed and nobody wanted it`);
    await this.#boundary('accepted');
    const stood = entry?.state === 'Done';
    const now = rfc3339(options.clock.now());
    // Our own update may have been doubled or overtaken on the way if an earlier one of it was never answered.
    if (memory.auditAt === undefined && memory.problem?.reason === ambiguousReason && port.observe && port.update)
      this.#log.auditFrom(options.clock.monotonic());
    if (port.doubles && port.observe && !stood) {
      memory.auditAt ??= options.clock.monotonic() + (port.settlingTime ?? defaultSettlingTime);
      // An earlier create of it was given up unanswered: should this process die before the look, its successor looks.
      if (memory.lookedEmpty !== undefined) memory.auditPending = true;
    }
    const { failures } = memory;
    this.#log.settleMemory();
    memory.watchedAt = options.clock.monotonic();
    const part = landed.refused && {
      ...landed.refused,
      refused: rememberRefusal(this.#log, effect, failures + 1),
    };
    const facts = factsOf(entry, landed.facts, part);
    this.#log.land(
      entryOf(effect, {
        state: 'Done',
        attempt,
        ...(cause === undefined ? {} : { cause }),
        rev: revOf(effect.desired, port),
        ref: landed.ref,
        since: entry?.since ?? now,
        at: now,
        ...landed.drift,
        ...(facts && Object.keys(facts).length > 0 ? { facts } : {}),
      }),
    );
    const operation = stood ? 'update' : 'create';
    const first = !stood && effect.milestone !== undefined;
    this.#log.report(operation, 'accepted', first ? { milestone: effect.milestone } : {});
    if (landed.refused) reportRefusedPart(this.#log, operation, landed.refused);
    this.#log.reportDrift(landed);
  }

  #released(): void {
    const { entry, key } = this.#p;
    if (!entry) throw new Error(`${key} has no entry`);
    this.#log.land({ ...entry, state: 'Cancelled', attempt: entry.attempt + 1, reason: 'Released' });
    this.#log.report('release', 'accepted');
  }

  #failed(error: unknown, step: Step & { do: Operation }): void {
    const { memory, effect, options, port } = this.#p;
    const operation = step.do;
    const now = options.clock.monotonic();
    if (error instanceof Rejected && error.terminal) this.#lookAround();
    if (step.do === 'observe' && step.why === 'watch') {
      // Nothing is owed but a look: the next one is due as if this one had told something.
      memory.watchedAt = now;
      delete memory.lookNow;
      const reason = error instanceof Rejected ? { reason: error.reason } : {};
      this.#log.report(operation, 'rejected', { ...reason, message: phrase(error) });
      return;
    }
    if (error instanceof Gone && operation === 'update') {
      memory.goneSince ??= now;
      this.#log.report(operation, 'absent', { reason: error.reason });
      return;
    }
    memory.failures += 1;
    const message = phrase(error);
    const rejected = error instanceof Rejected;
    // A throw before anything left is a fault of ours, not an ambiguity.
    const sure = isSure(rejected, operation, this.#sentHere);
    if (endsDoubt(sure, operation)) memory.clear = true;
    const forGood = rejected && error.terminal;
    memory.problem = {
      reason: rejected ? error.reason : ambiguousReason,
      message,
      ...(forGood ? { forGood } : {}),
    };
    memory.notBefore = now + this.#backoff(rejected ? error.retryAfter : undefined);
    if (!sure && operation === 'create') delete memory.notBefore;
    if (!sure && operation === 'update' && port.observe) this.#log.auditFrom(now);
    if (forGood && operation === 'release') recordRefusedRelease(this.#log, error);
    if (forGood && effect && operation !== 'observe' && operation !== 'release')
      return recordRefused(this.#log, effect, error, operation);
    if (effect) rememberTry(this.#log, effect);
    // Nobody can look, and so nothing goes on: as much a person's business as a refused send.
    if (forGood) {
      if (effect) rememberRefusal(this.#log, effect, memory.failures, error.retryAfter);
      reportRefused(this.#log, operation, { reason: error.reason, message });
      return;
    }
    this.#log.report(operation, sure ? 'rejected' : 'ambiguous', {
      reason: memory.problem.reason,
      message,
      ...(rejected ? {} : { error }),
    });
  }

  /** A refusal may be because of what it stands in: that is looked at now instead of at its time. */
  #lookAround(): void {
    for (const key of this.#p.parents) {
      const memory = this.#p.state.memories.get(key);
      if (memory) memory.lookNow = true;
    }
  }

  /** 1 s doubling to 5 min; a vendor's own word wins. */
  #backoff(retryAfter?: Duration): Duration {
    const { memory, options } = this.#p;
    return (
      retryAfter ?? backoff(memory.failures, { base: seconds(1), random: () => options.random?.() ?? Math.random() })
    );
  }

  async #boundary(at: Boundary): Promise<void> {
    await this.#p.options.boundary?.(at, this.#p.target.owner, this.#p.key);
  }
}

const ambiguousReason = 'OutcomeUnknown';
/** Of a look for drift: below everything that people wait for. */
const lowest = 10;
