import type { Act, RuleHandle } from '../emulators/faults.ts';
import type { World } from '../world/world.ts';
import { callOf, type Write } from './trace.ts';

/** Something happens to this write alone, when it comes. */
export function ruleFor(world: World, { to, call, nth }: Write, act: Act | 'okFalseAfter'): RuleHandle {
  const retryAfter = 1;
  if (to === 'slack') return world.slack.fault({ act, method: call, nth, retryAfter });
  if (act === 'okFalseAfter') throw new Error('only Slack answers 200 with ok false');
  return world.faults.rule({ act, nth, retryAfter, when: (exchange) => callOf(exchange) === call });
}

export const nameOf = ({ to, call, nth }: Write): string => `${to} ${call} #${nth}`;
