import type { IncidentUpdate } from '../../api/incident-update.gen.ts';
import type { Doc, Inline, Line, Link, Part } from '../../document/doc.ts';
import { withPeople } from '../../document/doc.ts';
import { markOf } from '../../document/marks.ts';
import { lastRequest } from '../../record/requests.ts';
import { rfc3339 } from '../../runtime/clock.ts';
import { refusedPart, withRefusal, type Entry } from '../../runtime/effect.ts';
import { isBlank } from '../../text.ts';
import { lastSaid } from '../../timeline/said.ts';
import { outcome, troubled } from '../../capabilities/effect-words.ts';
import { drillWord, responseFacts, severityFact, startFact, ticketLinks } from './facts.ts';
import { onceResolved, whileRunning } from './offers.ts';
import { byTime, happenedAt } from '../../timeline/order.ts';
import { isForTickets } from '../../timeline/entries.ts';
import { type HeldUp, type View } from '../../document/view.ts';
import { inCluster, severityWord, shownId, titleOf } from '../../document/words.ts';

export interface LiveStatusView extends View {
  /** Presses reach us: an offer that nobody answers is worse than none. */
  readonly interactive?: boolean;
  /** RFC 3339; when the next update to stakeholders is promised. */
  readonly nextDue?: string;
  readonly held?: HeldUp;
}

/** The pinned message that is edited in place. It depends on no clock, so that it changes only when the incident does. */
export function liveStatus(view: LiveStatusView): Doc {
  const { incident, policy } = view;
  const { severity, state, customerSummary, description } = incident.spec;
  const drill = drillWord(incident);
  const headline = [shownId(view), severityWord(severity, policy.spec.severities), state].join(' · ');
  return {
    mark: markOf(incident.spec),
    title: `${drill}${shownId(view)}: ${titleOf(incident)}`,
    line: `${drill}${headline}: ${titleOf(incident)}`,
    parts: [
      { facts: facts(view) },
      ...allClear(view),
      ...said('Customer impact', customerSummary, wholeOf(view)),
      ...said('Description', description, wholeOf(view)),
      ...lastUpdate(view),
      ...links(view),
      ...troubles(view),
    ],
    ...(view.interactive ? { offers: state === 'Resolved' ? onceResolved(incident) : whileRunning(incident) } : {}),
  };
}

function facts(view: LiveStatusView) {
  const { spec } = view.incident;
  return [
    severityFact(view),
    ['📌 Status', [spec.state]] as const,
    ...responseFacts(view.incident),
    ...startFact(view.incident),
    ...(view.nextDue === undefined || spec.state === 'Resolved'
      ? []
      : [['Next update due', [{ time: view.nextDue }]] as const]),
  ];
}

function allClear(view: LiveStatusView): Part[] {
  const { state, resolution } = view.incident.spec;
  if (state !== 'Resolved') return [];
  const title = 'All Clear has been declared!';
  const [words] = said(title, resolution?.summary, wholeOf(view));
  return [words ?? { line: [{ strong: title }] }];
}

const said = (title: string, text: string | undefined, more: string): Part[] =>
  text === undefined || isBlank(text) ? [] : [{ title, text, more }];

/** Where the whole of the incident's texts is when they are cut: on the ticket, if there is one. */
const wholeOf = (view: LiveStatusView): string =>
  ticketLinks(view).find(({ url }) => url !== undefined)?.url ?? inCluster(view.incident);

function lastUpdate(view: LiveStatusView): Part[] {
  const last = lastSaid(view.updates);
  if (last === undefined) return [];
  const { update, text, correction } = last;
  const more = correction === undefined && isForTickets(update) ? wholeOf(view) : inCluster(correction ?? update);
  return [
    ...said(correction === undefined ? 'Last update' : 'Last update, corrected', text, more),
    { notes: [[...byAndWhen(update), ...(correction ? [' · corrected: ', ...byAndWhen(correction)] : [])]] },
  ];
}

function byAndWhen(update: IncidentUpdate): Inline[] {
  const { author } = update.spec;
  return [...(author === undefined ? [] : [{ person: author }, ', ']), { time: rfc3339(happenedAt(update)) }];
}

function links(view: LiveStatusView): Part[] {
  const { links: own = [] } = view.incident.spec;
  const review = lastRequest(view.entries);
  const record = review === undefined ? undefined : view.reach.link(review);
  const all: Link[] = [
    ...ticketLinks(view),
    ...(record === undefined ? [] : [{ title: 'Post-mortem', url: record }]),
    ...own.map(({ title, url }) => ({ title, url, by: 'people' as const })),
  ];
  return all.length === 0 ? [] : [{ links: all }];
}

/** What needs a person's eyes, the last first. */
function troubles(view: LiveStatusView): Part[] {
  const own = Object.entries(view.entries).filter(([, entry]) => !itself.has(entry.kind));
  const notices = view.updates.toSorted(byTime).flatMap((update) => Object.entries(update.status?.effects ?? {}));
  // The reason's word only: a message may change with every attempt, and each change would be an edit.
  const failed = [...own, ...notices]
    .filter(([, entry]) => troubled(entry))
    .map(([key, entry]) => outcome(key, inBrief(entry), view.reach.noun));
  const held = [...(view.held?.incident ?? []), ...(view.held?.record ?? [])];
  const notes = [...new Set([...failed, ...held])].toReversed().map((text): Line => ['✗ ', ...withPeople(text)]);
  return notes.length === 0 ? [] : [{ notes }];
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
