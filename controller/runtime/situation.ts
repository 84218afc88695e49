import type { Duration, Instant } from './clock.ts';
import type { Effect, Entry, Port, Ref } from './effect.ts';
import type { AnyReason } from './reasons.ts';

/** What this process alone knows of one effect. It is lost with the process, and nothing depends on it surviving. */
export interface Memory {
  flying?: Operation;
  /** Monotonic; the last moment at which a create or update of ours may have left. */
  lastSend?: Duration;
  /** The last send is known not to have happened, or its outcome is settled: no doubt left. */
  clear: boolean;
  /** Monotonic; start of the last look that answered and found nothing. */
  lookedEmpty?: Duration;
  /** Consecutive failures, for the backoff. */
  failures: number;
  /** Monotonic; nothing is tried before. */
  notBefore?: Duration;
  /** Why it is not done yet, in words for a condition. */
  problem?: { reason: AnyReason; message: string; forGood?: boolean };
  /**
   * `rev.epoch` of the last try that failed, once one was refused for good: `notBefore` holds for it alone, and another
   * one may be tried at once.
   */
  triedFor?: string;
  /** Reason of the refusal that people were told of last, until it is mended. */
  told?: string;
  /** Monotonic; an observation is owed at this time, since an older update may land late. */
  auditAt?: Duration;
  /** An audit is owed before the object counts as converged, so that a successor looks as well. */
  auditPending?: boolean;
  /** Tries to take back each further one of ours, by its ref. */
  takenBack?: Map<string, number>;
  /** Monotonic; when facts were last looked at. */
  watchedAt?: Duration;
  /** What stands in it was refused: a look is owed at once. */
  lookNow?: boolean;
  /** Monotonic; since when a known object was not found. */
  goneSince?: Duration;
  /** While recovering: a look preceded any send of this process. */
  looked?: boolean;
  /** What it stands in cannot be used now. */
  isHeld?: boolean;
  /** Times the parent became usable again; resets a terminal refusal. */
  timesUnblocked?: number;
}

export type Operation = 'create' | 'update' | 'observe' | 'release';

/** All that a decision about one effect looks at. */
export interface Situation {
  readonly wanted: Effect | undefined;
  readonly released: boolean;
  /** Not wanted now, and perhaps again: whoever decides that waits. */
  readonly kept?: boolean;
  readonly entry: Entry | undefined;
  /** Absent: the integration is gone or not connected; `missing` says which. */
  readonly port: Port | undefined;
  readonly missing: {
    readonly reason: AnyReason;
    readonly message: string;
    readonly soon?: true;
    readonly terminal?: boolean;
  };
  /** Changes with the integration's spec, secret or readiness. */
  readonly epoch: string;
  readonly memory: Memory;
  readonly session: string;
  /** Monotonic; when this process began to lead. */
  readonly acquiredAt: Duration;
  /** The object was not settled when this process began to lead: look before any send. */
  readonly recovering: boolean;
  /** The object came back without its status: what it has no entry for may stand outside all the same. */
  readonly restored?: boolean;
  /** A closed object that was settled before this process: nothing of it is edited. */
  readonly frozen: boolean;
  /** Of what it stands in. */
  readonly parent?: {
    /** Why it cannot be used: nothing is sent there. */
    readonly held?: { readonly reason: AnyReason; readonly message: string } | undefined;
    /** Where it is now. */
    readonly at?: Ref | undefined;
  };
  /** 0 to 1: when in its interval a new process first looks at what is watched, so that not all are looked at at once. */
  readonly spread?: number;
  readonly now: Instant;
  readonly monotonic: Duration;
}
