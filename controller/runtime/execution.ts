import type { Clock, Duration, Instant } from './clock.ts';
import type { Memory, Operation } from './situation.ts';
import { revision, withinBounds, type Effect, type EffectKey, type Entry, type Identity, type Port } from './effect.ts';
import type { AnyReason } from './reasons.ts';

/** The fence before every write to the outside. */
export interface Leadership {
  /** Names this process in intents. */
  readonly session: string;
  leading(): boolean;
  /** Monotonic; when this process began to lead. */
  acquiredAt(): Duration;
}

/** A port in reach of an object, or why there is none. */
export type PortLookup =
  | { readonly port: Port; readonly epoch: string }
  | {
      readonly port?: undefined;
      readonly epoch: string;
      readonly reason: AnyReason;
      readonly message: string;
      /** It is being connected for the first time: whoever waits for it is at work, and not held up. */
      readonly soon?: true;
      /** Only a person can mend it; time alone cannot. */
      readonly terminal?: boolean;
    };

/**
 * Where a process may be killed by a test; nothing is installed there otherwise. Before an intent is written, before the
 * send that follows it, after the outside's answer and before its receipt is known to anybody.
 */
export type Boundary = 'intent' | 'send' | 'accepted';
export type AtBoundary = (at: Boundary, owner: ObjectKey, effect: EffectKey) => Promise<void> | void;

export interface ExecutorOptions {
  readonly clock: Clock;
  readonly leadership: Leadership;
  reach(owner: ObjectKey, effect: { kind: string; integration?: string | undefined }): PortLookup;
  /** An outcome landed: the object should be reconciled. */
  wake(owner: ObjectKey): void;
  /** One line an outcome, for logs, metrics and Events. */
  report(outcome: EffectOutcome): void;
  readonly boundary?: AtBoundary | undefined;
  /** Between 0 and 1, for jitter. */
  random?(): number;
}

/** An object of the cluster whose status records effects. A re-created one of the same name has another uid. */
export interface ObjectKey {
  readonly kind: string;
  readonly namespace: string;
  readonly name: string;
  readonly uid: string;
}

export interface EffectOutcome {
  readonly owner: ObjectKey;
  readonly effect: { readonly key: EffectKey; readonly kind: string; readonly integration?: string | undefined };
  readonly operation: Operation | 'mark';
  /** `drifted`: people changed it outside, in a way not seen before; reason and message say how. */
  readonly result: 'accepted' | 'rejected' | 'refused' | 'ambiguous' | 'found' | 'absent' | 'drifted' | Entry['state'];
  readonly duration: Duration;
  readonly reason?: AnyReason;
  readonly message?: string;
  readonly milestone?: string;
  /** The same refusal has been reported before: it is tried again and again, and told once. */
  readonly repeated?: true;
  readonly error?: unknown;
}

export interface Target {
  readonly owner: ObjectKey;
  readonly identity: Identity;
  readonly generation: number;
  readonly entries: Readonly<Record<EffectKey, Entry>>;
  /** It was converged when last written: nothing of a former process can be in flight. */
  readonly settled: boolean;
  /** It came back from a backup, its status perhaps not: see Situation.restored. */
  readonly restored?: boolean;
  /** Then: what stands outside for it may be as old as this. */
  readonly oldest?: Instant | undefined;
  /** Closed and settled: a new renderer edits nothing of it. */
  readonly closed: boolean;
}

/** What this process remembers of one object. */
export interface ObjectState {
  readonly memories: Map<EffectKey, Memory>;
  /** What landed and is not in the cluster yet. */
  readonly landed: Map<EffectKey, Entry>;
  recovering: boolean;
  /** The generation at which a closed object was first seen settled: until people change it, nothing of it is edited. */
  readonly frozenAt: number | undefined;
  /** 0 to 1, of its uid: see Situation.spread. */
  readonly spread: number;
  /** Monotonic; when recovery ends: by then every late call of a former process has landed. */
  recoveredAt: Duration;
}

export function entryOf(effect: Effect, rest: Omit<Entry, 'kind' | 'integration' | 'within'>): Entry {
  return withinBounds({
    kind: effect.kind,
    ...(effect.integration === undefined ? {} : { integration: effect.integration }),
    ...(effect.place?.in === undefined ? {} : { within: effect.place.in }),
    ...rest,
  });
}

export const sameEntry = (a: Entry, b: Entry): boolean => revision(a) === revision(b);
