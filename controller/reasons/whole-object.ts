import type { ReasonLine } from '../runtime/reasons.ts';

/** Reasons of the conditions Ready, Reconciling and Stalled, which speak of the whole object. */
export const wholeObjectReasons = {
  Converged: {
    means: 'Everything that is wanted is done, and nothing is under way.',
    todo: 'Nothing.',
  },
  Degraded: {
    means: 'Converged, but something optional failed, waits for its integration or is gone.',
    todo: 'Look at the conditions that the message names.',
  },
  Reconciling: {
    means: 'Something is under way or waits for something else.',
    todo: 'Wait; the conditions that the message names say for what.',
  },
  Working: {
    means: 'As Reconciling, on the condition of that name.',
    todo: 'Wait.',
  },
  WriteRefused: {
    means:
      'The API server refuses what the controller has to write into the object itself; the message is the server’s.',
    todo: 'Mend what the message names: most often annotations that leave no room.',
  },
  ReconcileFailed: {
    means:
      'A fault in the controller: it threw while it worked on this object, and does nothing for it meanwhile; the message says what. It is tried again by itself, less and less often, up to every five minutes.',
    todo: "Look at the controller's log (`object-in-trouble`) and at what was written last, such as an IncidentUpdate with an odd value; report it.",
  },
  PlanFailed: {
    means:
      'A fault in the controller: it cannot tell what this one condition wants. Everything else goes on, and what is done already stays.',
    todo: "Look at the controller's log (`object-in-trouble`) and at what was written last; report it.",
  },
  CopiedWithStatus: {
    means:
      "It was stored with the status of another Incident that is there still, as by a backup restored beside it: the channel, tickets and record in it are that one's, and nothing is done for it or its updates.",
    todo: 'Delete it, which leaves them alone, and apply it without its status.',
  },
  NeedsAPerson: {
    means: 'Something was refused, or its outcome is unknown, and time alone does not mend it.',
    todo: 'Look at the conditions that the message names.',
  },
  NotStalled: {
    means: 'Nothing waits for a person.',
    todo: 'Nothing.',
  },
} as const satisfies Readonly<Record<string, ReasonLine>>;
