import type { Inputs } from '../inputs.ts';
import { running } from '../running.ts';
import type { IncidentContext } from '../verb-context.ts';
import type { Verb } from '../verb.ts';
import { stakeholderChannels } from '../common-inputs.ts';

const inputs = {
  summary: {
    kind: 'text',
    field: 'spec.resolution.summary',
    label: 'What ended it?',
    hint: 'It stands in the all clear and in the record.',
    most: 3_000,
    lines: true,
    wording: ({ incident }) =>
      incident?.spec.state === 'Triage'
        ? { label: 'Why is it no incident?', hint: 'It is closed without having been declared.' }
        : {},
  },
  rootCause: {
    kind: 'text',
    field: 'spec.resolution.rootCause',
    label: 'Root cause, if it is known',
    optional: true,
    most: 3_000,
    lines: true,
  },
  channels: stakeholderChannels('spec.resolution.channels'),
} as const satisfies Inputs;

/** The all clear; out of Triage, a dismissal. */
export const close: Verb<typeof inputs, IncidentContext> = {
  name: 'close',
  aliases: ['resolve'],
  usage: 'close [what ended it]',
  help: 'the all clear',
  on: 'incident',
  inputs,
  form: { title: 'Close Incident', submit: 'Close Incident' },
  start: running,
  parse: (line) => ({ summary: line }),
  // Everybody is told: who closes looks at the whole form before.
  asks: () => true,
  write: ({ summary, rootCause, channels }) => ({
    change: {
      state: 'Resolved',
      resolution: {
        summary,
        ...(rootCause === '' ? {} : { rootCause }),
        ...(channels.length > 0 ? { channels: [...channels] } : {}),
      },
    },
  }),
  done: (_, { incident }) =>
    incident.spec.state === 'Triage' ? 'closed, without having been declared.' : 'All Clear has been declared!',
};
