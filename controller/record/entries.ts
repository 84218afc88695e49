import type { IncidentUpdate } from '../api/incident-update.gen.ts';
import type { Noun } from '../document/words.ts';
import { effectWords, troubled } from '../capabilities/effect-words.ts';
import { byName, byTime, happenedAt } from '../timeline/order.ts';
import { isDeclaration, severityAt } from '../timeline/entries.ts';
import { type View } from '../document/view.ts';
import { severityWord, ticketWord, type IncidentNumber } from '../document/words.ts';
import { titleAnnotation } from '../api/names.ts';
import { isBackfill } from '../timeline/identity.ts';
import { timeOf } from '../runtime/clock.ts';
import { refusedPart, revision, unusable, type Entry, type Identity } from '../runtime/effect.ts';
import { markdown, markdownInline } from '../document/markdown.ts';
import { bareUrl } from '../text.ts';

/** What the record is made from: the scope that phases see, once there is a number. */
export type RecordView = View & { readonly identity: Identity; readonly named: IncidentNumber };

/** One row of the timeline. All but `id` and `at` is Markdown. */
export interface TimelineEntry {
  /** T01; given once, so that a citation stays true when more becomes known. */
  readonly id: string;
  /** Milliseconds; absent: not recorded. */
  readonly at?: number;
  readonly kind: string;
  readonly who: string;
  readonly what: string;
  readonly where: string;
}

/** The entries that every incident has, recorded or not: what is filled in later must not renumber the others. */
export const fixed = { started: 'T01', detected: 'T02', declared: 'T03', effects: 'T04', mitigated: 'T05' } as const;

/** The times that durations are made of, in milliseconds; absent where nobody has recorded them. */
export interface Times {
  readonly started?: number;
  readonly detected?: number;
  /** Declaration time; the creation time if `isDeclared` is false. */
  readonly declared: number;
  readonly mitigated?: number;
  readonly resolved?: number;
}

export function timesOf({ incident, updates }: RecordView): Times {
  const { spec, status, metadata } = incident;
  const last = closingOf(updates);
  const times = {
    started: timeOf(spec.startedAt),
    detected: timeOf(spec.detectedAt),
    mitigated: timeOf(spec.mitigatedAt) ?? timeOf(status?.timestamps?.mitigatedAt),
    resolved: timeOf(status?.timestamps?.resolvedAt) ?? (last === undefined ? undefined : happenedAt(last)),
  };
  const known = Object.fromEntries(Object.entries(times).filter(([, at]) => at !== undefined));
  return { ...known, declared: timeOf(status?.timestamps?.declaredAt) ?? timeOf(metadata.creationTimestamp) ?? 0 };
}

/** The update that told of the all clear: the last one, if it was reopened in between. */
export const closingOf = (updates: readonly IncidentUpdate[]): IncidentUpdate | undefined =>
  updates
    .filter(({ spec }) => spec.type === 'State' && spec.to === 'Resolved')
    .toSorted(byTime)
    .at(-1);

/** The last State entry is an all clear, or there is none. False: reopened, or the all clear in status is not seen here yet. */
export const endsClosed = (updates: readonly IncidentUpdate[]): boolean => {
  const last = updates
    .filter(({ spec }) => spec.type === 'State')
    .toSorted(byTime)
    .at(-1);
  return last === undefined || last.spec.to === 'Resolved';
};

/** Names an ending: the act that closed the incident, and the words that it was closed with. */
export const endingOf = ({ incident, updates }: Pick<RecordView, 'incident' | 'updates'>): string =>
  revision({ closing: closingOf(updates)?.metadata.name ?? '', resolution: incident.spec.resolution ?? {} });

/** The entry of the all clear; the declaration while there is none, so that every sentence has one to cite. */
export function closingEntry(view: RecordView): string {
  const last = closingOf(view.updates);
  return (last && numbersOf(view).get(last.metadata.name)) ?? fixed.declared;
}

/** Somebody declared it while it went on; else it is something past that was written down later. */
export const isDeclared = ({ incident, updates }: RecordView): boolean =>
  updates.some(isDeclaration) || !isBackfill(incident);

/** The title at the declaration, where its entry holds it: an incident may have another one by now. */
export function titleThen({ updates }: RecordView): string | undefined {
  const declaration = updates.find(isDeclaration);
  if (declaration === undefined) return undefined;
  const { metadata, spec } = declaration;
  return spec.from === undefined ? spec.text : metadata.annotations?.[titleAnnotation];
}

/** Every entry, by number. Whoever needs the numbers alone asks `numbersOf`: here each text is escaped. */
export function timelineOf(view: RecordView): TimelineEntry[] {
  const { declaration, later } = written(view);
  const ofUpdate = numbersOf(view);
  return [...fixedEntries(view, declaration), ...later.map((update) => entryOf(update, ofUpdate, view))];
}

/** The entry of each IncidentUpdate, by its name. */
export function numbersOf(view: RecordView): ReadonlyMap<string, string> {
  const { declaration, later } = written(view);
  const numbers = new Map<string, string>(later.map((update, i) => [update.metadata.name, id(i + 6)]));
  if (declaration !== undefined) numbers.set(declaration.metadata.name, fixed.declared);
  return numbers;
}

/** Updates are numbered in the order in which they were written, which is not that in which things happened. */
function written({ updates }: RecordView): { declaration: IncidentUpdate | undefined; later: IncidentUpdate[] } {
  const inOrder = updates.toSorted(byTime);
  const declaration = inOrder.find(isDeclaration);
  return { declaration, later: inOrder.filter((update) => update !== declaration) };
}

const id = (number: number): string => `T${String(number).padStart(2, '0')}`;
const nobody = 'not recorded';

/** A cell holds this much of a text; record.json has the whole. */
const longestCell = 1_000;
/** People's words in a cell. */
const quoted = (text: string): string => markdownInline(text, { most: longestCell });

function fixedEntries(view: RecordView, declaration: IncidentUpdate | undefined): TimelineEntry[] {
  const times = timesOf(view);
  const made = Object.entries(view.entries)
    .filter(([, entry]) => outside.includes(entry.kind) && (entry.state === 'Done' || troubled(entry)))
    .toSorted(([a, x], [b, y]) => outside.indexOf(x.kind) - outside.indexOf(y.kind) || byName(a, b));
  const first = Math.min(...made.map(([, { since }]) => timeOf(since) ?? Infinity));
  return [
    fact(fixed.started, times.started, 'Started', 'The trouble began'),
    fact(fixed.detected, times.detected, 'Detected', 'Somebody or something noticed'),
    {
      id: fixed.declared,
      at: times.declared,
      kind: isDeclared(view) ? 'Declared' : 'Recorded',
      who: who(declaration?.spec.author),
      what: declared(view, declaration),
      where: toldIn(declaration, view.reach.noun),
    },
    {
      id: fixed.effects,
      ...(Number.isFinite(first) ? { at: first } : {}),
      kind: 'Effects',
      who: 'AllClear',
      what: made.map(([key, entry]) => effect(key, entry, view.reach.noun)).join('; ') || 'Nothing was made outside',
      where: '-',
    },
    fact(fixed.mitigated, times.mitigated, 'Mitigated', 'Customers were no longer hurt'),
  ];
}

/** In the order in which they are told; times of what was found again are the vendor's, and coarser. */
const outside: readonly string[] = ['channel', 'ticket', 'members'];

function fact(number: string, time: number | undefined, kind: string, what: string): TimelineEntry {
  const known = time !== undefined;
  return {
    id: number,
    ...(known ? { at: time } : {}),
    kind,
    who: known ? '-' : nobody,
    what: known ? what : nobody,
    where: '-',
  };
}

const who = (author: string | undefined): string => (author === undefined ? nobody : markdown(author));

/** What held at the declaration, then what the incident says of itself by now: when that was written is not recorded. */
function declared(view: RecordView, declaration: IncidentUpdate | undefined): string {
  const { incident, updates, policy } = view;
  const { title, services = [], description, customerSummary } = incident.spec;
  const then = titleThen(view);
  const reason = declaration?.spec.from === 'Triage' ? declaration.spec.text : undefined;
  const now = [
    ...(then === title ? [] : [`title ${quoted(title)}`]),
    ...(services.length === 0 ? [] : [`services ${markdown(services.join(', '))}`]),
    ...(description === undefined ? [] : [`description ${quoted(description)}`]),
    ...(customerSummary === undefined ? [] : [`customers see ${quoted(customerSummary)}`]),
  ];
  return [
    ...(then === undefined ? [] : [quoted(then)]),
    markdown(severityWord(severityAt(incident, updates, declaration), policy.spec.severities)),
    ...(reason === undefined ? [] : [quoted(reason)]),
    ...(now.length === 0 ? [] : [`as last stated: ${now.join(', ')}`]),
  ].join('; ');
}

function effect(key: string, entry: Entry, noun: Noun): string {
  const { thing, done } = effectWords(key, entry, noun);
  const part = unusable(entry) ? undefined : refusedPart(entry);
  // It stands, and what was refused of it is beside it. The vendor's words for an edit may differ each time.
  if (part) {
    const left = entry.kind === 'members' ? `not invited: ${part.message}` : trouble(entry);
    return markdown(`${thing} ${done}; ${left}`, { most: longestCell });
  }
  return markdown(troubled(entry) ? `${thing} (${trouble(entry)})` : `${thing} ${done}`);
}

/** How an effect that is not as wanted stands, in a few words. */
export function trouble(entry: Entry): string {
  if (entry.state === 'Unknown') return 'outcome unknown';
  if (entry.state === 'Expired') return 'too late, not sent';
  if (entry.state === 'Failed') return 'failed';
  const drift = unusable(entry);
  if (drift) return drift.reason === 'Gone' ? 'taken away outside' : 'cannot be used';
  return entry.kind === 'members' ? 'not all were invited' : 'its last edit was refused';
}

function entryOf(update: IncidentUpdate, ofUpdate: ReadonlyMap<string, string>, view: RecordView): TimelineEntry {
  const resolved = update.spec.type === 'State' && update.spec.to === 'Resolved';
  return {
    id: ofUpdate.get(update.metadata.name) ?? '',
    at: happenedAt(update),
    kind: resolved ? 'All clear' : update.spec.type,
    who: who(update.spec.author),
    what: happened(update, ofUpdate, view) || nobody,
    where: toldIn(update, view.reach.noun),
  };
}

function happened(update: IncidentUpdate, ofUpdate: ReadonlyMap<string, string>, view: RecordView): string {
  const { type, from, to, text, corrects, links = [] } = update.spec;
  const said = text === undefined ? [] : [quoted(text)];
  const more = links.map(({ title, url }) => markdown(`${title} ${bareUrl(url)}`, { most: longestCell }));
  const word = (value = 'none'): string => markdown(severityWord(value || 'none', view.policy.spec.severities));
  const change = `${word(from)} → ${word(to)}`;
  switch (type) {
    case 'State':
      if (to === 'Resolved')
        return [...said, ...(update === closingOf(view.updates) ? closing(view) : []), ...more].join('; ');
      return [change, ...said, ...more].join('; ');
    case 'Severity':
      return [change, ...said, ...more].join('; ');
    case 'Escalation':
      return [`level ${change}`, ...said, ...more].join('; ');
    case 'Role':
      return [`commander ${change}`, ...said, ...more].join('; ');
    case 'Correction':
      return [`corrects ${ofUpdate.get(corrects?.name ?? '') ?? 'an entry that is not here'}`, ...said, ...more].join(
        '; ',
      );
    case 'Note':
    case 'Status':
    case 'Decision':
    case 'Command':
    case 'Graph':
    case 'Deploy':
    case 'Alert':
    case 'Message':
    case 'Huddle':
      return [...said, ...more].join('; ');
  }
}

/** What the resolution says by now, so that the post-mortem's citations of it hold. */
function closing({ incident, updates }: RecordView): string[] {
  const { summary, rootCause, correctiveActions = [] } = incident.spec.resolution ?? {};
  const now = [
    ...(summary === undefined || summary === closingOf(updates)?.spec.text ? [] : [`notes ${quoted(summary)}`]),
    ...(rootCause === undefined ? [] : [`cause ${quoted(rootCause)}`]),
    ...correctiveActions.map((action, i) => `A${i + 1} ${quoted(action.what)}`),
  ];
  return now.length === 0 ? [] : [`as last stated: ${now.join(', ')}`];
}

function toldIn(update: IncidentUpdate | undefined, noun: Noun): string {
  const places = Object.entries(update?.status?.effects ?? {})
    .filter(([, entry]) => entry.state === 'Done' || troubled(entry))
    .toSorted(([a], [b]) => byName(a, b))
    .map(([key, entry]) => `${place(key, entry, noun)}${troubled(entry) ? ` (${trouble(entry)})` : ''}`);
  return places.length === 0 ? '-' : places.join(', ');
}

/** Where an update's effect went: `#stakeholders`, `GitHub issue #12`. */
export function place(key: string, entry: Entry, noun: Noun): string {
  if (entry.kind === 'message') return markdown(entry.within?.['channelName'] ?? entry.within?.['channel'] ?? key);
  if (entry.kind === 'comment') return markdown(ticketWord(noun, entry.integration, entry.within?.['id']));
  return markdown(effectWords(key, entry, noun).thing);
}
