import { Declined } from '../declined.ts';
import type { Inputs } from '../inputs.ts';
import { running } from '../running.ts';
import type { IncidentContext } from '../verb-context.ts';
import type { Verb } from '../verb.ts';
import { allLevels, highest, levelIn, notAgain } from '../levels.ts';
import { reason } from '../common-inputs.ts';

const inputs = {
  level: {
    kind: 'choice',
    field: 'spec.escalation.level',
    label: 'Level',
    values: allLevels,
    options: () => allLevels.map((value) => ({ value, label: value })),
  },
  reason: { ...reason('Why?'), optional: true },
} as const satisfies Inputs;

/** One level up, or to the level that is named. A press writes at once: its button was confirmed. */
export const escalate: Verb<typeof inputs, IncidentContext> = {
  name: 'escalate',
  usage: 'escalate',
  help: 'one level up; `deescalate why` goes down',
  on: 'incident',
  inputs,
  start: running,
  parse(line, at) {
    const now = at.incident.spec.escalation.level;
    const { level: asked, rest } = levelIn(line);
    if (asked === undefined) notAgain(at, 'escalate', now + 1);
    const level = asked ?? now + 1;
    if (level > highest) throw new Declined(`It is at level ${now}; ${highest} is the highest.`);
    if (level <= now)
      throw new Declined(`It is at level ${now} already. To go down: \`${at.command} deescalate\` and why.`);
    return { level: String(level), reason: rest };
  },
  refuse({ level }, { seen }) {
    // The button of the highest level leads to where it is.
    if (Number(level) === seen.level) throw new Declined(`It is at level ${level} already; there is none above.`);
  },
  write: ({ level, reason: why }) => ({ change: { level: Number(level) }, reason: why }),
  done: ({ level }) => `escalated to level ${level}.`,
};
