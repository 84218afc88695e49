import type { IncidentUpdate } from '../../api/incident-update.gen.ts';
import type { Block, Desired } from '../../integrations/capabilities.ts';
import { hostOf, isBlank, joinWithin, slackLine, slackLink, slackText } from '../../text.ts';
import { inCluster, isDeclaration, isForTickets, titleOf, utc } from '../../incident/render/words.ts';
import { promiseOf } from '../../incident/timeline.ts';
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
export function notice(update: IncidentUpdate, view: NoticeView): Desired['message'] {
  const what = headline(update, view);
  const drill = view.incident.spec.mode === 'Drill' ? 'DRILL ' : '';
  const about = subject(update, view);
  const lead = `${drill}${view.named.id}${what.startsWith('All Clear') ? ': ' : ' '}${what}`;
  const said = body(update, view);
  const more = whole(update, view);
  return {
    text: `${slackLine(lead, 500)}${about === undefined ? '' : `${lead.endsWith('!') ? '' : ':'} ${slackLine(about, 1_000)}`}`,
    blocks: [
      section(`*${slackLine(lead, 500)}*${about === undefined ? '' : `\n${slackText(about, 2_400, more)}`}`),
      ...(said === undefined || isBlank(said) ? [] : [section(slackText(said, 2_900, more))]),
      ...footer(update, view),
    ],
  };
}

const mrkdwn = (text: string) => ({ type: 'mrkdwn', text, verbatim: true }) as const;
const section = (text: string): Block => ({ type: 'section', text: mrkdwn(text) });

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

function footer(update: IncidentUpdate, { channel }: NoticeView): Block[] {
  if (update.spec.audience === 'Public') return [];
  const promised = promiseOf(update);
  const parts = [
    ...(promised === undefined ? [] : [`next update by ${utc(promised)}`]),
    ...(update.spec.author === undefined ? [] : [`by ${slackLine(update.spec.author, 200)}`]),
    ...(channel === undefined ? [] : [slackLink(channel.url, `#${channel.name}`)]),
    ...(update.spec.links ?? []).map((l) => `${slackLink(l.url, l.title)} (${slackLine(hostOf(l.url), 100)})`),
  ];
  return parts.length === 0 ? [] : [{ type: 'context', elements: [mrkdwn(joinWithin(parts, ' · ', 2_000))] }];
}
