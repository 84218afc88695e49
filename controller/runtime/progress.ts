import type { Memory } from './situation.ts';
import type { Step } from './decide.ts';
import { changedOutside, unusable, type EffectKey, type Entry, type Refusal } from './effect.ts';
import type { AnyReason } from './reasons.ts';

/** How one effect stands after a pass, for conditions and `explain`. */
export interface Progress {
  readonly key: EffectKey;
  /** Changed: done, and people changed it since without harm. Gone: done once, and not to be used now. */
  readonly state: 'Done' | 'Changed' | 'Working' | 'Held' | 'Failed' | 'Unknown' | 'Expired' | 'Cancelled' | 'Gone';
  readonly reason: AnyReason;
  readonly message: string;
}

/** How one effect stands, in the words of conditions. `refused`: what is wanted now of a thing that stands was refused. */
export function progressOf(
  key: EffectKey,
  step: Step,
  entry: Entry | undefined,
  memory: Memory,
  refused?: Refusal,
): Progress {
  // While it is tried again, too: the words change once it is mended. Only what forbids to try says more.
  if (refused && !unusable(entry) && !(step.do === 'wait' && step.until === undefined))
    return { key, state: 'Failed', reason: refused.reason, message: refused.message };
  const problem = memory.problem;
  const words = { reason: entry?.reason ?? entry?.state ?? 'Working', message: entry?.message ?? '' };
  if (memory.flying && memory.flying !== 'observe' && memory.failures === 0)
    return { key, state: 'Working', reason: 'InProgress', message: 'Under way.' };
  // What ends at no time of ours (nobody to carry it out, nowhere to put it) says more than what went wrong before.
  if (problem && (memory.flying || (step.do === 'wait' && step.until !== undefined))) {
    const { reason, message, forGood } = problem;
    return { key, state: forGood ? 'Failed' : 'Held', reason, message };
  }
  if (step.do === 'wait' && (step.reason === 'Settling' || (step.soon && entry?.state !== 'Failed')))
    return { key, state: 'Working', reason: step.reason, message: step.message };
  // Nothing is owed to a thing that is done but a look, unless nobody is there to do it.
  if (step.do === 'wait' && (entry?.state === 'Done' ? step.until === undefined : entry?.state !== 'Failed'))
    return { key, state: step.terminal ? 'Failed' : 'Held', reason: step.reason, message: step.message };
  switch (entry?.state) {
    case undefined:
    case 'Pending':
      if (entry && step.do === 'nothing' && !memory.flying)
        return {
          key,
          state: 'Unknown',
          reason: 'OutcomeUnknown',
          message: 'Nobody is there to ask whether it was sent.',
        };
      return { key, state: 'Working', reason: 'InProgress', message: 'Under way.' };
    case 'Done':
      if (unusable(entry)) return { key, state: 'Gone', ...words };
      if (entry.reason === changedOutside) return { key, state: 'Changed', ...words };
      return memory.flying === 'update' || step.do === 'update'
        ? { key, state: 'Working', reason: 'InProgress', message: 'Being edited.' }
        : { key, state: 'Done', ...words };
    case 'Failed':
    case 'Unknown':
    case 'Expired':
    case 'Cancelled':
      return { key, state: entry.state, ...words };
  }
}
