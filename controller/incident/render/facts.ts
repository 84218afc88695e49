import type { Line, Link } from '../../document/doc.ts';
import { severityMark } from '../../document/marks.ts';
import { byName } from '../../timeline/order.ts';
import { type View } from '../../document/view.ts';
import { severityWord, ticketWord } from '../../document/words.ts';

export type Fact = readonly [name: string, value: Line];

type Facts = Pick<View, 'incident' | 'policy'>;

/** `🔴 Severity`, in the organisation's words. */
export const severityFact = ({ incident: { spec }, policy }: Facts): Fact => [
  `${severityMark(spec.severity)} Severity`,
  [severityWord(spec.severity, policy.spec.severities)],
];

/** Who commands, what is concerned, how far it is escalated. */
export const responseFacts = ({ spec }: Facts['incident']): Fact[] => {
  const commander = spec.roles?.['commander'];
  return [
    ['Commander', [commander === undefined ? 'nobody yet' : { person: commander }]],
    ['Services', [spec.services?.join(', ') ?? 'not stated']],
    ...escalationFact(spec),
  ];
};

export const escalationFact = ({ escalation: { level } }: Facts['incident']['spec']): Fact[] =>
  level > 0 ? [['Escalation', [`level ${level}`]]] : [];

export const startFact = ({ spec: { startedAt } }: Facts['incident']): Fact[] =>
  startedAt === undefined ? [] : [['🕒 Start time', [{ time: startedAt }]]];

/** `DRILL ` before the title of what is an exercise. */
export const drillWord = ({ spec }: Facts['incident']): string => (spec.mode === 'Drill' ? 'DRILL ' : '');

/** Tickets that stand, by key. */
export function ticketLinks({ entries, reach }: Pick<View, 'entries' | 'reach'>): Link[] {
  return Object.entries(entries)
    .filter(([, entry]) => entry.kind === 'ticket' && entry.state === 'Done')
    .toSorted(([a], [b]) => byName(a, b))
    .map(([, entry]) => {
      const url = reach.link(entry);
      const title = ticketWord(reach.noun, entry.integration, entry.ref?.['id']);
      return url === undefined ? { title } : { title, url };
    });
}
