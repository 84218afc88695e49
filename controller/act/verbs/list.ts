import type { Incident } from '../../api/incident.gen.ts';
import { severityWord, titleOf } from '../../document/words.ts';
import type { Policy } from '../../incident/policy/policy.ts';
import type { Answer, Line, Run } from '../answer.ts';
import { idOf, policyOf, publicIncidents } from '../incidents.ts';
import type { Read } from '../verb.ts';

export const list: Read = {
  name: 'list',
  usage: 'list',
  help: 'what is open',
  on: 'nothing',
  answer: async ({ served, command }) => listed(await publicIncidents(served), (one) => policyOf(served, one), command),
};

function listed(incidents: readonly Incident[], policy: (incident: Incident) => Policy, command: string): Answer {
  if (incidents.length === 0)
    return { lines: [[`No incident is open. Declare one: \`${command} declare what is wrong\``]] };
  const count = incidents.length === 1 ? '1 open incident' : `${incidents.length} open incidents`;
  return {
    lines: [[{ strong: count }], ...incidents.map((one): Line => ['• ', ...lineOf(one, policy(one))])],
    most: 3_500,
  };
}

/** `INC-00447`, and its channel where it has one. */
export function shownIncident(incident: Incident): Run[] {
  const { channel } = incident.status ?? {};
  const id: Run = { strong: { said: idOf(incident), most: 100 } };
  return channel?.url ? [id, ' ', { link: channel.url, label: `#${channel.name}` }] : [id];
}

/** One line for lists. */
export function lineOf(incident: Incident, policy: Policy): Line {
  const { severity, state, mode, roles } = incident.spec;
  const commander = roles?.['commander'];
  return [
    ...shownIncident(incident),
    ' — ',
    { said: severityWord(severity, policy.spec.severities), most: 100 },
    ` · ${state}${mode === 'Live' ? '' : ` · ${mode}`} — `,
    { said: titleOf(incident), most: 150 },
    ...(commander === undefined ? [] : [' — commander ', { said: commander, most: 100 }]),
  ];
}
