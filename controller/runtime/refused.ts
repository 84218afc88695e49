import { rfc3339, seconds, type Duration } from './clock.ts';
import { type Operation } from './situation.ts';
import { refusal, refusedAgain } from './decide.ts';
import { revOf, refusedPart, withRefusal, type Effect, type Entry, type Landed, type Refusal } from './effect.ts';
import { entryOf } from './execution.ts';
import type { FlightLog } from './flight-log.ts';
import { phrase, Unsupported, type Rejected } from './outcome.ts';

/** What nobody mends for an hour is not worth a write more often than that. */
export const longestRefusal: Duration = seconds(3_600);

/** A refusal and what makes asking again worthwhile when it changes (see `refusal`). */
type Remembered = Refusal & { readonly refused: string };

/** Records that the outside refused `effect` for good. What stood before stands on. */
export function recordRefused(log: FlightLog, effect: Effect, error: Rejected, operation: Operation): void {
  const { memory, entry } = log.parts;
  const { reason } = error;
  const refused = rememberRefusal(log, effect, memory.failures, error.retryAfter);
  if (entry?.state === 'Done') refuseEdit(log, entry, { reason, message: phrase(error), refused });
  else refuse(log, effect, error, refused);
  reportRefused(log, operation, { reason, message: phrase(error) });
}

/** Records that the outside refused for good to undo it. It stands, and undoing it is tried again. */
export function recordRefusedRelease(log: FlightLog, error: Rejected): void {
  const { entry } = log.parts;
  if (entry) log.land({ ...entry, facts: { ...entry.facts, releaseRefused: phrase(error) } });
}

/** A refusal that was told already and is met again is no news. */
export function reportRefused(log: FlightLog, operation: Operation, refused: Refusal): void {
  const { memory, entry } = log.parts;
  const told = memory.told ?? refusedPart(entry)?.reason ?? (entry?.state === 'Failed' ? entry.reason : undefined);
  memory.told = refused.reason;
  log.report(operation, 'refused', { ...refused, ...(told === refused.reason ? { repeated: true } : {}) });
}

/** What could not be done of a thing that was made or edited; in the same words as before it is no news. */
export function reportRefusedPart(log: FlightLog, operation: Operation, refused: Refusal): void {
  const before = refusedPart(log.parts.entry);
  const isTold = before?.reason === refused.reason && before.message === refused.message;
  log.report(operation, 'refused', { ...refused, ...(isTold ? { repeated: true } : {}) });
}

/**
 * Remembers what was refused of `effect` as it is wanted now, and until when it is left so.
 * @param failures consecutive ones, this one included
 * @returns what is recorded of it, see `refusal`
 */
export function rememberRefusal(log: FlightLog, effect: Effect, failures: number, retryAfter?: Duration): string {
  const { memory, options, epoch, port } = log.parts;
  memory.failures = failures;
  const again = retryAfter ?? Math.min(refusedAgain * 2 ** (failures - 1), longestRefusal);
  memory.notBefore = options.clock.monotonic() + again;
  memory.triedFor = refusal(revOf(effect.desired, port), epoch);
  return memory.triedFor;
}

/** A try that failed for now: what was refused for good before, of another value or epoch, does not let it go again at once. */
export function rememberTry({ parts: { memory, entry, epoch, port } }: FlightLog, effect: Effect): void {
  if (memory.triedFor !== undefined || entry?.facts?.['refused'] !== undefined)
    memory.triedFor = refusal(revOf(effect.desired, port), epoch);
}

/** The facts of what has landed: those it brought, else those that were known, and what is refused of it. */
export function factsOf(
  entry: Entry | undefined,
  brought: Landed['facts'],
  refused: Remembered | undefined,
): Entry['facts'] | undefined {
  const known = entry?.state === 'Done' ? withRefusal(entry.facts, refused) : withRefusal({}, refused);
  if (!brought) return known;
  const { refused: again, refusedReason, refusedMessage, mended } = known;
  const ours = Object.entries({ refused: again, refusedReason, refusedMessage, mended });
  const told = ours.flatMap(([name, fact]): [string, string][] => (fact === undefined ? [] : [[name, fact]]));
  return { ...brought, ...Object.fromEntries(told) };
}

/** It stands as it was: the words for people are of the first time, so that a repeat writes nothing. */
function refuseEdit(log: FlightLog, entry: Entry, refused: Remembered): void {
  const before = refusedPart(entry);
  if (before?.reason === refused.reason && before.refused === refused.refused) return;
  log.land({ ...entry, facts: withRefusal(entry.facts, refused) });
}

function refuse(log: FlightLog, effect: Effect, error: Rejected, refused: string): void {
  const { entry, options } = log.parts;
  const now = rfc3339(options.clock.now());
  // The words are of the first time; when it was last tried again is in memory only, so that a repeat writes nothing.
  const first =
    entry?.state === 'Failed' && entry.reason === error.reason && entry.facts?.['refused'] === refused
      ? entry
      : undefined;
  // What is final within its attempt was sent again without an intent: that is the next attempt.
  const final = entry?.state === 'Cancelled' || entry?.state === 'Expired';
  const failed = entryOf(effect, {
    // What the outside cannot do is left off: nobody has to mend it.
    state: error instanceof Unsupported ? 'Cancelled' : 'Failed',
    attempt: (entry?.attempt ?? 1) + (final ? 1 : 0),
    ...(entry?.cause === undefined ? {} : { cause: entry.cause }),
    since: entry?.since ?? now,
    at: first?.at ?? now,
    reason: error.reason,
    message: first?.message ?? phrase(error),
    facts: { ...(entry?.ref ? entry.facts : {}), refused },
    ...(entry?.ref ? { ref: entry.ref } : {}),
  });
  log.land(failed);
}
