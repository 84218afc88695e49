import type { Incident } from '../../api/incident.gen.ts';
import type { Doc, Inline, Part } from '../../document/doc.ts';
import { markOf } from '../../document/marks.ts';
import { isBlank } from '../../text.ts';
import { drillWord, escalationFact, severityFact, startFact, type Fact } from './facts.ts';
import { inTriage, onceDeclared, onceResolved } from './offers.ts';
import { byTime } from '../../timeline/order.ts';
import { isDeclaration } from '../../timeline/entries.ts';
import { type View } from '../../document/view.ts';
import { inCluster, severityWord, shownId, titleOf } from '../../document/words.ts';

export interface TriageView extends Omit<View, 'entries'> {
  /** Presses reach us. */
  readonly interactive: boolean;
  /** The incident's own channel, once it is open. */
  readonly channel?: { readonly name: string; readonly url: string };
}

/** An alert that waits for people to declare or dismiss it, and then follows what became of it. */
export function triageMessage(view: TriageView): Doc {
  const { incident, policy, interactive } = view;
  const { description, severity } = incident.spec;
  const drill = drillWord(incident);
  const headline = [shownId(view), severityWord(severity, policy.spec.severities), statusWord(incident)].join(' · ');
  return {
    mark: markOf(incident.spec),
    title: `${drill}${shownId(view)}: ${titleOf(incident)}`,
    line: `${drill}${headline}: ${titleOf(incident)}`,
    parts: [
      ...(description === undefined || isBlank(description) ? [] : [{ text: description, more: inCluster(incident) }]),
      { facts: facts(view) },
      ...became(view),
    ],
    ...(interactive ? { offers: offers(view) } : {}),
  };
}

/** An alert is open until it is resolved, whoever works on it. */
const statusWord = ({ spec }: Incident): string => (spec.state === 'Resolved' ? 'Resolved' : 'Open');

function facts(view: TriageView): Fact[] {
  const { spec, metadata } = view.incident;
  const services = spec.services ?? [];
  const isAlert = spec.state === 'Triage' || spec.state === 'Resolved';
  return [
    ['📌 Status', [isAlert ? statusWord(view.incident) : `Open, ${spec.state}`]],
    severityFact(view),
    ...(spec.startedAt === undefined
      ? [['🕒 Raised', [{ time: metadata.creationTimestamp }]] as const]
      : startFact(view.incident)),
    ...(services.length > 0 ? [['Services', [services.join(', ')]] as const] : []),
    ...escalationFact(spec),
  ];
}

/** Who declared it, where it is handled, how it ended. */
function became({ incident, updates, channel }: TriageView): Part[] {
  const declaration = updates.filter(isDeclaration).toSorted(byTime)[0];
  const { state, resolution } = incident.spec;
  const by = declaration?.spec.author;
  const note: Inline[] = [
    ...(declaration === undefined ? [] : ['Incident created', ...(by === undefined ? [] : [' by ', { person: by }])]),
    ...(declaration !== undefined && channel !== undefined ? [' · '] : []),
    ...(channel === undefined ? [] : [{ link: { title: `#${channel.name}`, url: channel.url } }]),
  ];
  return [
    ...(note.length === 0 ? [] : [{ notes: [note] }]),
    ...(state === 'Resolved' && resolution !== undefined
      ? [
          {
            title: declaration === undefined ? 'Dismissed' : 'All Clear',
            text: resolution.summary,
            more: inCluster(incident),
          },
        ]
      : []),
  ];
}

function offers({ incident, channel }: TriageView): NonNullable<Doc['offers']> {
  const { state } = incident.spec;
  if (state === 'Triage') return inTriage(incident);
  return state === 'Resolved' ? onceResolved(incident) : onceDeclared(incident, channel);
}
