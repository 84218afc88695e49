import { incidentStates, type IncidentState } from '../../api/enums.gen.ts';
import { nearest } from '../../api/nearest.ts';
import { cut } from '../../text.ts';
import { Declined } from '../declined.ts';
import type { Inputs } from '../inputs.ts';
import { running } from '../running.ts';
import type { IncidentContext } from '../verb-context.ts';
import type { Verb } from '../verb.ts';
import { firstWord } from '../words.ts';
import { close } from './close.ts';
import { reason } from '../common-inputs.ts';

/** Triage is where alerts begin, and Resolved needs a resolution. */
const settable = ['Investigating', 'Identified', 'Monitoring'] as const satisfies readonly IncidentState[];

const inputs = {
  state: {
    kind: 'choice',
    field: 'spec.state',
    label: 'State',
    missing: 'Choose a state.',
    values: settable,
    options: () => settable.map((value) => ({ value, label: value })),
    initial: ({ incident }) => incident?.spec.state,
  },
  reason: { ...reason('Why? A step back needs a reason'), optional: true },
} as const satisfies Inputs;

export const state: Verb<typeof inputs, IncidentContext> = {
  name: 'state',
  usage: 'state Monitoring [why]',
  help: 'changes where the response stands',
  on: 'incident',
  inputs,
  form: { title: 'Change State', submit: 'Change' },
  start: running,
  instead(line) {
    const { word, rest } = firstWord(line);
    return word.toLowerCase() === 'resolved' ? { verb: close, line: rest } : undefined;
  },
  parse(line, { command }) {
    const { word, rest } = firstWord(line);
    if (word === '') return {};
    const to = settable.find((one) => one.toLowerCase() === word.toLowerCase());
    if (to) return { state: to, reason: rest };
    const near = nearest(word, [...settable, 'Resolved']);
    throw new Declined(
      `“${cut(word, 60)}” is no state to set.${near ? ` Did you mean ${near}?` : ''} Known are ${settable.join(', ')}; Resolved by \`${command} close\`.`,
    );
  },
  asks: ({ state: to, reason: why }, { incident }) => isBefore(to, incident.spec.state) && !why,
  refuse: (_, at) => running(at, state),
  already: ({ state: to }, { seen, incident }) =>
    to !== undefined && to === seen.state && to === incident.spec.state ? `it is ${to} already.` : undefined,
  write: ({ state: to, reason: why }) => ({ change: { state: to }, reason: why }),
  done: ({ state: to }) => `state is now ${to}.`,
};

const isBefore = (to: string | undefined, now: IncidentState): boolean =>
  incidentStates.findIndex((one) => one === to) < incidentStates.indexOf(now);
