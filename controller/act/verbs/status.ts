import type { IncidentUpdate } from '../../api/incident-update.gen.ts';
import type { Incident } from '../../api/incident.gen.ts';
import type { Policy } from '../../incident/policy/policy.ts';
import { happenedAt } from '../../timeline/order.ts';
import { inCluster, severityWord, titleOf } from '../../document/words.ts';
import { utc } from '../../document/time.ts';
import { lastSaid } from '../../timeline/said.ts';
import { rfc3339 } from '../../runtime/clock.ts';
import type { Answer, Line, Run } from '../answer.ts';
import type { Read } from '../verb.ts';
import { shownIncident } from './list.ts';

export const status: Read = {
  name: 'status',
  usage: 'status [INC-00001]',
  help: 'how it stands',
  on: 'incident',
  answer: ({ incident, policy, updates }) => (incident ? standing(incident, policy, updates) : { lines: [] }),
};

/** How it stands, in a few lines. */
export function standing(incident: Incident, policy: Policy, updates: readonly IncidentUpdate[]): Answer {
  const { spec, status: known } = incident;
  const tickets = (known?.tickets ?? []).map(({ id, url }): Run => ({ link: url, label: id }));
  const failing = (known?.conditions ?? []).filter((c) => c.status === 'False' && c.type !== 'Ready');
  const lines: Line[] = [
    [...shownIncident(incident), ' — ', { said: titleOf(incident), most: 150 }],
    [
      'Severity ',
      { said: severityWord(spec.severity, policy.spec.severities), most: 100 },
      ` · state ${spec.state} · escalation level ${spec.escalation.level}`,
    ],
    ['Commander ', { said: spec.roles?.['commander'] ?? 'nobody yet', most: 200 }, ` · ${began(incident)}`],
    ...(spec.resolution
      ? [
          [
            'Resolution: ',
            { said: spec.resolution.summary, most: 600, lines: true, whole: inCluster(incident) },
          ] as const,
        ]
      : []),
    ...lastUpdate(updates),
    ...(tickets.length > 0 ? [['Tickets: ', ...tickets.flatMap((one, i) => (i === 0 ? [one] : [', ', one]))]] : []),
    ...failing.map((c): Line => ['✗ ', { said: `${c.type}: ${c.message || c.reason}`, most: 300 }]),
  ];
  return { lines, most: 2_500 };
}

function lastUpdate(updates: readonly IncidentUpdate[]): Line[] {
  const last = lastSaid(updates);
  if (!last) return [];
  return [
    [
      `Last update${last.correction ? ', corrected' : ''}, ${utc(rfc3339(happenedAt(last.update)))}: `,
      { said: last.text, most: 600, lines: true, whole: inCluster(last.correction ?? last.update) },
    ],
  ];
}

/** What waits in Triage was raised and never declared. */
const began = ({ spec, status: known, metadata }: Incident): string =>
  spec.state === 'Triage'
    ? `raised ${utc(metadata.creationTimestamp)}`
    : `declared ${utc(known?.timestamps?.declaredAt ?? metadata.creationTimestamp)}`;
