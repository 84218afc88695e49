import type { Incident } from '../../api/incident.gen.ts';
import { mailKey } from '../../mail.ts';
import { cut, isBlank, lengthOf } from '../../text.ts';
import type { Line } from '../answer.ts';
import { Declined } from '../declined.ts';
import type { Inputs } from '../inputs.ts';
import { shownAs, type Person } from '../person.ts';
import { running } from '../running.ts';
import type { IncidentContext } from '../verb-context.ts';
import type { Verb } from '../verb.ts';
import { firstWord } from '../words.ts';

const wellKnown = ['commander', 'scribe', 'comms'] as const;

const inputs = {
  role: {
    kind: 'choice',
    field: 'role',
    label: 'Role',
    missing: 'Choose a role.',
    options: ({ incident }, { role = 'commander' }) =>
      [...new Set([...wellKnown, ...Object.keys(incident?.spec.roles ?? {}), String(role)])]
        .filter((name) => !isBlank(name))
        .map((value) => ({ value, label: value })),
    initial: () => 'commander',
  },
  who: {
    kind: 'person',
    field: 'spec.roles',
    label: 'Who',
    optional: true,
    strangers: 'so no role can be theirs',
  },
  /** A person left out says nothing: that nobody has the role any more is said here. */
  free: {
    kind: 'choice',
    field: 'role.free',
    label: 'Or nobody',
    optional: true,
    options: () => [{ value: 'free', label: 'The role is free again' }],
  },
} as const satisfies Inputs;

export const role: Verb<typeof inputs, IncidentContext> = {
  name: 'role',
  aliases: ['roles'],
  usage: 'role commander @somebody',
  help: 'who does what',
  on: 'incident',
  inputs,
  form: { title: 'Roles', submit: 'Assign', notes: ({ incident }) => holders(incident), showsRoles: true },
  start: running,
  parse(line, { mentioned }) {
    const { word, rest } = firstWord(line);
    const who = mentioned(rest);
    if (word !== '' && who !== undefined) return { role: roleName(word).toLowerCase(), who };
    const named = word === '' || mentioned(word) ? undefined : roleName(word);
    const anybody = mentioned(line);
    return { ...(named === undefined ? {} : { role: named }), ...(anybody === undefined ? {} : { who: anybody }) };
  },
  asks: ({ who }) => !who,
  refuse({ who, free }, at) {
    running(at, role);
    // A form of the version before does not ask it: there, nobody chosen freed the role.
    if (!who && free === '')
      throw new Declined('Choose who takes the role, or that it is free again.', inputs.who.field);
    if (who && free) throw new Declined('Somebody is chosen: the role is not free then.', inputs.free.field);
  },
  write: ({ role: name, who }, { incident }) => ({
    change: { roles: { [name]: who === undefined ? null : roleHolder(who, incident, name) } },
  }),
  done: ({ role: name, who }, { incident }) =>
    who === undefined ? `nobody is ${name} any more.` : `${name} is now ${roleHolder(who, incident, name)}.`,
};

function holders({ spec: { roles = {} } }: Incident): Line[] {
  const held = Object.entries(roles).map(([name, who]): Line => [
    isBlank(name) ? '(blank)' : { said: name, most: 40 },
    ': ',
    { said: who, most: 200 },
  ]);
  const nameless = Object.keys(roles).filter(isBlank).length;
  return [
    held.length > 0 ? [{ list: held, separator: ' · ', most: 2_000 }] : ['Nobody has a role yet.'],
    ...(nameless > 0
      ? [
          [
            'A role whose name is blank cannot be chosen here and stays as it is. Give it a name, or remove it from `spec.roles`, with kubectl.',
          ],
        ]
      : []),
  ];
}

/** @throws Declined for one that is longer than the CRD allows */
function roleName(word: string): string {
  if (lengthOf(word) > 40)
    throw new Declined(`A role's name has at most 40 characters, and “${cut(word, 60)}” has ${lengthOf(word)}.`);
  return word;
}

/**
 * Who is named: the mail address that chat finds them by, else the name. Whoever has the role already stays as it was
 * written, so that nothing is handed over.
 */
function roleHolder(person: Person, { spec: { roles = {} } }: Incident, name: string): string {
  const { mail } = person;
  if (mail === undefined) return shownAs(person);
  const held = Object.entries(roles).find(([one, who]) => one === name && mailKey(who) === mailKey(mail));
  return held?.[1] ?? shownAs(person);
}
