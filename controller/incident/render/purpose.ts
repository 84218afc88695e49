import type { Incident } from '../../api/incident.gen.ts';
import { slackLine } from '../../text.ts';
import { titleOf, type Named } from './words.ts';

/**
 * The channel's purpose: id and title, and nothing that changes often, since Slack posts a line at each change. The
 * adapter appends its marker, and Slack allows 250 for both.
 */
export const purpose = (incident: Incident, named: Named): string =>
  `${named.id} · ${slackLine(titleOf(incident), 150)}`;
