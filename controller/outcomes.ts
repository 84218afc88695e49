import { apiVersion } from './api/names.ts';
import type { Recorder } from './cluster/events.ts';
import { isKind, type Kind } from './capabilities/capabilities.ts';
import type { Log } from './log.ts';
import { changedOutside } from './runtime/effect.ts';
import type { ObjectKey, EffectOutcome } from './runtime/execution.ts';
import type { ReasonName } from './runtime/reasons.ts';
import type { Trouble } from './runtime/reconciler.ts';
import type { Metrics } from './server/metrics.ts';

export interface OutcomesDeps {
  readonly log: Log;
  readonly metrics: Metrics;
  readonly record: Recorder;
}

/** Tells of one outcome: a log line, metrics, and an Event for milestones and failures only. */
export function outcomes({ log, metrics, record }: OutcomesDeps): (outcome: EffectOutcome) => void {
  return (outcome) => {
    const { owner, effect, operation, result, duration, reason, message, error } = outcome;
    metrics.effect(outcome);
    const fields = {
      object: `${owner.kind}/${owner.namespace}/${owner.name}`,
      effect: effect.key,
      integration: effect.integration,
      operation,
      result,
      ms: Math.round(duration),
      reason,
      message,
    };
    if (error === undefined) log.info('effect', fields);
    else log.warn('effect', { ...fields, error });
    const regarding = { ...owner, apiVersion };
    if (outcome.milestone !== undefined && isKind(effect.kind))
      record(regarding, 'Normal', milestones[effect.kind], outcome.milestone);
    const said = eventOf(outcome);
    if (said && !outcome.repeated) record(regarding, said, reason ?? 'Failed', `${effect.key}: ${message ?? result}`);
  };
}

/** Tells of what keeps an object as a whole, or one of its phases, from being reconciled: a log line and one Event. */
export function troubles({
  log,
  record,
}: Pick<OutcomesDeps, 'log' | 'record'>): (owner: ObjectKey, trouble: Trouble) => void {
  return (owner, { reason, message, error }) => {
    log.error('object-in-trouble', {
      object: `${owner.kind}/${owner.namespace}/${owner.name}`,
      reason,
      message,
      error,
    });
    record({ ...owner, apiVersion }, 'Warning', reason, message);
  };
}

/** Whether an outcome is worth an Event, and of what type. */
function eventOf({ operation, result, reason }: EffectOutcome): 'Normal' | 'Warning' | undefined {
  if (result === 'drifted' && reason === changedOutside) return 'Normal';
  const isGone = operation === 'mark' && reason === 'Gone';
  return isGone || ['drifted', 'refused', 'Unknown', 'Expired'].includes(result) ? 'Warning' : undefined;
}

/** The reason of the Event when an effect of a kind is first done. */
const milestones: Readonly<Record<Kind, ReasonName>> = {
  number: 'NumberDone',
  channel: 'ChannelDone',
  purpose: 'PurposeDone',
  message: 'MessageDone',
  pin: 'PinDone',
  members: 'MembersDone',
  bookmark: 'BookmarkDone',
  thread: 'ThreadDone',
  ticket: 'TicketDone',
  comment: 'CommentDone',
  record: 'RecordDone',
  review: 'ReviewDone',
};
