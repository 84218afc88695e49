import type { Verb } from '../verb.ts';
import { declare, inputs, writeDeclaration } from './declare.ts';

/** Declares an exercise, by the form of declare. */
export const drill: Verb<typeof inputs> = {
  name: 'drill',
  kind: 'declare',
  usage: 'drill [text]',
  help: 'declares an exercise',
  on: 'nothing',
  inputs,
  form: {
    title: 'Declare Drill',
    submit: 'Create',
    notes: () => [['A drill: it says so everywhere, files no ticket, tells no stakeholders.']],
  },
  opensChannel: true,
  parse: (line, at) => declare.parse(line, at),
  write: (values, at) => writeDeclaration(values, at, true),
  done: () => 'declared.',
};
