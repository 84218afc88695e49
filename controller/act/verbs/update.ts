import { audiences } from '../../api/enums.gen.ts';
import { minutes, rfc3339 } from '../../runtime/clock.ts';
import { Declined } from '../declined.ts';
import type { Inputs } from '../inputs.ts';
import { running } from '../running.ts';
import type { IncidentContext } from '../verb-context.ts';
import type { Verb } from '../verb.ts';
import { stakeholderChannels } from '../common-inputs.ts';

/** Minutes from now. */
const dueTimes = ['15', '30', '60', '120', '240'] as const;

const inputs = {
  text: { kind: 'text', field: 'spec.text', label: 'What should they know?', most: 8_000, lines: true },
  audience: {
    kind: 'choice',
    field: 'spec.audience',
    label: 'For whom',
    missing: 'Choose whom it is for.',
    values: audiences,
    options: () => [
      { value: 'Responders', label: 'Responders: the timeline and the live status' },
      { value: 'Stakeholders', label: 'Stakeholders: also tickets and their channels' },
      { value: 'Public', label: 'Public: everybody, in words that customers may read' },
    ],
    initial: () => 'Stakeholders',
  },
  channels: stakeholderChannels('spec.channels'),
  due: {
    kind: 'choice',
    field: 'spec.nextDueAt',
    label: 'Next update due',
    optional: true,
    values: dueTimes,
    options: () => [
      { value: '15', label: 'in 15 minutes' },
      { value: '30', label: 'in 30 minutes' },
      { value: '60', label: 'in 1 hour' },
      { value: '120', label: 'in 2 hours' },
      { value: '240', label: 'in 4 hours' },
    ],
  },
} as const satisfies Inputs;

export const update: Verb<typeof inputs, IncidentContext> = {
  name: 'update',
  usage: 'update [text]',
  help: 'sends an update',
  on: 'incident',
  inputs,
  form: { title: 'Send Update', submit: 'Send' },
  start: running,
  parse: (line) => ({ text: line }),
  refuse({ audience, channels = [] }, at) {
    running(at, update);
    if (audience === 'Responders' && channels.length > 0)
      throw new Declined(
        'Responders are told in the incident’s channel alone. Choose Stakeholders, or no channel.',
        inputs.audience.field,
      );
  },
  write: ({ text, audience, channels, due }, { now }) => ({
    entry: {
      type: 'Status',
      text,
      more: {
        audience,
        channels: [...channels],
        ...(due === undefined ? {} : { nextDueAt: rfc3339(now + minutes(Number(due))) }),
      },
    },
  }),
  done: ({ audience }) => `the update is stored; it goes out to ${audience.toLowerCase()}.`,
};
