import type { ReasonLine } from '../runtime/reasons.ts';

/** How one effect stands. */
export const effectReasons = {
  Done: {
    means: 'It is as it should be.',
    todo: 'Nothing.',
  },
  Pending: {
    means: 'Its intent is recorded and its outcome is not known yet.',
    todo: 'Wait.',
  },
  InProgress: {
    means: 'It is being made or edited.',
    todo: "Wait; if it lasts minutes, look at the controller's log.",
  },
  Failed: {
    means: 'It was refused for good.',
    todo: 'Read the message and mend the cause.',
  },
  Unknown: {
    means: 'It may have happened, and the vendor cannot be asked.',
    todo: 'Look whether it is there; repeat it by hand if it is not.',
  },
  OutcomeUnknown: {
    means: 'A call got no answer, so it may have happened.',
    todo: "Wait, it is looked for before anything is sent twice; if the effect's state is Unknown, look yourself.",
  },
  Settling: {
    means: 'An answer was lost; it is looked for until a late one can no longer arrive.',
    todo: 'Wait, about 20 seconds.',
  },
  Expired: {
    means: 'It was due too long ago (`notAfter`, 15 minutes unless the policy says otherwise) and was not sent.',
    todo: 'If it still matters, tell them by hand.',
  },
  Cancelled: {
    means: 'It was no longer wanted before it was sent.',
    todo: 'Nothing.',
  },
  NotWanted: {
    means: 'It is no longer wanted, and it is not there.',
    todo: 'Nothing.',
  },
  Released: {
    means: 'It was undone because that was asked for.',
    todo: 'Nothing.',
  },
  Gone: {
    means: 'Somebody took it away outside; it is left so.',
    todo: 'Nothing, or make it again by hand.',
  },
  Doubled: {
    means: 'It stood there twice, since the outside carried out two requests for one; one is kept.',
    todo: 'Nothing; the other was archived or removed, or the message says why it could not be.',
  },
  ChangedOutside: {
    means: 'People did something outside that does no harm; it is left so. The message says what.',
    todo: 'Nothing.',
  },
  Watching: {
    means: 'It is done and looked at from time to time for what changes outside.',
    todo: 'Nothing.',
  },
  Waiting: {
    means: 'It failed and is tried again in a while.',
    todo: 'Wait.',
  },
  NotLeading: {
    means: 'Another controller took over before it was sent.',
    todo: 'Nothing; that one sends it.',
  },
  NotSent: {
    means: 'The controller stopped before it was sent.',
    todo: 'Nothing; the next one sends it.',
  },
  CounterUnreadable: {
    means: 'The ConfigMap that counts incidents was changed into something that is no counter.',
    todo: 'Restore it, or delete it: numbers then go on above the highest in the cluster and the repositories.',
  },
  NoCondition: {
    means: '`allclear explain` alone: it is recorded, and no condition speaks of it any more.',
    todo: 'Nothing.',
  },
  UnknownKind: {
    means: 'Another version recorded it, and this one cannot do it.',
    todo: 'Run the newer version.',
  },
  TooManyEffects: {
    means: 'The status holds as many receipts as it can, so nothing new is begun.',
    todo: 'Resolve it, and declare a new Incident related to it; report it, since this should not happen.',
  },
} as const satisfies Readonly<Record<string, ReasonLine>>;
