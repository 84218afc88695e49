import type { Doc, Inline, Part } from '../../document/doc.ts';
import { markOf } from '../../document/marks.ts';
import type { Desired } from '../../capabilities/capabilities.ts';
import { lastRequest } from '../../record/requests.ts';
import { isBlank } from '../../text.ts';
import { responseFacts, severityFact, startFact, type Fact } from './facts.ts';
import { type View } from '../../document/view.ts';
import { severityWord, titleOf, type IncidentNumber } from '../../document/words.ts';

/** What a ticket says. It follows the incident: closed with it, opened again with it. */
export function ticket(view: View, named: IncidentNumber, labels: readonly string[]): Desired['ticket'] {
  const { spec } = view.incident;
  return { doc: ticketDoc(view, named), labels, state: spec.state === 'Resolved' ? 'Closed' : 'Open' };
}

function ticketDoc(view: View, named: IncidentNumber): Doc {
  const { incident, policy } = view;
  const { severity, state, description, customerSummary, resolution } = incident.spec;
  const title = `${named.id}: ${titleOf(incident)}`;
  return {
    mark: markOf(incident.spec),
    title,
    line: `${title} · ${severityWord(severity, policy.spec.severities)} · ${state}`,
    parts: [
      { facts: facts(view) },
      ...part('Description', description),
      ...part('Customer impact', customerSummary),
      ...part('All Clear has been declared!', state === 'Resolved' ? resolution?.summary : undefined),
      { line: pointer(view, named) },
    ],
  };
}

function facts(view: View): Fact[] {
  const { incident, entries, reach } = view;
  const channel = entries['channel'];
  const name = channel?.ref?.['name'];
  const url = channel?.state === 'Done' ? reach.link(channel) : undefined;
  const link = name === undefined ? [] : [{ link: { title: `#${name}`, ...(url === undefined ? {} : { url }) } }];
  const declared = incident.status?.timestamps?.declaredAt ?? incident.metadata.creationTimestamp;
  return [
    severityFact(view),
    ['📌 Status', [incident.spec.state]],
    ...(link.length === 0 ? [] : [['Channel', link] as const]),
    ...responseFacts(incident),
    ...startFact(incident),
    ['Declared', [{ time: declared }]],
  ];
}

const part = (title: string, text: string | undefined): Part[] =>
  text === undefined || isBlank(text) ? [] : [{ title, text }];

function pointer({ incident, entries, reach }: View, named: IncidentNumber): Inline[] {
  const review = lastRequest(entries);
  const url = review === undefined ? undefined : reach.link(review);
  return [
    'Updates follow as comments; ',
    ...(url === undefined
      ? ['the post-mortem follows as a pull request after the all clear']
      : [{ link: { title: 'the post-mortem', url } }, ' holds the whole timeline']),
    `. ${named.id} is the Incident `,
    { code: `${incident.metadata.namespace}/${incident.metadata.name}` },
    '; change it there or in chat, since this text is overwritten.',
  ];
}
