import type { Incident } from '../../api/incident.gen.ts';
import type { IncidentUpdate } from '../../api/incident-update.gen.ts';
import { isDeclaration, severityAt } from '../../timeline/entries.ts';
import { severityRank, severityWord, type IncidentNumber, type SeverityLabels } from '../../document/words.ts';

/** What the words of an update are made from. `updates` are all of the incident, to know what held at the time. */
export interface UpdateView {
  readonly incident: Incident;
  readonly named: IncidentNumber;
  readonly updates: readonly IncidentUpdate[];
  readonly severities?: SeverityLabels;
}

/**
 * What happened, in a few words that follow the id: `declared SEV2 (Major)`, `raised from SEV2 to SEV1`. Made from the
 * update and from what held when it was written, so that a notice is not edited when the incident moves on. Unescaped.
 */
export function headline(update: IncidentUpdate, view: UpdateView): string {
  const { type, from, to } = update.spec;
  const word = (severity: string | undefined): string => severityWord(severity ?? 'unknown', view.severities);
  switch (type) {
    case 'State':
      if (to === 'Resolved') return from === 'Triage' ? 'dismissed in triage' : 'All Clear has been declared!';
      if (to === 'Triage') return 'raised, waits in triage';
      if (isDeclaration(update)) return `declared ${word(severityAt(view.incident, view.updates, update))}`;
      return from === 'Resolved' ? `reopened, now ${to ?? 'open'}` : `now ${to ?? 'open'}, was ${from}`;
    case 'Severity':
      return `${severityRank(to) < severityRank(from) ? 'raised' : 'lowered'} from ${word(from)} to ${word(to)}`;
    case 'Escalation':
      return `${Number(to) > Number(from) ? 'escalated' : 'de-escalated'} to level ${to ?? '0'}`;
    case 'Role':
      return to === undefined || to === '' ? 'has no commander any more' : `commander is now ${to}`;
    case 'Correction':
      return 'correction of an earlier update';
    case 'Status':
    case 'Note':
      return 'update';
    case 'Decision':
    case 'Command':
    case 'Graph':
    case 'Deploy':
    case 'Alert':
    case 'Message':
    case 'Huddle':
      return type.toLowerCase();
  }
}
