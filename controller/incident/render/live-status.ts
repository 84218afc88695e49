import type { IncidentUpdate } from '../../api/incident-update.gen.ts';
import type { Block, Desired } from '../../integrations/capabilities.ts';
import { lastRequest } from '../../record/requests.ts';
import { rfc3339 } from '../../runtime/clock.ts';
import { refusedPart, withRefusal, type Entry } from '../../runtime/effect.ts';
import { hostOf, isBlank, joinWithin, slackLine, slackLink, slackPlain, slackText } from '../../text.ts';
import { resolvedButtons, runningButtons } from './buttons.ts';
import { outcome, troubled } from './effect-words.ts';
import { lastSaid } from '../timeline.ts';
import {
  byName,
  byTime,
  happenedAt,
  inCluster,
  isForTickets,
  severityWord,
  shownId,
  ticketWord,
  titleOf,
  utc,
  type HeldUp,
  type View,
} from './words.ts';

export interface LiveStatusView extends View {
  /** Presses reach us: a button that does nothing is worse than none. */
  readonly interactive?: boolean;
  /** RFC 3339; when the next update to stakeholders is promised. */
  readonly nextDue?: string;
  readonly held?: HeldUp;
}

/**
 * The pinned message that is edited in place. It depends on no clock, so that it changes only when the incident does.
 * All its parts at their longest stay near 9,000 characters; Slack refuses a message near 13,000.
 */
export function liveStatus(view: LiveStatusView): Desired['message'] {
  const { incident } = view;
  const headline = [
    shownId(view),
    severityWord(incident.spec.severity, view.policy.spec.severities),
    incident.spec.state,
  ];
  const drill = incident.spec.mode === 'Drill' ? 'DRILL ' : '';
  return {
    text: `${drill}${slackLine(headline.join(' · '), 200)}: ${slackLine(titleOf(incident), 1_000)}`,
    blocks: [
      header(`${drill}${shownId(view)}: ${titleOf(incident)}`),
      facts(view),
      ...allClear(view),
      ...said('Customer impact', incident.spec.customerSummary, 1_000, onTicket(view)),
      ...said('Description', incident.spec.description, 1_000, onTicket(view)),
      ...lastUpdate(view),
      ...links(view),
      ...buttons(view),
      ...failures(view),
    ],
  };
}

/** A merged record cannot be reopened. */
function buttons({ incident, interactive }: LiveStatusView): Block[] {
  if (!interactive) return [];
  if (incident.spec.state !== 'Resolved') return [runningButtons(incident)];
  return incident.status?.record?.mergedAt === undefined ? [resolvedButtons(incident)] : [];
}

const header = (text: string): Block => ({
  type: 'header',
  text: { type: 'plain_text', text: slackPlain(text, 150), emoji: false },
});

/** `verbatim`: Slack makes no links or mentions of its own from people's words. */
const mrkdwn = (text: string) => ({ type: 'mrkdwn', text, verbatim: true }) as const;
const section = (text: string): Block => ({ type: 'section', text: mrkdwn(text) });
const context = (text: string): Block => ({ type: 'context', elements: [mrkdwn(text)] });

function facts(view: LiveStatusView): Block {
  const { spec } = view.incident;
  const commander = spec.roles?.['commander'];
  const fields = [
    ['Severity', severityWord(spec.severity, view.policy.spec.severities)],
    ['State', spec.state],
    ['Commander', commander ?? 'nobody yet'],
    ['Services', spec.services?.join(', ') ?? 'not stated'],
    ...(spec.escalation.level > 0 ? [['Escalation', `level ${spec.escalation.level}`]] : []),
    ...(spec.startedAt === undefined ? [] : [['Started', utc(spec.startedAt)]]),
    ...(view.nextDue === undefined || spec.state === 'Resolved' ? [] : [['Next update due', utc(view.nextDue)]]),
  ];
  return {
    type: 'section',
    fields: fields.map(([name, value]) => mrkdwn(`*${name}*\n${slackLine(value ?? '', 400)}`)),
  };
}

function allClear(view: LiveStatusView): Block[] {
  const { state, resolution } = view.incident.spec;
  if (state !== 'Resolved') return [];
  const summary = resolution === undefined ? '' : `\n${slackText(resolution.summary, 1_200, onTicket(view))}`;
  return [section(`*All Clear has been declared!*${summary}`)];
}

const said = (title: string, text: string | undefined, most: number, whole: string): Block[] =>
  text === undefined || isBlank(text) ? [] : [section(`*${title}*\n${slackText(text, most, whole)}`)];

/** Where the whole of the incident's texts is when they are cut here: on the ticket, if there is one. */
const onTicket = (view: LiveStatusView): string =>
  tickets(view).find(({ url }) => url !== undefined)?.url ?? inCluster(view.incident);

function lastUpdate(view: LiveStatusView): Block[] {
  const last = lastSaid(view.updates);
  if (last === undefined) return [];
  const { update, text, correction } = last;
  const corrected = correction === undefined ? '' : ` · corrected: ${byAndWhen(correction)}`;
  const where = correction === undefined && isForTickets(update) ? onTicket(view) : inCluster(correction ?? update);
  return [
    ...said(correction === undefined ? 'Last update' : 'Last update, corrected', text, 1_500, where),
    context(`${byAndWhen(update)}${corrected}`),
  ];
}

function byAndWhen(update: IncidentUpdate): string {
  const by = update.spec.author === undefined ? '' : `${slackLine(update.spec.author, 200)}, `;
  return `${by}${utc(rfc3339(happenedAt(update)))}`;
}

function tickets({ entries, reach }: LiveStatusView): { label: string; url: string | undefined }[] {
  return Object.entries(entries)
    .filter(([, entry]) => entry.kind === 'ticket' && entry.state === 'Done')
    .toSorted(([a], [b]) => byName(a, b))
    .map(([, entry]) => ({
      label: ticketWord(reach.noun, entry.integration, entry.ref?.['id']),
      url: reach.link(entry),
    }));
}

function links(view: LiveStatusView): Block[] {
  const { links: own = [] } = view.incident.spec;
  const review = lastRequest(view.entries);
  const record = review === undefined ? undefined : view.reach.link(review);
  const parts = [
    ...tickets(view).map(({ label, url }) => (url === undefined ? slackLine(label, 100) : slackLink(url, label, 100))),
    ...(record === undefined ? [] : [slackLink(record, 'Post-mortem')]),
    // The host is shown, since a title can promise anything.
    ...own.map(({ title, url }) => `${slackLink(url, title, 150)} (${slackLine(hostOf(url), 100)})`),
  ];
  return parts.length === 0 ? [] : [section(joinWithin(parts, ' · ', 2_500))];
}

function failures(view: LiveStatusView): Block[] {
  const own = Object.entries(view.entries).filter(([, entry]) => !itself.has(entry.kind));
  const notices = view.updates.toSorted(byTime).flatMap((update) => Object.entries(update.status?.effects ?? {}));
  // The reason's word only: a message may change with every attempt, and each change would be an edit.
  const lines = [...own, ...notices]
    .filter(([, entry]) => troubled(entry))
    .map(([key, entry]) => `✗ ${slackLine(outcome(key, inBrief(entry), view.reach.noun), 300)}`);
  const held = [...(view.held?.incident ?? []), ...(view.held?.record ?? [])].map(
    (text) => `✗ ${slackLine(text, 300)}`,
  );
  const all = [...new Set([...lines, ...held])];
  return all.length === 0 ? [] : [context(joinWithin(all.toReversed(), '\n', 1_500))];
}

/** The reason's word in place of its message. */
function inBrief(entry: Entry): Entry {
  const part = refusedPart(entry);
  return {
    ...entry,
    message: entry.reason ?? entry.state,
    ...(part ? { facts: withRefusal(entry.facts, { ...part, message: part.reason }) } : {}),
  };
}

/** Its own failure cannot be shown in it, and that of the thread stands in its condition. */
const itself: ReadonlySet<string> = new Set(['message', 'thread']);
