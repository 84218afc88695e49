import type { Duration } from './clock.ts';
import type { Operation, Situation } from './situation.ts';
import { sameEntry, type Leadership } from './execution.ts';
import type { Effect, EffectKey, Entry, Port } from './effect.ts';
import { rule } from './mutation.ts';

/** An intent is stored before anything is sent that the outside would carry out twice. */
export const needsIntent = rule((port: Port): boolean => port.recover !== 'resend', {
  'sends without an intent': () => false,
});

/** Of a pending entry: a send may have left whose outcome nobody knows, a former process's or our own. Wanted or not. */
export const isInDoubt = rule(
  (entry: Entry, { memory, session }: Situation): boolean =>
    !memory.clear && (entry.session !== session || memory.lastSend !== undefined),
  {
    'sends again what another process began, without a look': (entry, { memory, session }) =>
      !memory.clear && entry.session === session && memory.lastSend !== undefined,
    'forgets an intent that is no longer wanted': (entry, { memory, session, wanted }) =>
      wanted !== undefined && !memory.clear && (entry.session !== session || memory.lastSend !== undefined),
  },
);

/**
 * Monotonic; a look that begins by then sees whatever this process, or the one before it, may have sent.
 * @param settlingTime how long after a send it can still appear outside
 */
export const settledAt = rule(
  ({ acquiredAt, memory }: Situation, settlingTime: Duration): Duration =>
    Math.max(acquiredAt, memory.lastSend ?? 0) + settlingTime,
  {
    'believes the first look': () => 0,
    'settles after its own sends only': ({ memory }, settlingTime) =>
      memory.lastSend === undefined ? 0 : memory.lastSend + settlingTime,
    'settles after taking over only': ({ acquiredAt }, settlingTime) => acquiredAt + settlingTime,
  },
);

/** After a lost answer a thing that stands is looked at once more, since an older edit may have landed last. */
export const isAuditDue = rule(
  ({ memory, monotonic }: Situation, wanted: Effect): boolean =>
    memory.auditAt !== undefined && !wanted.final && monotonic >= memory.auditAt,
  { 'never audits': () => false },
);

/** Only what was asked for is undone: what is no longer wanted stays. */
export const isReleased = rule<
  (key: EffectKey, released: ReadonlySet<EffectKey>, effect: Effect | undefined, entry: Entry | undefined) => boolean
>((key, released) => released.has(key), {
  'releases what is no longer wanted': (key, released, effect, entry) =>
    released.has(key) || (effect === undefined && entry?.state === 'Done'),
});

/** A receipt is kept in memory until the cluster holds it. */
export const isStored = rule(
  (there: Entry | undefined, entry: Entry) => there !== undefined && sameEntry(there, entry),
  {
    'forgets receipts that are not stored yet': () => true,
  },
);

/** The fence before each write to the outside. */
export const maySend = rule((leadership: Leadership): boolean => leadership.leading(), {
  'sends without asking whether it leads': () => true,
});

/** A failed call surely did nothing: the outside said so, or nothing left. Of a look that failed nothing is known. */
export const isSure = rule(
  (rejected: boolean, operation: Operation, sent: boolean): boolean => rejected || (operation !== 'observe' && !sent),
  { 'takes a lost answer for a refusal': () => true },
);

/** A failure leaves no doubt about an earlier send either; a failed look says nothing of it. */
export const endsDoubt = rule((sure: boolean, operation: Operation): boolean => sure && operation !== 'observe', {
  'takes a failed look for an answer': (sure) => sure,
});

/** What a pass sends leaves once its intents are stored. */
export const storeThenSend = rule(
  async (store: () => Promise<void>, send: () => void): Promise<void> => {
    await store();
    send();
  },
  {
    'sends before the intent is stored': async (store, send) => {
      send();
      await store();
    },
  },
);
