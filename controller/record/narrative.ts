import type { IncidentUpdate } from '../api/incident-update.gen.ts';
import { troubled } from '../incident/render/effect-words.ts';
import { byTime, happenedAt, isDeclaration, severityAt, severityRank, severityWord } from '../incident/render/words.ts';
import { timeOf } from '../runtime/clock.ts';
import { markdown, oneLine } from '../text.ts';
import { blameless, peopleOf } from './blameless.ts';
import { closingEntry, measures, span } from './durations.ts';
import { fixed, timelineOf, timesOf, type RecordView } from './entries.ts';
import { questions, type Topic } from './questions.ts';
import { clockTime, day } from './timeline.ts';

/** `[T01](timeline.md#t01) [T03](timeline.md#t03)`, in order and once each. */
export const cite = (...ids: readonly string[]): string =>
  [...new Set(ids)]
    .toSorted()
    .map((id) => `[${id}](timeline.md#${id.toLowerCase()})`)
    .join(' ');

/** The drafted sections: what happened is told from times and receipts, why is only quoted. One sentence a line. */
export interface Narrative {
  readonly summary: readonly string[];
  readonly durations: readonly string[];
  readonly impact: readonly string[];
  readonly cause: readonly string[];
  readonly contributing: readonly string[];
  readonly wentWell: readonly string[];
}

export function narrative(view: RecordView): Narrative {
  const asked = questions(view);
  const see = (topic: Topic): string => {
    const found = asked.filter((question) => question.topic === topic).map(({ id }) => id);
    return found.length === 0 ? '' : ` (${found.join(', ')})`;
  };
  return {
    summary: [...opening(view), ...raised(view), ...ending(view)],
    durations: measures(view).map(({ name, value, formula, cites }) => {
      const shown = value === undefined ? 'not known: ' : `${span(value)} = `;
      return `${name}: ${shown}${formula}. ${cite(...cites)}`;
    }),
    impact: impact(view, see),
    cause: cause(view, see),
    contributing: contributing(view),
    wentWell: wentWell(view),
  };
}

/** People's words in the narrative: quoted, with roles in place of the names that are known. */
export const quote = (view: RecordView, text: string, most = 3_000): string =>
  `"${markdown(blameless(oneLine(text), peopleOf(view)), { most })}"`;

/** A sentence that ends with a quotation has its own full stop only where the quotation has none. */
const stop = (quotation: string): string => (/[.!?…]"$/.test(quotation) ? quotation : `${quotation}.`);

const severity = (view: RecordView, value: string | undefined): string =>
  markdown(severityWord(value ?? 'unknown', view.policy.spec.severities));

function opening(view: RecordView): string[] {
  const { incident, updates } = view;
  const { started, detected, declared } = timesOf(view);
  const first = severity(view, severityAt(incident, updates, updates.find(isDeclaration)));
  const { services = [] } = incident.spec;
  const where = services.length === 0 ? '' : ` for ${markdown(services.join(', '))}`;
  const lines = [
    `${quote(view, incident.spec.title)} was declared ${first}${where} at ${clockTime(declared)} UTC on ${day(declared)}. ${cite(fixed.declared)}`,
  ];
  if (started !== undefined && started < declared)
    lines.push(`It had begun ${span(declared - started)} before that. ${cite(fixed.started, fixed.declared)}`);
  if (detected !== undefined && detected < declared)
    lines.push(
      `It was noticed ${span(declared - detected)} before the declaration. ${cite(fixed.detected, fixed.declared)}`,
    );
  return lines;
}

const changesOf = (view: RecordView): IncidentUpdate[] =>
  view.updates.filter(({ spec }) => spec.type === 'Severity').toSorted(byTime);

function raised(view: RecordView): string[] {
  const { ofUpdate } = timelineOf(view);
  const { declared } = timesOf(view);
  return changesOf(view).map((update) => {
    const { from, to, text } = update.spec;
    const how = severityRank(to) < severityRank(from) ? 'raised' : 'lowered';
    const after = span(happenedAt(update) - declared);
    const why = text === undefined ? '.' : `: ${stop(quote(view, text, 1_000))}`;
    return `Its severity was ${how} to ${severity(view, to)} ${after} after the declaration${why} ${cite(fixed.declared, ofUpdate.get(update.metadata.name) ?? fixed.declared)}`;
  });
}

function ending(view: RecordView): string[] {
  const { started, declared, resolved } = timesOf(view);
  const end = closingEntry(view);
  const summary = view.incident.spec.resolution?.summary;
  if (resolved === undefined) return [`No all clear is recorded. ${cite(fixed.declared)}`];
  const since = started === undefined || started > resolved ? '' : `, ${span(resolved - started)} after it began`;
  const cites = since === '' ? cite(fixed.declared, end) : cite(fixed.started, fixed.declared, end);
  return [
    `The all clear came ${span(resolved - declared)} after the declaration${since}. ${cites}`,
    ...(summary === undefined ? [] : [`It was closed with the words ${stop(quote(view, summary))} ${cite(end)}`]),
  ];
}

function impact(view: RecordView, see: (topic: Topic) => string): string[] {
  const { customerSummary } = view.incident.spec;
  const { started, mitigated, resolved } = timesOf(view);
  const said =
    customerSummary === undefined
      ? `What customers saw is not recorded${see('impact')}. ${cite(fixed.declared)}`
      : `What customers saw: ${stop(quote(view, customerSummary))} ${cite(fixed.declared)}`;
  if (started === undefined)
    return [
      said,
      `How long it lasted is not known, since its start is not recorded${see('start')}. ${cite(fixed.started)}`,
    ];
  if (mitigated !== undefined && mitigated >= started)
    return [
      said,
      `It hurt customers for ${span(mitigated - started)}, from the start to the mitigation. ${cite(fixed.started, fixed.mitigated)}`,
    ];
  if (resolved === undefined || resolved < started) return [said];
  return [
    said,
    `It lasted at most ${span(resolved - started)}, from the start to the all clear; no earlier mitigation is recorded. ${cite(fixed.started, fixed.mitigated, closingEntry(view))}`,
  ];
}

function cause(view: RecordView, see: (topic: Topic) => string): string[] {
  const end = closingEntry(view);
  const { rootCause, summary } = view.incident.spec.resolution ?? {};
  if (rootCause !== undefined) return [`As stated at the all clear: ${stop(quote(view, rootCause))} ${cite(end)}`];
  const words = summary === undefined ? '.' : `; the close notes say ${stop(quote(view, summary))}`;
  return [`No root cause is recorded${see('cause')}${words} ${cite(end)}`];
}

/** Where the time went: facts, no judgement. */
function contributing(view: RecordView): string[] {
  const { started, detected, declared, resolved } = timesOf(view);
  const end = closingEntry(view);
  const lines: string[] = [];
  if (
    started !== undefined &&
    detected !== undefined &&
    resolved !== undefined &&
    started < detected &&
    resolved > started
  )
    lines.push(
      `${span(detected - started)} of the ${span(resolved - started)} passed before it was noticed. ${cite(fixed.started, fixed.detected, end)}`,
    );
  if (detected !== undefined && detected < declared)
    lines.push(
      `A further ${span(declared - detected)} passed before it was declared. ${cite(fixed.detected, fixed.declared)}`,
    );
  return [...lines, ...underrated(view)];
}

/** How long it was handled as less than it turned out to be. */
function underrated(view: RecordView): string[] {
  const { ofUpdate } = timelineOf(view);
  let since = timesOf(view).declared;
  let sinceEntry: string = fixed.declared;
  return changesOf(view).flatMap((update) => {
    const { from, to } = update.spec;
    const entry = ofUpdate.get(update.metadata.name) ?? fixed.declared;
    const line = `It was handled as ${severity(view, from)} for ${span(happenedAt(update) - since)} before it was raised. ${cite(sinceEntry, entry)}`;
    since = happenedAt(update);
    sinceEntry = entry;
    return severityRank(to) < severityRank(from) ? [line] : [];
  });
}

function wentWell(view: RecordView): string[] {
  const { ofUpdate } = timelineOf(view);
  const told = view.updates.flatMap((update) =>
    Object.values(update.status?.effects ?? {})
      .filter((entry) => entry.state !== 'Cancelled' && entry.state !== 'Pending')
      .map((entry) => ({ entry, id: ofUpdate.get(update.metadata.name) ?? fixed.declared })),
  );
  const delivered = told.every(({ entry }) => entry.state === 'Done' && !troubled(entry));
  const first = told.filter(
    ({ entry, id }) => id === fixed.declared && entry.kind === 'message' && entry.state === 'Done',
  );
  const soonest = Math.min(...first.map(({ entry }) => timeOf(entry.since) ?? Infinity));
  const { declared } = timesOf(view);
  return [
    ...(told.length > 1 && delivered
      ? [`All ${told.length} notices and comments were delivered. ${cite(...told.map(({ id }) => id))}`]
      : []),
    ...(Number.isFinite(soonest)
      ? [
          `The first stakeholder channel was told ${soonest - declared < 1_000 ? 'within a second' : span(soonest - declared)} after the declaration. ${cite(fixed.declared)}`,
        ]
      : []),
  ];
}
