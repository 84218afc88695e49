import { expect, test } from 'vitest';
import { anIncident, anUpdate } from '../../test/builders/incident.ts';
import { lastAuthor } from './authors.ts';
import type { Incident } from './incident.gen.ts';
import type { IncidentUpdate, IncidentUpdateSpec } from './incident-update.gen.ts';
import type { FieldManagers } from './meta.ts';

const slack: FieldManagers = {
  title: 'allclear-controller',
  severity: 'allclear-controller',
  state: 'allclear-controller',
  change: 'allclear-controller',
};

/** Bo acted last, on whatever it was. */
const after = (managers: FieldManagers, edits = 0): Incident =>
  anIncident({
    spec: { state: 'Investigating', change: { id: 'a', source: 'Slack', by: 'bo@example.com' } },
    metadata: { managers, generation: 1 + edits },
  });
const entry = (spec: Partial<IncidentUpdateSpec>): IncidentUpdate => anUpdate({ spec: { text: 'x', ...spec } });
const declared = entry({ type: 'State', to: 'Investigating', author: 'ana@example.com' });
const raised = entry({ type: 'Severity', from: 'SEV3', to: 'SEV2', author: 'bo@example.com' });

test.each<[string, Incident, string, readonly IncidentUpdate[], string | undefined]>([
  ['whom the timeline names', after(slack), 'spec.state', [declared, raised], 'ana@example.com'],
  ['whom the timeline names, each for their own', after(slack), 'spec.severity', [declared, raised], 'bo@example.com'],
  ['the act alone that is not told of yet', after(slack, 1), 'spec.severity', [declared], 'bo@example.com'],
  ['one of two that are not told of yet', after(slack, 2), 'spec.severity', [declared], undefined],
  ['nobody, when what is told of is something else', after(slack), 'spec.severity', [declared], undefined],
  [
    'another field manager, not whoever acted on something else',
    after({ ...slack, severity: 'kubectl-edit' }),
    'spec.severity',
    [declared, raised],
    'kubectl-edit (field manager)',
  ],
  [
    'another field manager of what is not told',
    after({ ...slack, title: 'flux' }),
    'spec.title',
    [],
    'flux (field manager)',
  ],
  ['somebody, of what is not told', after(slack, 1), 'spec.title', [declared], undefined],
  ['somebody, of a role that is not told', after(slack, 1), 'spec.roles.scribe', [declared], undefined],
])('a field was last set by %s', (_, incident, field, updates, author) => {
  expect(lastAuthor(incident, field, updates)).toBe(author);
});
