import { shownManager } from '../api/authors.ts';
import { incidentStates, severities } from '../api/enums.gen.ts';
import type { Incident } from '../api/incident.gen.ts';
import type { IncidentUpdate } from '../api/incident-update.gen.ts';
import { changeAnnotation, claimAnnotation } from '../api/names.ts';
import { canonical } from '../runtime/canonical.ts';
import { minutes, type Duration, type Instant } from '../runtime/clock.ts';
import { applyUpdates, seriesNumberOf, tellsOfChange, unseenUpdates, type UpdateDraft } from './history.ts';
import { isArchived, originUid } from './identity.ts';
import type { Applied } from './history.ts';
import { isRestored } from './order.ts';

/**
 * How an entry of the series is known to be the controller's. Recorded: status counts it. Wanted: it says what spec says,
 * and will be counted. Possible: spec was edited so often since it was last looked at that it may have said so, or people
 * were told of it.
 */
type Standing = 'Recorded' | 'Wanted' | 'Possible';

export interface Series {
  /** What the world has been told, with the entries that a former process wrote down without living to say so. */
  readonly applied: Applied | undefined;
  /** By name, the controller's own entries; what else tells of a change is a claim. */
  readonly own: ReadonlyMap<string, Standing>;
  /** What is still to be written down, under the next numbers that nobody has taken. */
  readonly drafts: readonly UpdateDraft[];
}

type Run = NonNullable<Applied['skipped']>[number];

/**
 * Reads the controller's entries out of all that are there. Anybody may have taken a name of the series beforehand; so
 * what status does not count yet is judged by what it says, and numbers of others are skipped.
 * @param written names of entries that this very process wrote
 */
export function readSeries(
  incident: Incident,
  known: Applied | undefined,
  updates: readonly IncidentUpdate[],
  now: Instant = 0,
  written: ReadonlySet<string> = new Set(),
): Series {
  const uid = originUid(incident);
  const numbered = new Map(updates.map((update) => [seriesNumberOf(incident, update) ?? 0, update]));
  const seq = known?.seq ?? 0;
  const recorded = [...numbered].filter(
    ([number, update]) =>
      number >= 1 && number <= seq && tellsOfChange(update) && (!isSkipped(known, number) || wasTold(update)),
  );
  const own = new Map<string, Standing>(recorded.map(([, { metadata }]) => [metadata.name, 'Recorded']));
  const lastAct =
    known?.changeId ??
    lastActIn(
      incident,
      recorded.map(([, update]) => update),
    );
  const draftsAfter = (applied: Applied | undefined, first: number): UpdateDraft[] =>
    unseenUpdates(
      incident,
      applied && lastAct !== undefined ? { ...applied, changeId: lastAct } : applied,
      now,
      uid,
      first,
    );

  let applied = known;
  let number = seq + 1;
  for (let update = numbered.get(number); update; update = numbered.get(++number)) {
    const standing = written.has(update.metadata.name)
      ? 'Recorded'
      : standingOf(incident, applied, update, draftsAfter(applied, number));
    if (standing === undefined) continue;
    own.set(update.metadata.name, standing);
    const told = applyUpdates(incident, applied, [update]);
    applied = { ...skipTo({ ...told, seq: told.seq - 1 }, number - 1), seq: number };
  }
  const drafts = draftsAfter(applied, number);
  // Nothing is left to be written: what stands there still is others', and must not pass for the controller's later.
  if (applied && drafts.length === 0) applied = skipTo(applied, highest(numbered, applied.seq));
  return { applied, own, drafts };
}

/** Highest gap above the last counted number that one pass skips; bounds what a forged `-t999999` costs. */
const mostSkipped = 1_000;

const highest = (numbered: ReadonlyMap<number, unknown>, seq: number): number =>
  [...numbered.keys()].reduce((most, number) => (number <= seq + mostSkipped ? Math.max(most, number) : most), seq);

/** An entry that status does not count: undefined when somebody else wrote it. */
function standingOf(
  incident: Incident,
  applied: Applied | undefined,
  update: IncidentUpdate,
  drafts: readonly UpdateDraft[],
): Standing | undefined {
  if (drafts.some((draft) => isSame(incident, draft, update))) return 'Wanted';
  if (wasTold(update)) return 'Possible';
  const { metadata, status } = incident;
  // Since a status write counts what is told of the spec that it has seen, one edit alone says what was told of it.
  const edits = metadata.generation - (status?.observedGeneration ?? 0);
  return (edits > 1 || isFromBeforeRestore(incident, update)) && follows(incident, applied, update)
    ? 'Possible'
    : undefined;
}

/** The controller has recorded an effect for it. */
const wasTold = ({ status }: IncidentUpdate): boolean => Object.keys(status?.effects ?? {}).length > 0;

/** How long a backup takes to be restored: entries may come back after their incident. */
const restoreMost: Duration = minutes(60);

/** The entry is from before the incident was restored, perhaps without the status that counted it. */
function isFromBeforeRestore(incident: Incident, { metadata: { creationTimestamp } }: IncidentUpdate): boolean {
  const restored = Date.parse(incident.metadata.creationTimestamp);
  return isRestored(incident) && Date.parse(creationTimestamp) <= restored + restoreMost;
}

/** Times differ with when it was written; the author with what was known of it. */
function isSame({ spec: { change } }: Incident, draft: UpdateDraft, { spec }: IncidentUpdate): boolean {
  const words = [draft.spec.text, change?.reason, undefined];
  const authors = [draft.spec.author, change?.by, undefined];
  return (
    spec.type === draft.spec.type &&
    spec.from === draft.spec.from &&
    spec.to === draft.spec.to &&
    spec.audience === draft.spec.audience &&
    canonical(spec.incidentRef) === canonical(draft.spec.incidentRef) &&
    canonical(spec.channels ?? []) === canonical(draft.spec.channels ?? []) &&
    spec.links === undefined &&
    words.includes(spec.text) &&
    (authors.includes(spec.author) || spec.author?.endsWith(shownManager('')) === true)
  );
}

/** It could be what the controller wrote next. After a restore without status nobody knows from where it went on. */
function follows(incident: Incident, applied: Applied | undefined, { spec }: IncidentUpdate): boolean {
  const { type, from, to, channels, audience, incidentRef } = spec;
  if (incidentRef.uid !== originUid(incident) || audience !== 'Stakeholders') return false;
  if (channels !== undefined && !(type === 'State' && to === 'Resolved')) return false;
  if (applied === undefined && incidentRef.uid === incident.metadata.uid && (type !== 'State' || from !== undefined))
    return false;
  const before = (value: string | undefined): boolean => applied === undefined || from === value;
  if (type === 'State') return before(applied?.state) && incidentStates.some((state) => state === to);
  if (type === 'Severity') return before(applied?.severity) && severities.some((severity) => severity === to);
  if (type === 'Escalation') return before(String(applied?.level)) && /^\d$/.test(to ?? '');
  return type === 'Role' && before(applied?.commander);
}

/** The numbers up to `last` that are not counted yet are others', or nobody's. */
function skipTo(applied: Applied, last: number): Applied {
  const { seq, skipped = [] } = applied;
  if (last <= seq) return applied;
  const before = skipped.at(-1);
  const runs =
    before?.last === seq
      ? [...skipped.slice(0, -1), { first: before.first, last }]
      : [...skipped, { first: seq + 1, last }];
  return { ...applied, seq: last, skipped: fewEnough(runs) };
}

/** The bound of status.applied.skipped in the CRD; test/crds/bounds.test.ts holds it equal. */
export const mostRuns = 128;

/**
 * Whoever takes the next name after each change costs a run of numbers each time. A status that is refused would freeze
 * the incident: where there are too many, the two with the fewest entries between them become one. Of those entries, the
 * ones that people were told of are still known by that; any other is a claim from then on.
 */
function fewEnough(runs: readonly Run[]): Run[] {
  const all = [...runs];
  const gapBefore = (i: number): number => (all[i]?.first ?? 0) - (all[i - 1]?.last ?? 0);
  while (all.length > mostRuns) {
    const at = all.reduce((best, _, i) => (i > 1 && gapBefore(i) < gapBefore(best) ? i : best), 1);
    const [before, after] = all.slice(at - 1, at + 1);
    if (before && after) all.splice(at - 1, 2, { first: before.first, last: after.last });
  }
  return all;
}

const isSkipped = (applied: Applied | undefined, number: number): boolean =>
  applied?.skipped?.some(({ first, last }) => first <= number && number <= last) === true;

/** What recorded before acts were counted: the act that stands in spec is told of by an entry. */
function lastActIn({ spec: { change } }: Incident, own: readonly (IncidentUpdate | undefined)[]): string | undefined {
  const told = own.some((update) => update?.metadata.annotations?.[changeAnnotation] === change?.id);
  return change !== undefined && told ? change.id : undefined;
}

/**
 * The timeline for whoever reads it. What tells of a change and is not the controller's changes no fact and tells nobody:
 * it stands there as a note of what it claims.
 * @param own as `readSeries` says it, where that is known
 */
export function claimsAsNotes(
  incident: Incident,
  applied: Applied | undefined,
  updates: readonly IncidentUpdate[],
  own?: Series['own'],
): IncidentUpdate[] {
  // Nothing of a record is told again.
  if (isArchived(incident)) return [...updates];
  const counted = own ?? readSeries(incident, applied, updates).own;
  return updates.map((update) =>
    tellsOfChange(update) && !counted.has(update.metadata.name) ? claimOf(update) : update,
  );
}

/** The bound of spec.text. */
const longestText = 8_000;

function claimOf(update: IncidentUpdate): IncidentUpdate {
  const { type, from, to, text, channels: _, ...rest } = update.spec;
  const words = [
    `${type}: ${from ?? 'none'} → ${to ?? 'none'}. AllClear recorded no such change.`,
    ...(text ? [text] : []),
  ];
  return {
    ...update,
    metadata: { ...update.metadata, annotations: { ...update.metadata.annotations, [claimAnnotation]: type } },
    spec: { ...rest, type: 'Note', text: words.join(' ').slice(0, longestText), audience: 'Responders' },
  };
}
