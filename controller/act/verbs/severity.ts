import { severities, type Severity } from '../../api/enums.gen.ts';
import { nearest } from '../../api/nearest.ts';
import { severityRank, severityWord, type SeverityLabels } from '../../document/words.ts';
import { cut } from '../../text.ts';
import { Declined } from '../declined.ts';
import type { Inputs } from '../inputs.ts';
import { running } from '../running.ts';
import type { IncidentContext } from '../verb-context.ts';
import type { Verb } from '../verb.ts';
import { firstWord } from '../words.ts';
import { reason, severityChoice } from '../common-inputs.ts';

const inputs = {
  severity: {
    ...severityChoice,
    initial: ({ incident }) => incident?.spec.severity,
  },
  reason: { ...reason('Why? Lowering needs a reason'), optional: true },
} as const satisfies Inputs;

export const severity: Verb<typeof inputs, IncidentContext> = {
  name: 'severity',
  usage: 'severity SEV1 [why]',
  help: 'changes how bad it is; lowering needs a reason',
  on: 'incident',
  inputs,
  form: { title: 'Change Severity', submit: 'Change' },
  start: running,
  parse(line, { labels }) {
    const { word, rest } = firstWord(line);
    if (word === '') return {};
    const to = parseSeverity(word, labels);
    if (to) return { severity: to, reason: rest };
    const known = severities.map((one) => severityWord(one, labels)).join(', ');
    const near = nearest(word, [...severities, ...severities.flatMap((one) => labels[one]?.label ?? [])]);
    throw new Declined(`“${cut(word, 60)}” is no severity.${near ? ` Did you mean ${near}?` : ''} Known are ${known}.`);
  },
  asks: ({ severity: to, reason: why }, at) => lowers(to, at) && !why,
  refuse({ severity: to, reason: why }, at) {
    if (lowers(to, at) && !why) throw new Declined('Lowering the severity needs a reason.', 'spec.change.reason');
    running(at, severity);
  },
  already: ({ severity: to }, { seen, incident, labels }) =>
    to !== undefined && to === seen.severity && to === incident.spec.severity
      ? `it is ${severityWord(to, labels)} already.`
      : undefined,
  write: ({ severity: to, reason: why }) => ({ change: { severity: to }, reason: why }),
  done: ({ severity: to }, { labels }) => `severity is now ${severityWord(to, labels)}.`,
};

const lowers = (to: string | undefined, { seen }: IncidentContext): boolean =>
  severityRank(to) > severityRank(seen.severity);

/** `SEV1`, `1`, `sev-1` or the organisation's word for it; undefined for anything else. */
export function parseSeverity(word: string, labels: SeverityLabels): Severity | undefined {
  const bare = word.toLowerCase().replace(/^(?:sev)?[-_]?(?=\d$)/, 'sev');
  return (
    severities.find((one) => labels[one]?.label.toLowerCase() === word.toLowerCase()) ??
    severities.find((one) => one.toLowerCase() === bare)
  );
}
