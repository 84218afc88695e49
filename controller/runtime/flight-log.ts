import type { Duration } from './clock.ts';
import { type Memory, type Operation } from './situation.ts';
import { defaultSettlingTime } from './decide.ts';
import { withinBounds, type Effect, type EffectKey, type Entry, type Port, type Seen } from './effect.ts';
import type { ExecutorOptions, ObjectState, EffectOutcome, Target } from './execution.ts';

/** What one call to the outside starts from. */
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
  readonly parents: readonly EffectKey[];
}

/** Where the outcome of one call goes: its entry, this process's memory, and a report. */
export class FlightLog {
  readonly parts: FlightParts;
  /** Monotonic. */
  readonly started: Duration;

  constructor(parts: FlightParts) {
    this.parts = parts;
    this.started = parts.options.clock.monotonic();
  }

  /** Lays the entry over the recorded ones until it is stored. */
  land(entry: Entry): void {
    this.parts.state.landed.set(this.parts.key, withinBounds(entry));
  }

  report(operation: Operation, result: EffectOutcome['result'], more: Partial<EffectOutcome> = {}): void {
    const { options, target, key, effect, entry } = this.parts;
    const kind = effect?.kind ?? entry?.kind ?? '';
    options.report({
      owner: target.owner,
      effect: { key, kind, integration: effect?.integration ?? entry?.integration },
      operation,
      result,
      duration: options.clock.monotonic() - this.started,
      ...more,
    });
  }

  /** Once: what is recorded already is no news. */
  reportDrift({ drift }: Pick<Seen, 'drift'>): void {
    const { entry } = this.parts;
    if (drift && (drift.reason !== entry?.reason || drift.message !== entry.message))
      this.report('observe', 'drifted', drift);
  }

  /** A look is owed when what was sent at `sent` has landed; until then the object does not count as converged. */
  auditFrom(sent: Duration): void {
    const { memory, port } = this.parts;
    memory.auditAt = sent + (port.settlingTime ?? defaultSettlingTime);
    memory.auditPending = true;
  }

  /** No doubt and no failure is left. */
  settleMemory(): void {
    const { memory } = this.parts;
    memory.clear = true;
    memory.failures = 0;
    delete memory.notBefore;
    delete memory.problem;
    delete memory.triedFor;
    delete memory.told;
    delete memory.lookedEmpty;
    delete memory.goneSince;
  }
}
