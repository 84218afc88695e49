import type { IncidentUpdate } from '../../api/incident-update.gen.ts';
import { severities } from '../../api/enums.gen.ts';
import type { Doc, Inline, Link, Part } from '../../document/doc.ts';
import { markOf } from '../../document/marks.ts';
import { drillWord } from '../../incident/render/facts.ts';
import { isDeclaration, isForTickets, severityAt } from '../../timeline/entries.ts';
import { inCluster, titleOf } from '../../document/words.ts';
import { promiseOf } from '../../timeline/said.ts';
import { isBlank } from '../../text.ts';
import { headline, type UpdateView } from './words.ts';

export interface NoticeView extends UpdateView {
  /** Where the incident's channel opens; shown to people inside only. */
  readonly channel?: { readonly name: string; readonly url: string };
  /** Where the ticket opens, which holds the whole of most texts that are cut. */
  readonly ticket?: string;
}

/**
 * A message for a stakeholder channel. Whoever is not a responder reads what customers see (`customerSummary`), never
 * the description; the public does not read the title either, nor how it was mended.
 */
export function notice(update: IncidentUpdate, view: NoticeView): Doc {
  const what = headline(update, view);
  const about = subject(update, view);
  const lead = `${drillWord(view.incident)}${view.named.id}${what.startsWith('All Clear') ? ': ' : ' '}${what}`;
  const more = whole(update, view);
  return {
    mark: markThen(update, view),
    title: lead,
    line: about === undefined ? lead : `${lead}${lead.endsWith('!') ? '' : ':'} ${about}`,
    parts: [...said(about, more), ...said(body(update, view), more), ...footer(update, view)],
  };
}

/** As it was when the update was written, so that a notice is not edited when the incident moves on. */
function markThen(update: IncidentUpdate, { incident, updates }: NoticeView): string {
  const then = severityAt(incident, updates, update);
  const severity = severities.find((each) => each === then) ?? incident.spec.severity;
  const isOver = update.spec.type === 'State' && update.spec.to === 'Resolved';
  return markOf({ severity, state: isOver ? 'Resolved' : 'Investigating' });
}

const said = (text: string | undefined, more: string): Part[] =>
  text === undefined || isBlank(text) ? [] : [{ text, more }];

/** Where a cut text is whole. The public reads neither tickets nor the cluster. */
function whole(update: IncidentUpdate, { incident, ticket }: NoticeView): string {
  if (update.spec.audience === 'Public') return 'cut here';
  const fromIncident = isDeclaration(update) || update.spec.to === 'Resolved';
  if (ticket !== undefined && (fromIncident || isForTickets(update))) return ticket;
  return inCluster(fromIncident ? incident : update);
}

function subject(update: IncidentUpdate, { incident }: NoticeView): string | undefined {
  if (update.spec.audience !== 'Public') return titleOf(incident);
  const { customerSummary = '' } = incident.spec;
  return isBlank(customerSummary) ? undefined : customerSummary;
}

function body(update: IncidentUpdate, { incident }: NoticeView): string | undefined {
  const { type, to, text, audience } = update.spec;
  const { customerSummary, description, resolution } = incident.spec;
  if (isDeclaration(update)) {
    if (audience === 'Responders') return description ?? customerSummary;
    return audience === 'Public' ? undefined : customerSummary;
  }
  if (audience === 'Public') return type === 'Status' || type === 'Correction' ? text : undefined;
  if (type === 'State' && to === 'Resolved') return text ?? resolution?.summary;
  return text;
}

function footer(update: IncidentUpdate, { channel }: NoticeView): Part[] {
  if (update.spec.audience === 'Public') return [];
  const promised = promiseOf(update);
  const { author, links = [] } = update.spec;
  const parts: Inline[][] = [
    ...(promised === undefined ? [] : [['next update by ', { time: promised }]]),
    ...(author === undefined ? [] : [['by ', { person: author }]]),
    ...(channel === undefined ? [] : [[{ link: { title: `#${channel.name}`, url: channel.url } }]]),
  ];
  const own = links.map(({ title, url }): Link => ({ title, url, by: 'people' }));
  return [
    ...(parts.length === 0 ? [] : [{ notes: [parts.flatMap((part, i) => (i === 0 ? part : [' · ', ...part]))] }]),
    ...(own.length === 0 ? [] : [{ links: own }]),
  ];
}
