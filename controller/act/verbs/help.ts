import type { Answer, Line } from '../answer.ts';
import type { AnyVerb, Read } from '../verb.ts';

/** What there is. `verbs` hands out the list that it stands in. */
export const helpOf = (verbs: () => readonly AnyVerb[]): Read => ({
  name: 'help',
  aliases: ['?'],
  usage: 'help',
  on: 'nothing',
  anybody: true,
  answer: ({ command, helpNote }) => helpText(verbs(), command, helpNote),
});

const helpText = (verbs: readonly AnyVerb[], command: string, note: string): Answer => ({
  lines: [
    [{ strong: 'AllClear' }],
    ...verbs.flatMap(({ usage, help }): Line[] => (help ? [[`• \`${command} ${usage}\` ${help}`]] : [])),
    [note],
  ],
});
