import { levels } from '../api/levels.ts';
import { Declined } from './declined.ts';
import { changeIdsOf } from './names.ts';
import type { By, IncidentContext } from './verb-context.ts';
import { firstWord } from './words.ts';

/** As text, since that is what forms and buttons carry. */
export const allLevels: readonly string[] = Array.from({ length: levels.most - levels.least + 1 }, (_, i) =>
  String(levels.least + i),
);
export const lowest: number = levels.least;
export const highest: number = levels.most;

/** `2 because` is level 2. */
export function levelIn(line: string): { level?: number; rest: string } {
  const { word, rest } = firstWord(line);
  return /^\d$/.test(word) ? { level: Number(word), rest } : { rest: line };
}

/**
 * A line that names no level is one step each time it is typed, and whoever got no answer types it again: after a step of
 * their own, with nothing since, they are to say which level they mean. @throws Declined
 */
export function notAgain(
  { command, source, person, incident }: By<IncidentContext>,
  kind: 'escalate' | 'deescalate',
  next: number,
): void {
  const { change: last, escalation } = incident.spec;
  if (next < lowest || next > highest) return;
  if (last === undefined || last.via !== person.via || !last.id.startsWith(changeIdsOf(source, kind))) return;
  throw new Declined(
    `It is at level ${escalation.level} since you typed or pressed that. For one more: \`${command} ${kind} ${next}${kind === 'deescalate' ? ' why' : ''}\`.`,
  );
}
