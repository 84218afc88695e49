import type { Incident } from '../../api/incident.gen.ts';
import { cut } from '../../text.ts';
import { Declined } from '../declined.ts';
import { byId, idOf, isHidden, openIncidents } from '../incidents.ts';
import type { Inputs } from '../inputs.ts';
import { running } from '../running.ts';
import type { IncidentContext, VerbContext } from '../verb-context.ts';
import type { Verb } from '../verb.ts';
import { firstWord } from '../words.ts';

const inputs = {
  /** By its uid: a name may be longer than what a form carries. */
  other: {
    kind: 'choice',
    field: 'spec.duplicateOf.name',
    label: 'The incident that goes on',
    missing: 'Choose the incident that goes on.',
    options: (at) => othersOf(at).map((one) => ({ value: one.metadata.uid, label: `${idOf(one)}: ${one.spec.title}` })),
  },
} as const satisfies Inputs;

/** Closes this incident; the other one goes on. */
export const duplicate: Verb<typeof inputs, IncidentContext> = {
  name: 'duplicate',
  usage: 'duplicate INC-00001',
  help: 'closes this one; that one goes on',
  on: 'incident',
  namesAnother: true,
  inputs,
  form: { title: 'Mark as Duplicate', submit: 'Close as duplicate' },
  start: running,
  parse(line, at) {
    const { word } = firstWord(line);
    const others = othersOf(at);
    if (word !== '') {
      const of = byId(at.served, word);
      if (of && of.metadata.namespace === at.namespace) return { other: of.metadata.uid };
      throw new Declined(
        `There is no ${cut(word, 40)} beside this incident. Open: ${others.map(idOf).join(', ') || 'none'}.`,
      );
    }
    if (others.length === 0) throw new Declined('There is no other open incident that this could be a duplicate of.');
    return {};
  },
  refuse({ other = '' }, at) {
    running(at, duplicate);
    otherOf(other, at);
  },
  write({ other }, at) {
    const of = otherOf(other, at);
    return {
      change: {
        duplicateOf: { name: of.metadata.name },
        state: 'Resolved',
        resolution: { summary: `Duplicate of ${idOf(of)}: ${of.spec.title}` },
      },
    };
  },
  done: ({ other }, at) => `closed as a duplicate of ${idOf(otherOf(other, at))}.`,
};

/** Open ones beside it, worst first. Of one whose channel is private only its own people know. */
const othersOf = (at: VerbContext): Incident[] =>
  openIncidents(at.served).filter(
    (one) =>
      one.metadata.uid !== at.incident?.metadata.uid &&
      one.metadata.namespace === at.namespace &&
      !isHidden(at.served, one),
  );

/** A form of the version before holds the name. @throws Declined */
function otherOf(choice: string, { served: { cluster }, namespace }: VerbContext): Incident {
  const found =
    cluster.incidents(namespace).find(({ metadata }) => metadata.uid === choice) ?? cluster.incident(namespace, choice);
  if (found) return found;
  throw new Declined(inputs.other.missing, inputs.other.field);
}
