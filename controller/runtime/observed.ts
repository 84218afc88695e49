import { rfc3339, type Instant } from './clock.ts';
import { defaultSettlingTime, type Step } from './decide.ts';
import { revOf, revision, type Call, type Effect, type Entry, type Ref, type Seen } from './effect.ts';
import { entryOf, sameEntry } from './execution.ts';
import type { FlightLog } from './flight-log.ts';
import { phrase, Rejected } from './outcome.ts';
import { longestRefusal } from './refused.ts';

export type Why = (Step & { do: 'observe' })['why'];

/** A revision that no desired value has. */
const notAsDesired = 'differs';

/**
 * Records what a look found: one thing is kept, further ones of ours are taken back, and nothing counts as gone only
 * after a second look.
 * @param call for what is taken back
 */
export async function recordObserved(log: FlightLog, seen: readonly Seen[], why: Why, call: () => Call): Promise<void> {
  const { memory, port, effect, entry, options } = log.parts;
  memory.looked = true;
  delete memory.lookNow;
  memory.failures = 0;
  delete memory.notBefore;
  const [oldest, ...doubled] = seen.filter((one) => !isAnothers(log, one.ref));
  if (why === 'audit') {
    delete memory.auditAt;
    delete memory.auditPending;
  }
  if (why === 'watch' || why === 'audit') {
    memory.watchedAt = log.started;
    delete memory.problem;
  }
  if (!oldest) {
    recordAbsent(log, why);
    return;
  }
  delete memory.goneSince;
  delete memory.lookedEmpty;
  // More than one of ours: two processes sent, one of them late. The oldest stays.
  for (const extra of doubled) await takeBack(log, extra, call());
  const base = entry ?? (effect ? withoutRecord(log, effect, oldest.madeAt) : undefined);
  if (!base) return;
  const found: Entry = { ...base, state: 'Done', ref: oldest.ref, at: rfc3339(options.clock.now()) };
  if (oldest.facts) found.facts = { ...base.facts, ...oldest.facts };
  // An edit that nobody knew of has moved it, too, to where it belongs now.
  if (why !== 'watch' && oldest.same && effect?.place?.in) found.within = effect.place.in;
  if (why !== 'watch') found.rev = oldest.same && effect ? revOf(effect.desired, port) : notAsDesired;
  else if (!oldest.same && effect?.drift?.changed === 'enforce') found.rev = notAsDesired;
  delete found.reason;
  delete found.message;
  Object.assign(found, oldest.drift);
  if (why === 'doubt' || why === 'recovery') {
    // Of one that grows or was to be edited, more may land of what a former process sent.
    const late = port.appends === true || entry?.ref !== undefined;
    const sent = memory.lastSend ?? (late ? options.leadership.acquiredAt() : undefined);
    if (port.update && sent !== undefined && memory.auditAt === undefined) log.auditFrom(sent);
    if (port.doubles)
      memory.auditAt ??=
        (memory.lastSend ?? options.leadership.acquiredAt()) + (port.settlingTime ?? defaultSettlingTime);
    log.settleMemory();
  }
  // A look that only confirms is no news: its time is not worth a write.
  if (!entry || !sameEntry({ ...entry, at: '' }, { ...found, at: '' })) log.land(found);
  const first = why === 'doubt' && effect?.milestone !== undefined;
  log.report('observe', 'found', first ? { milestone: effect.milestone } : {});
  log.reportDrift(oldest);
}

/** Recorded as the thing of another effect: one that has no marker of its own may look like this one's. */
function isAnothers({ parts }: FlightLog, ref: Ref): boolean {
  const { key, entry, effect, target, state } = parts;
  if (entry?.ref && revision(entry.ref) === revision(ref)) return false;
  const all = { ...target.entries, ...Object.fromEntries(state.landed) };
  return Object.entries(all).some(
    ([other, { kind, ref: theirs }]) =>
      other !== key && kind === (effect ?? entry)?.kind && theirs && revision(theirs) === revision(ref),
  );
}

/** Told once; tried again at longer and longer intervals where time may help. What is kept goes on all the same. */
async function takeBack(log: FlightLog, { ref }: Seen, call: Call): Promise<void> {
  const { port, memory, options } = log.parts;
  if (!port.release) return;
  const tries = (memory.takenBack ??= new Map<string, number>());
  const failures = (tries.get(revision(ref)) ?? 0) + 1;
  try {
    await port.release(call, ref);
    const message = 'It stood there twice; one is kept, and the other was taken back.';
    log.report('release', 'drifted', { reason: 'Doubled', message });
  } catch (error) {
    tries.set(revision(ref), failures);
    const rejected = error instanceof Rejected ? error : undefined;
    const again = Math.min((port.settlingTime ?? defaultSettlingTime) * 2 ** (failures - 1), longestRefusal);
    if (!rejected?.terminal) memory.auditAt = options.clock.monotonic() + Math.max(again, rejected?.retryAfter ?? 0);
    log.report('release', rejected?.terminal ? 'refused' : 'rejected', {
      reason: 'Doubled',
      message: phrase(`It stands there twice, and the other one could not be taken back: ${phrase(error)}`),
      ...(failures > 1 ? { repeated: true } : {}),
    });
  }
}

function recordAbsent(log: FlightLog, why: Why): void {
  const { memory, entry, options } = log.parts;
  memory.lookedEmpty = log.started;
  if ((why === 'audit' || why === 'watch' || why === 'recovery') && entry?.state === 'Done')
    memory.goneSince ??= options.clock.monotonic();
  log.report('observe', 'absent');
}

/** The entry of what was found without a record of ours. */
function withoutRecord({ parts }: FlightLog, effect: Effect, madeAt: Instant | undefined): Entry {
  const now = parts.options.clock.now();
  return entryOf(effect, { state: 'Done', attempt: 1, since: rfc3339(madeAt ?? now), at: rfc3339(now) });
}
