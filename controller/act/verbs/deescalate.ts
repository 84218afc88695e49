import { Declined } from '../declined.ts';
import type { Inputs } from '../inputs.ts';
import { running } from '../running.ts';
import type { IncidentContext, VerbContext } from '../verb-context.ts';
import type { Verb } from '../verb.ts';
import { allLevels, levelIn, lowest, notAgain } from '../levels.ts';
import { reason } from '../common-inputs.ts';

const inputs = {
  level: {
    kind: 'choice',
    field: 'spec.escalation.level',
    label: 'Level',
    missing: 'Choose a level.',
    values: allLevels,
    options: (at) =>
      lowerLevels(at).map((value) => ({ value, label: value === '0' ? '0: the first responders' : value })),
    initial: (at) => lowerLevels(at)[0],
  },
  reason: reason('Why?'),
} as const satisfies Inputs;

/** One level down, or to the level that is named. */
export const deescalate: Verb<typeof inputs, IncidentContext> = {
  name: 'deescalate',
  aliases: ['de-escalate'],
  usage: 'deescalate why',
  on: 'incident',
  inputs,
  form: { title: 'De-escalate', submit: 'De-escalate' },
  start(at) {
    running(at);
    if (at.incident.spec.escalation.level <= lowest) throw new Declined('It is at the lowest level already.');
  },
  parse(line, at) {
    const now = at.incident.spec.escalation.level;
    const { level: asked, rest } = levelIn(line);
    if (rest === '') return {};
    if (asked === undefined) notAgain(at, 'deescalate', now - 1);
    const level = asked ?? now - 1;
    if (level >= now) throw new Declined(`It is at level ${now}; that is no step down.`);
    return { level: String(level), reason: rest };
  },
  refuse: (_, at) => running(at, deescalate),
  write: ({ level, reason: why }) => ({ change: { level: Number(level) }, reason: why }),
  done: ({ level }) => `de-escalated to level ${level}.`,
};

/** The next one first. */
function lowerLevels({ incident }: VerbContext): string[] {
  const level = incident?.spec.escalation.level ?? lowest;
  return Array.from({ length: level - lowest }, (_, i) => String(level - 1 - i));
}
