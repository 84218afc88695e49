import { timelineOf, type RecordView, type TimelineEntry } from './entries.ts';

/** timeline.md: every entry once, as a table that a citation can point into. */
export function timelineFile(view: RecordView): string {
  const entries = timelineOf(view);
  const days = new Set(entries.flatMap(({ at }) => (at === undefined ? [] : day(at))));
  const [only] = days;
  const oneDay = days.size === 1 && only !== undefined;
  return `# ${view.named.id} timeline

Times are in UTC${oneDay ? `, on ${only}` : ''}; "-" = no time recorded.
Rows stand in the order of events; numbers are given in the order of writing and stay, so that a citation stays true.
Entries are never edited; a correction is a new entry.
Texts stand on one line, with " / " where a new line began; long ones end with "…". They are whole in record.json.

| # | Time | Kind | Who | What | Where |
|---|---|---|---|---|---|
${rows(entries)
  .map((entry) => row(entry, oneDay))
  .join('\n')}
`;
}

/** 2026-02-03. */
export const day = (at: number): string => new Date(at).toISOString().slice(0, 10);

/** 10:55:12, with seconds: durations are made from them. */
export const clockTime = (at: number): string => new Date(at).toISOString().slice(11, 19);

/** 2026-02-03 10:55:12. */
export const dayTime = (at: number): string => `${day(at)} ${clockTime(at)}`;

/** By time; an entry without one stays behind the one with the number before it. */
function rows(entries: readonly TimelineEntry[]): TimelineEntry[] {
  let before = -Infinity;
  const placed = entries.map((entry) => {
    before = entry.at ?? before;
    return { entry, key: before };
  });
  return placed.toSorted((a, b) => (a.key === b.key ? 0 : a.key - b.key)).map(({ entry }) => entry);
}

function row({ id, at, kind, who, what, where }: TimelineEntry, oneDay: boolean): string {
  const time = at === undefined ? '-' : oneDay ? clockTime(at) : dayTime(at);
  return `| <a id="${id.toLowerCase()}"></a>${id} | ${time} | ${kind} | ${who} | ${what} | ${where} |`;
}
