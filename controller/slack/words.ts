import type { IncidentUpdate } from '../api/incident-update.gen.ts';
import type { Incident } from '../api/incident.gen.ts';
import type { Policy } from '../incident/policy/policy.ts';
import { utc } from '../document/time.ts';
import { happenedAt } from '../timeline/order.ts';
import { inCluster, severityWord, titleOf } from '../document/words.ts';
import { lastSaid } from '../timeline/said.ts';
import { rfc3339 } from '../runtime/clock.ts';
import { slackLine, slackLink, slackText } from '../integrations/slack/text.ts';
import { joinWithin } from '../text.ts';
import type { Message } from './api.ts';
import { idOf } from './desk.ts';
import { inputMost } from './views/parts.ts';

/** `INC-00447`, as a link to its channel where it has one. Escaped. */
export function shownIncident(incident: Incident): string {
  const { channel } = incident.status ?? {};
  const id = slackLine(idOf(incident), 100);
  return channel?.url ? `*${id}* ${slackLink(channel.url, `#${channel.name}`)}` : `*${id}*`;
}

/** One line for lists. Escaped. */
export function lineOf(incident: Incident, policy: Policy): string {
  const { severity, state, mode, roles } = incident.spec;
  const commander = roles?.['commander'];
  return [
    shownIncident(incident),
    `${severityWord(severity, policy.spec.severities)} · ${state}${mode === 'Live' ? '' : ` · ${mode}`}`,
    slackLine(titleOf(incident), 150),
    ...(commander === undefined ? [] : [`commander ${slackLine(commander, 100)}`]),
  ].join(' — ');
}

export function listText(
  incidents: readonly Incident[],
  policy: (incident: Incident) => Policy,
  command: string,
): string {
  if (incidents.length === 0) return `No incident is open. Declare one: \`${command} declare what is wrong\``;
  const lines = incidents.map((incident) => `• ${lineOf(incident, policy(incident))}`);
  return joinWithin(
    [incidents.length === 1 ? '*1 open incident*' : `*${incidents.length} open incidents*`, ...lines],
    '\n',
    3_500,
  );
}

/** How it stands, in a few lines. Escaped. */
export function statusText(incident: Incident, policy: Policy, updates: readonly IncidentUpdate[]): string {
  const { spec, status } = incident;
  const last = lastSaid(updates);
  const tickets = (status?.tickets ?? []).map(({ id, url }) => slackLink(url, id));
  const failing = (status?.conditions ?? []).filter((c) => c.status === 'False' && c.type !== 'Ready');
  const lines = [
    `${shownIncident(incident)} — ${slackLine(titleOf(incident), 150)}`,
    `Severity ${severityWord(spec.severity, policy.spec.severities)} · state ${spec.state} · escalation level ${spec.escalation.level}`,
    `Commander ${slackLine(spec.roles?.['commander'] ?? 'nobody yet', 200)} · ${began(incident)}`,
    ...(spec.resolution ? [`Resolution: ${slackText(spec.resolution.summary, 600, inCluster(incident))}`] : []),
    ...(last
      ? [
          `Last update${last.correction ? ', corrected' : ''}, ${utc(rfc3339(happenedAt(last.update)))}: ${slackText(last.text, 600, inCluster(last.correction ?? last.update))}`,
        ]
      : []),
    ...(tickets.length > 0 ? [`Tickets: ${tickets.join(', ')}`] : []),
    ...failing.map((c) => `✗ ${slackLine(`${c.type}: ${c.message || c.reason}`, 300)}`),
  ];
  return joinWithin(lines, '\n', 2_500);
}

/** What waits in Triage was raised and never declared. */
const began = ({ spec, status, metadata }: Incident): string =>
  spec.state === 'Triage'
    ? `raised ${utc(metadata.creationTimestamp)}`
    : `declared ${utc(status?.timestamps?.declaredAt ?? metadata.creationTimestamp)}`;

/** Who can be asked, of what is known: holders of roles and those whom the policy invites. */
export function oncallText(incident: Incident | undefined, policy: Policy): string {
  const roles = Object.entries(incident?.spec.roles ?? {}).map(
    ([role, who]) => `• ${slackLine(role, 40)}: ${slackLine(who, 200)}`,
  );
  const invited = (policy.spec.invitees ?? []).map((who) => `• ${slackLine(who, 200)}`);
  return [
    ...(incident
      ? [
          `*${slackLine(idOf(incident), 100)}*: ${roles.length > 0 ? 'who has a role' : 'nobody has a role yet'}`,
          ...roles,
        ]
      : []),
    invited.length > 0 ? '*Invited to every such incident*' : 'The policy names nobody to invite.',
    ...invited,
  ].join('\n');
}

/** Commands do not work in threads: the buttons and `!close` do. */
export function helpText(command: string): string {
  const line = (usage: string, what: string): string => `• \`${command}${usage ? ` ${usage}` : ''}\` ${what}`;
  return [
    '*AllClear*',
    line('what is wrong', 'or `declare`: opens the form that declares an incident'),
    line('list', 'what is open'),
    line('status [INC-00001]', 'how it stands'),
    line('update [text]', 'sends an update'),
    line('severity SEV1 [why]', 'changes how bad it is; lowering needs a reason'),
    line('state Monitoring [why]', 'changes where the response stands'),
    line('escalate', 'one level up; `deescalate why` goes down'),
    line('role commander @somebody', 'who does what'),
    line('oncall', 'who can be asked'),
    line('duplicate INC-00001', 'closes this one; that one goes on'),
    line('close [what ended it]', 'the all clear'),
    line('reopen why', 'it is not over'),
    line('drill [text]', 'declares an exercise'),
    `In an incident's channel they are about that incident; elsewhere name it: \`${command} status INC-00001\`. Slack's commands do not work in threads: there use the buttons, or write \`!close what ended it\` as a message.`,
  ].join('\n');
}

/** While the API server does not answer. */
export function awayText(command: string): string {
  return [
    '*The Kubernetes API server does not answer.* Nothing can be written at the moment: not declared, updated, escalated or closed, not by `kubectl` either.',
    `What works: \`${command} list\`, \`status\`, \`oncall\` and \`help\` (as it stood when it was last heard of); channels, messages and pins in Slack as they are.`,
    'What does not: everything that changes an incident. It is not kept for later: press or type it again once the API server is back. What was acknowledged before is stored and goes on by itself then.',
  ].join('\n');
}

/** Slack cuts a message at 40,000 characters. */
const longestAnswer = 39_000;

/** What was typed after a command, when a form's input cannot hold all of it; not escaped yet. */
export const overflow = (typed: string): Message | undefined =>
  typed.length > inputMost
    ? plainMessage(`That is more than the form holds. What you typed:\n${slackText(typed, longestAnswer)}`)
    : undefined;

/** After a refusal: a command that was typed stands nowhere in Slack. A short one is typed again soon. */
export const typedText = (typed: string): string =>
  typed.length > 100 ? `\nWhat you typed: ${slackText(typed, longestAnswer - 2_000)}` : '';

export const plainMessage = (text: string): Message => ({ text });
