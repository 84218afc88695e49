import type { Incident } from '../../../api/incident.gen.ts';
import { shownIncident as incidentRuns } from '../../../act/verbs/list.ts';
import { slackLine, slackText } from '../text.ts';
import { lineText } from './answer.ts';
import type { Message } from './api.ts';
import { inputMost } from './views/parts.ts';

/** `INC-00447`, as a link to its channel where it has one. Escaped. */
export const shownIncident = (incident: Incident): string => lineText(incidentRuns(incident));

/** What became of an act on it. */
export const outcome = (incident: Incident, sentence: string): Message =>
  plainMessage(`${shownIncident(incident)}: ${slackLine(sentence, 600)}`);

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
