import { severities, type Severity } from '../api/enums.gen.ts';
import { severityWord, type SeverityLabels } from '../document/words.ts';
import type { ChannelsInput, ChoiceInput, Option, TextInput } from './inputs.ts';

/** Why: stands in `spec.change.reason` and on the timeline. */
export const reason = (label: string) =>
  ({ kind: 'text', field: 'spec.change.reason', label, most: 1_000, lines: true }) as const satisfies TextInput;

export const stakeholderChannels = (field: string) =>
  ({ kind: 'channels', field, label: 'Stakeholder channels', optional: true }) as const satisfies ChannelsInput;

/** A severity, in the policy's words. */
export const severityChoice = {
  kind: 'choice',
  field: 'spec.severity',
  label: 'Severity',
  missing: 'Choose a severity.',
  values: severities,
  options: ({ labels }) => severityOptions(labels),
} as const satisfies ChoiceInput<Severity>;

/** `SEV1 (Critical)`. */
const severityOptions = (labels: SeverityLabels): Option[] =>
  severities.map((value) => ({ value, label: severityWord(value, labels) }));
