import type { IncidentUpdate } from '../api/incident-update.gen.ts';
import { troubled } from '../capabilities/effect-words.ts';
import { byName, byTime, happenedAt } from '../timeline/order.ts';
import { isDeclaration, severityAt } from '../timeline/entries.ts';
import { severityRank, severityWord } from '../document/words.ts';
import { timeOf } from '../runtime/clock.ts';
import { markdown, markdownInline } from '../document/markdown.ts';
import { clean } from '../text.ts';
import { soundTimes } from './doubts.ts';
import { measures, span } from './durations.ts';
import {
  closingEntry,
  closingOf,
  fixed,
  isDeclared,
  numbersOf,
  timesOf,
  titleThen,
  type RecordView,
} from './entries.ts';
import { questions, type Topic } from './questions.ts';
import { saying } from './quote.ts';
import { clockTime, day } from './timeline.ts';

/** `[T01](timeline.md#t01) [T03](timeline.md#t03)`, in order and once each. */
export const cite = (...ids: readonly string[]): string =>
  [...new Set(ids)]
    .toSorted(byName)
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
  const see = (topic: Topic, entry?: string): string => {
    const found = asked
      .filter((question) => question.topic === topic && (entry === undefined || question.cites.includes(entry)))
      .map(({ id }) => id);
    return found.length === 0 ? '' : ` (${found.join(', ')})`;
  };
  return {
    summary: [...opening(view), ...raised(view), ...ending(view, see)],
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

/** A severity as a sentence says it: brackets and quotation marks in the policy's word end nothing. */
function severity(view: RecordView, value = 'unknown'): string {
  const word = markdown(severityWord(value, view.policy.spec.severities));
  const label = /^(SEV\d) \((.*)\)$/.exec(word);
  return label === null ? word : `${label[1]} (${(label[2] ?? '').replaceAll(/["()]/g, String.raw`\$&`)})`;
}

const moment = (at: number): string => `at ${clockTime(at)} UTC on ${day(at)}`;

function opening(view: RecordView): string[] {
  const { started, detected, declared } = soundTimes(view);
  const lines = [declaration(view)];
  if (isDeclared(view)) {
    lines.push(...waited(view));
    if (started !== undefined && started < declared)
      lines.push(
        `It had begun ${span(declared - started)} before the declaration. ${cite(fixed.started, fixed.declared)}`,
      );
    if (detected !== undefined && detected < declared)
      lines.push(
        `It was noticed ${span(declared - detected)} before the declaration. ${cite(fixed.detected, fixed.declared)}`,
      );
  }
  const { services = [] } = view.incident.spec;
  const shown = services.map((service) => markdownInline(service)).join(', ');
  if (services.length > 0) lines.push(`Services, as last stated: ${shown}. ${cite(fixed.declared)}`);
  return lines;
}

/** With the title of then, where that is recorded; what it is called now is said of now. */
function declaration(view: RecordView): string {
  const { incident, updates } = view;
  const when = moment(timesOf(view).declared);
  const first = severity(view, severityAt(incident, updates, updates.find(isDeclaration)));
  const now = markdownInline(incident.spec.title);
  if (!isDeclared(view)) return `${now} was recorded afterwards, ${when}, as ${first}. ${cite(fixed.declared)}`;
  const then = titleThen(view);
  const renamed = then === incident.spec.title ? '' : `; it is now titled ${now}`;
  return `${then === undefined ? 'It' : markdownInline(then)} was declared ${first} ${when}${renamed}. ${cite(fixed.declared)}`;
}

/** How long it was an alert that nobody had declared. */
function waited(view: RecordView): string[] {
  const raising = view.updates.find(({ spec }) => spec.type === 'State' && spec.to === 'Triage');
  const waiting = raising === undefined ? -1 : timesOf(view).declared - happenedAt(raising);
  if (raising === undefined || waiting < 0) return [];
  const cites = cite(fixed.declared, numbersOf(view).get(raising.metadata.name) ?? fixed.declared);
  const before = `It was raised ${span(waiting)} before that and waited in Triage`;
  return [
    raising.spec.text === undefined ? `${before}. ${cites}` : saying(`${before}, titled`, raising.spec.text, cites),
  ];
}

const changesOf = (view: RecordView): IncidentUpdate[] =>
  view.updates.filter(({ spec }) => spec.type === 'Severity').toSorted(byTime);

function raised(view: RecordView): string[] {
  const numbers = numbersOf(view);
  return changesOf(view).map((update) => {
    const { from, to, text } = update.spec;
    const how = severityRank(to) < severityRank(from) ? 'raised' : 'lowered';
    const what = `Its severity was ${how} to ${severity(view, to)} ${whenOf(update, view)}`;
    const cites = cite(fixed.declared, numbers.get(update.metadata.name) ?? fixed.declared);
    return text === undefined ? `${what}. ${cites}` : saying(`${what}:`, text, cites);
  });
}

/** `7 min 28 s after the declaration`; a change in Triage came before it. */
function whenOf(update: IncidentUpdate, view: RecordView): string {
  const at = happenedAt(update);
  if (!isDeclared(view)) return moment(at);
  const after = at - timesOf(view).declared;
  if (Math.abs(after) < 1_000) return 'as it was declared';
  return `${span(Math.abs(after))} ${after < 0 ? 'before' : 'after'} the declaration`;
}

/** ` (Q1, Q3)`: the open questions on this topic, of those that cite the entry. */
type See = (topic: Topic, entry?: string) => string;

function ending(view: RecordView, see: See): string[] {
  const { started, declared, resolved } = soundTimes(view);
  const recorded = timesOf(view).resolved;
  const end = closingEntry(view);
  const lines: string[] = [];
  if (recorded === undefined) return [`No all clear is recorded. ${cite(fixed.declared)}`];
  if (resolved === undefined)
    lines.push(`The all clear is recorded ${moment(recorded)}, which is in doubt${see('times', end)}. ${cite(end)}`);
  else {
    const since = started === undefined ? '' : `, ${span(resolved - started)} after it began`;
    const cites = since === '' ? cite(fixed.declared, end) : cite(fixed.started, fixed.declared, end);
    const when = isDeclared(view) ? `${span(resolved - declared)} after the declaration` : moment(resolved);
    lines.push(`The all clear came ${when}${since}. ${cites}`);
  }
  const now = view.incident.spec.resolution?.summary;
  const then = closingOf(view.updates)?.spec.text ?? now;
  if (then !== undefined) lines.push(saying('It was closed with the words', then, cite(end)));
  if (now !== undefined && then !== undefined && clean(now) !== clean(then))
    lines.push(saying('The close notes say by now', now, cite(end)));
  return lines;
}

function impact(view: RecordView, see: See): string[] {
  const { customerSummary } = view.incident.spec;
  return [
    customerSummary === undefined
      ? `What customers saw is not recorded${see('impact')}. ${cite(fixed.declared)}`
      : saying('What customers saw:', customerSummary, cite(fixed.declared)),
    ...lasted(view, see),
  ];
}

function lasted(view: RecordView, see: See): string[] {
  const { started, mitigated, resolved } = soundTimes(view);
  const recorded = timesOf(view);
  const unknown = (why: string, topic: Topic, entry: string): string[] => [
    `How long it lasted is not known, since ${why}${see(topic, entry)}. ${cite(entry)}`,
  ];
  if (recorded.started === undefined) return unknown('its start is not recorded', 'start', fixed.started);
  if (started === undefined) return unknown('its start is in doubt', 'times', fixed.started);
  if (recorded.mitigated !== mitigated) return unknown('its mitigation is in doubt', 'times', fixed.mitigated);
  if (mitigated !== undefined)
    return [
      `It hurt customers for ${span(mitigated - started)}, from the start to the mitigation. ${cite(fixed.started, fixed.mitigated)}`,
    ];
  if (resolved === undefined) return [];
  return [
    `It lasted at most ${span(resolved - started)}, from the start to the all clear; no earlier mitigation is recorded. ${cite(fixed.started, fixed.mitigated, closingEntry(view))}`,
  ];
}

function cause(view: RecordView, see: See): string[] {
  const end = closingEntry(view);
  const { rootCause, summary } = view.incident.spec.resolution ?? {};
  if (rootCause !== undefined) return [saying('As stated in the resolution:', rootCause, cite(end))];
  const words = summary === undefined ? '' : '; what the close notes say stands above';
  return [`No root cause is recorded${see('cause')}${words}. ${cite(end)}`];
}

/** Where the time went: facts, no judgement. */
function contributing(view: RecordView): string[] {
  const { started, detected, declared, resolved } = soundTimes(view);
  const end = closingEntry(view);
  const lines: string[] = [];
  if (started !== undefined && detected !== undefined && resolved !== undefined && started < detected)
    lines.push(
      `${span(detected - started)} of the ${span(resolved - started)} passed before it was noticed. ${cite(fixed.started, fixed.detected, end)}`,
    );
  if (detected !== undefined && detected < declared && isDeclared(view)) {
    const wait = span(declared - detected);
    const cites = cite(fixed.detected, fixed.declared);
    lines.push(
      lines.length === 0
        ? `${wait} passed between its detection and its declaration. ${cites}`
        : `A further ${wait} passed before it was declared. ${cites}`,
    );
  }
  return [...lines, ...underrated(view)];
}

/** How long it was handled as less than it turned out to be: from its declaration or reopening, not while it waited. */
function underrated(view: RecordView): string[] {
  const numbers = numbersOf(view);
  if (!isDeclared(view)) return [];
  let since: { at: number; entry: string } | undefined;
  // Where the timeline has lost its declaration, the time of it is still known.
  if (!view.updates.some(isDeclaration)) since = { at: timesOf(view).declared, entry: fixed.declared };
  const lines: string[] = [];
  for (const update of view.updates.toSorted(byTime)) {
    const { type, from, to } = update.spec;
    const entry = numbers.get(update.metadata.name) ?? fixed.declared;
    const at = happenedAt(update);
    const handled = type === 'Severity' && since !== undefined ? at - since.at : 0;
    if (since !== undefined && handled >= 1_000 && severityRank(to) < severityRank(from))
      lines.push(
        `It was handled as ${severity(view, from)} for ${span(handled)} before it was raised. ${cite(since.entry, entry)}`,
      );
    const changed = type === 'Severity' && since !== undefined;
    if (changed || isDeclaration(update) || (type === 'State' && from === 'Resolved')) since = { at, entry };
  }
  return lines;
}

function wentWell(view: RecordView): string[] {
  const numbers = numbersOf(view);
  const told = view.updates.flatMap((update) =>
    Object.values(update.status?.effects ?? {})
      .filter((entry) => entry.state !== 'Cancelled' && entry.state !== 'Pending')
      .map((entry) => ({ entry, id: numbers.get(update.metadata.name) ?? fixed.declared })),
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
    ...(Number.isFinite(soonest) && soonest >= declared
      ? [
          `The first stakeholder channel was told ${soonest - declared < 1_000 ? 'within a second' : span(soonest - declared)} after the declaration. ${cite(fixed.declared)}`,
        ]
      : []),
  ];
}
