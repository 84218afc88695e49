import type { Incident } from '../../api/incident.gen.ts';
import { titleOf, type IncidentNumber } from '../../document/words.ts';

/**
 * The channel's purpose: id and title, and nothing that changes often, since a chat posts a line at each change.
 */
export const purpose = (incident: Incident, named: IncidentNumber): string => `${named.id} · ${titleOf(incident)}`;
