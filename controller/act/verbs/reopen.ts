import { inCluster } from '../../document/words.ts';
import { Declined } from '../declined.ts';
import { idOf } from '../incidents.ts';
import type { Inputs } from '../inputs.ts';
import type { IncidentContext } from '../verb-context.ts';
import type { Verb } from '../verb.ts';
import { reason } from '../common-inputs.ts';

const inputs = { reason: reason('Why is it open again?') } as const satisfies Inputs;

export const reopen: Verb<typeof inputs, IncidentContext> = {
  name: 'reopen',
  usage: 'reopen why',
  help: 'it is not over',
  on: 'incident',
  inputs,
  form: {
    title: 'Reopen Incident',
    submit: 'Reopen',
    notes: ({ incident }) =>
      incident.spec.resolution
        ? [
            [
              'Closed with: ',
              { said: incident.spec.resolution.summary, most: 600, lines: true, whole: inCluster(incident) },
            ],
          ]
        : [],
  },
  start({ incident }) {
    if (incident.spec.state !== 'Resolved')
      throw new Declined(`${idOf(incident)} is open: it is ${incident.spec.state}.`);
  },
  parse: (line) => ({ reason: line }),
  write: ({ reason: why }) => ({ change: { state: 'Investigating' }, reason: why }),
  done: () => 'reopened.',
};
