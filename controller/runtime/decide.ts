import type { Situation } from './situation.ts';
import type { Duration } from './clock.ts';
import { minutes, seconds } from './clock.ts';
import {
  refusedPart,
  revision,
  revOf,
  unusable,
  withoutFormat,
  type Cause,
  type Effect,
  type Entry,
  type Ref,
} from './effect.ts';
import { phrase } from './outcome.ts';
import type { AnyReason } from './reasons.ts';
import { isAuditDue, isInDoubt, needsIntent, settledAt } from './rules.ts';

/** What the executor should do about one effect now. */
export type Step =
  | { readonly do: 'nothing' }
  | {
      readonly do: 'wait';
      readonly until?: Duration;
      readonly reason: AnyReason;
      readonly message: string;
      /** See PortLookup: it ends by itself within seconds. */
      readonly soon?: true;
      /** See PortLookup: a person has to end it. */
      readonly terminal?: boolean;
    }
  /** Write the intent; the send follows once it is stored. */
  | { readonly do: 'intend'; readonly attempt: number; readonly cause?: Cause; readonly ref?: Ref | undefined }
  | { readonly do: 'create'; readonly attempt: number; readonly cause?: Cause }
  | { readonly do: 'update'; readonly ref: Ref }
  | { readonly do: 'observe'; readonly why: 'doubt' | 'recovery' | 'audit' | 'watch' | 'gone' }
  | { readonly do: 'release'; readonly ref: Ref }
  /** A change of state that needs nothing of the outside. */
  | { readonly do: 'mark'; readonly state: MarkedState; readonly reason: AnyReason; readonly message: string };

/** Done is marked only to say that it is gone and left so. */
type MarkedState = 'Cancelled' | 'Expired' | 'Unknown' | 'Done';

/** Where a port states none: longer than any client timeout (10 s) plus the read lag of a fast vendor. */
export const defaultSettlingTime: Duration = seconds(12);
/** A refusal for good is tried again this often, for what people mend outside without a trace in the cluster. */
export const refusedAgain: Duration = minutes(5);

/** What people closed to us or took away may come back; once nobody watches it any more it is looked at this often. */
const unusableAgain: Duration = minutes(60);

const nothing: Step = { do: 'nothing' };

/** Decides one effect. Pure: the whole protocol of one key can be read, and tested, here. */
export function decide(s: Situation): Step {
  if (s.memory.flying) return nothing;
  if (s.entry === undefined) return s.wanted ? decideNew(s, s.wanted, 1) : nothing;
  switch (s.entry.state) {
    case 'Pending':
      return isInDoubt(s.entry, s) ? settleDoubt(s, s.entry) : decidePending(s, s.entry);
    case 'Done':
      return decideDone(s, s.entry);
    case 'Failed':
      return decideFailed(s, s.entry);
    case 'Cancelled':
      return s.wanted && !s.released && !s.frozen
        ? decideNew(s, s.wanted, s.entry.attempt + 1, editable(s.entry))
        : nothing;
    case 'Expired':
      return s.wanted && !expired(s, s.wanted) && s.wanted.notAfter !== undefined
        ? decideNew(s, s.wanted, s.entry.attempt + 1)
        : nothing;
    case 'Unknown':
      return nothing;
  }
}

/** Monotonic; when time alone may change what `decide` answered. undefined: only something that happens does. */
export function dueOf(s: Situation, step: Step): Duration | undefined {
  const times = [step.do === 'wait' ? step.until : undefined, expiryOf(s)].filter((time) => time !== undefined);
  return times.length === 0 ? undefined : Math.min(...times);
}

/** Of what may still be sent: the wall clock says how long that is, and a timer of ours runs as long. */
function expiryOf({ wanted, entry, now, monotonic }: Situation): Duration | undefined {
  if (wanted?.notAfter === undefined || now > wanted.notAfter) return undefined;
  const sentForGood = entry?.state === 'Done' && wanted.final && wanted.drift?.gone !== 'recreate';
  if (entry?.state === 'Unknown' || sentForGood) return undefined;
  return monotonic + (wanted.notAfter - now) + 1;
}

/** What an intent was to edit, and still can be. */
const editable = ({ ref, reason }: Entry): Ref | undefined => (reason === 'Released' ? undefined : ref);

/** @param edits the thing that is edited into this one; absent: it is made. */
function decideNew(s: Situation, wanted: Effect, attempt: number, edits?: Ref): Step {
  if (s.frozen) return nothing;
  if (s.restored && s.entry === undefined && s.port?.observe && !s.memory.looked)
    return holdOff(s) ?? { do: 'observe', why: 'recovery' };
  if (expired(s, wanted)) return mark('Expired', 'Expired', 'Not sent: it was due too long ago.');
  if (!s.port) return unconnected(s);
  const backoff = holdOff(s);
  if (backoff) return backoff;
  const why = causeOf(s);
  if (needsIntent(s.port)) return { do: 'intend', attempt, ...why, ref: edits };
  if (s.recovering && s.port.observe && !s.memory.looked) return { do: 'observe', why: 'recovery' };
  return { do: 'create', attempt, ...why };
}

/** Why there is another attempt, by how the one before ended. */
function causeOf({ entry, wanted, memory, parent }: Situation): { readonly cause?: Cause } {
  switch (entry?.state) {
    case 'Failed':
      return { cause: 'Refused' };
    case 'Expired':
      return { cause: 'Expired' };
    case 'Cancelled':
      if (entry.reason === 'NotSupported') return { cause: 'Refused' };
      return { cause: entry.reason === 'Released' ? 'Released' : 'WantedAgain' };
    case 'Done':
      if (wanted && parent?.at && isElsewhere(wanted, entry, parent.at)) return { cause: 'Moved' };
      if (wanted?.takesOver) return { cause: 'TakenOver' };
      return entry.reason === 'Gone' || memory.goneSince !== undefined ? { cause: 'Gone' } : {};
    case 'Pending':
    case 'Unknown':
    case undefined:
      return {};
  }
}

function settleDoubt(s: Situation, entry: Entry): Step {
  // Nobody wants it, and nobody is there to ask: it stays as it is, and nothing waits for it.
  if (!s.port) return s.wanted || s.kept ? unconnected(s) : nothing;
  if (s.port.recover === 'hold')
    return mark(
      'Unknown',
      'OutcomeUnknown',
      'It may have been sent; the vendor cannot be asked. Look, then edit or repeat it by hand.',
    );
  const backoff = holdOff(s);
  if (backoff) return backoff;
  if (!s.port.observe) return s.wanted ? { do: 'create', attempt: entry.attempt } : giveUp(s, 'No longer wanted.');
  const settled = settledAt(s, s.port.settlingTime ?? defaultSettlingTime);
  const { lookedEmpty } = s.memory;
  if (lookedEmpty === undefined || (lookedEmpty < settled && s.monotonic >= settled))
    return { do: 'observe', why: 'doubt' };
  if (lookedEmpty < settled)
    return wait(settled, 'Settling', 'An answer was lost; looking again before anything is sent twice.');
  if (!s.wanted) return giveUp(s, 'No longer wanted; it is not there.');
  if (expired(s, s.wanted)) return mark('Expired', 'Expired', 'It is not there, and it is too late to send it.');
  return { do: 'create', attempt: entry.attempt };
}

const giveUp = (s: Situation, message: string): Step =>
  s.kept
    ? { do: 'wait', reason: 'Waiting', message: 'It is not decided whether it is wanted.' }
    : mark('Cancelled', 'NotWanted', message);

function decidePending(s: Situation, entry: Entry): Step {
  if (!s.wanted) return giveUp(s, 'No longer wanted; it was not sent.');
  if (expired(s, s.wanted)) return mark('Expired', 'Expired', 'Not sent: it was due too long ago.');
  if (!s.port) return unconnected(s);
  return holdOff(s) ?? carryOut(entry.attempt, entry.ref);
}

/** The send that follows an intent. */
export const carryOut = (attempt: number, ref: Ref | undefined): Step & { do: 'create' | 'update' } =>
  ref ? { do: 'update', ref } : { do: 'create', attempt };

function decideDone(s: Situation, entry: Entry): Step {
  const ref = entry.ref ?? {};
  if (s.released && !s.port) return unconnected(s);
  if (s.released) return s.port?.release ? (holdOff(s) ?? { do: 'release', ref }) : nothing;
  if (!s.wanted) return nothing;
  if (!s.port) {
    const isOwed = s.wanted.integration !== undefined && !s.wanted.final;
    return isOwed && !(s.missing.soon && (s.frozen || isAsWanted(s, s.wanted, entry))) ? unconnected(s) : nothing;
  }
  if (s.frozen) return decideLook(s, s.wanted, entry);
  if (s.parent?.at && isElsewhere(s.wanted, entry, s.parent.at)) return decideNew(s, s.wanted, entry.attempt + 1);
  if (s.wanted.takesOver && s.port.update && s.port.recover === 'observe')
    return decideNew(s, s.wanted, entry.attempt + 1, unusable(entry) ? undefined : ref);
  // It may come back: an invitation, a restored backup.
  if (entry.reason === 'Gone' && s.wanted.drift?.gone !== 'recreate') return decideLook(s, s.wanted, entry);
  if (entry.reason === 'Gone' || s.memory.goneSince !== undefined) return decideGone(s, entry);
  const part = refusedPart(entry);
  const stale = entry.rev !== revOf(s.wanted.desired, s.port) || part !== undefined;
  if (s.port.update !== undefined && !s.wanted.final && stale) {
    if (s.recovering && s.port.observe && !s.memory.looked) return holdOff(s) ?? { do: 'observe', why: 'recovery' };
    if (s.port.appends && s.memory.auditAt !== undefined) return decideLook(s, s.wanted, entry);
    return decideEdit(s, s.wanted, part?.refused) ?? { do: 'update', ref };
  }
  return decideLook(s, s.wanted, entry);
}

/** Nothing is owed to it, not even a look after doubt: a moment without its port is no news. */
const isAsWanted = (s: Situation, wanted: Effect, entry: Entry): boolean =>
  withoutFormat(entry.rev ?? '') === revision(wanted.desired) &&
  refusedPart(entry) === undefined &&
  s.memory.auditAt === undefined &&
  s.memory.goneSince === undefined;

/**
 * What an edit waits for.
 * @param refused what a former process recorded as refused for good: it is not asked for again at once
 */
function decideEdit(s: Situation, wanted: Effect, refused: string | undefined): Step | undefined {
  const isSame = refused === refusal(revOf(wanted.desired, s.port), s.epoch);
  if (!isSame || s.memory.notBefore !== undefined) return holdOff(s);
  return holdOff({ ...s, memory: { ...s.memory, notBefore: s.acquiredAt + refusedAgain } });
}

/** It was made in another thing than the one that it should stand in by now. */
const isElsewhere = (wanted: Effect, entry: Entry, place: Ref): boolean =>
  wanted.final !== true && Object.entries(entry.within ?? {}).some(([part, was]) => (place[part] ?? was) !== was);

/** Observations that a Done effect still owes: the audit after doubt, and the watch for facts that change outside. */
function decideLook(s: Situation, wanted: Effect, entry: Entry): Step {
  if (!s.port?.observe || s.parent?.held) return nothing;
  const { auditAt, watchedAt } = s.memory;
  const every = wanted.drift?.every ?? (unusable(entry) ? unusableAgain : undefined);
  const first = s.acquiredAt + (every ?? 0) * (s.spread ?? 0);
  const next = watchedAt === undefined ? first : watchedAt + (every ?? 0);
  const watchAt = s.memory.lookNow ? s.monotonic : every === undefined ? undefined : next;
  if (isAuditDue(s, wanted)) return holdOff(s) ?? { do: 'observe', why: 'audit' };
  if (watchAt !== undefined && s.monotonic >= watchAt) return holdOff(s) ?? { do: 'observe', why: 'watch' };
  const due = Math.min(wanted.final ? Infinity : (auditAt ?? Infinity), watchAt ?? Infinity);
  if (due === Infinity) return nothing;
  return s.memory.auditPending && auditAt !== undefined && !wanted.final
    ? wait(due, 'Settling', 'An answer was lost; looking again for what may have landed late.')
    : wait(due, 'Watching', 'Will look again.');
}

function decideGone(s: Situation, entry: Entry): Step {
  if (s.parent?.held) return nothing;
  const settled = (s.memory.goneSince ?? 0) + (s.port?.settlingTime ?? defaultSettlingTime);
  if (s.monotonic < settled) return wait(settled, 'Gone', 'It is not where it was; looking again before that counts.');
  if ((s.memory.lookedEmpty ?? 0) < settled)
    return s.port?.observe ? (holdOff(s) ?? { do: 'observe', why: 'gone' }) : nothing;
  if (s.wanted?.drift?.gone === 'recreate') return decideNew(s, s.wanted, entry.attempt + 1);
  return mark('Done', 'Gone', 'Somebody took it away outside; it is left so.');
}

function decideFailed(s: Situation, entry: Entry): Step {
  if (!s.wanted || s.frozen) return nothing;
  if (expired(s, s.wanted))
    return mark('Expired', 'Expired', phrase(`Not sent in time: ${entry.message ?? 'it was refused.'}`));
  const again = refusal(revOf(s.wanted.desired, s.port), s.epoch);
  const isSame = (s.memory.triedFor ?? entry.facts?.['refused']) === again;
  if (!isSame) return decideNew(s, s.wanted, entry.attempt + 1, entry.ref);
  const due = s.memory.notBefore ?? s.acquiredAt + refusedAgain;
  if (s.monotonic < due) return wait(due, entry.reason ?? 'Failed', entry.message ?? 'Refused.');
  return decideNew(s, s.wanted, entry.attempt + 1, entry.ref);
}

/** What was refused: it makes sense to ask again when this changes. */
export const refusal = (rev: string, epoch: string): string => `${rev}.${epoch}`;

function holdOff(s: Situation): Step | undefined {
  if (s.parent?.held) return { do: 'wait', ...s.parent.held };
  const until = s.memory.notBefore;
  if (until === undefined || s.monotonic >= until || isOther(s)) return undefined;
  const problem = s.memory.problem ?? { reason: 'Waiting', message: 'Waiting to try again.' };
  return wait(until, problem.reason, problem.message);
}

/** What failed was tried for another desired value, or before the integration changed. */
const isOther = ({ wanted, memory, epoch, port }: Situation): boolean =>
  wanted !== undefined &&
  memory.triedFor !== undefined &&
  memory.triedFor !== refusal(revOf(wanted.desired, port), epoch);

const expired = (s: Situation, wanted: Effect): boolean => wanted.notAfter !== undefined && s.now > wanted.notAfter;
const unconnected = (s: Situation): Step => ({ do: 'wait', ...s.missing });
const wait = (until: Duration, reason: AnyReason, message: string): Step => ({ do: 'wait', until, reason, message });
const mark = (state: MarkedState, reason: AnyReason, message: string): Step => ({
  do: 'mark',
  state,
  reason,
  message,
});
