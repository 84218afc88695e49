import type { IncidentState, Severity } from '../api/enums.gen.ts';
import type { Incident } from '../api/incident.gen.ts';
import { shortHash } from './names.ts';

/** How an incident stood when a person looked at it: what act() tests. */
export interface Shown {
  readonly state: IncidentState;
  readonly severity: Severity;
  readonly level: number;
  /** Only where they are what is changed. */
  readonly roles?: Readonly<Record<string, string>>;
  /** A hash of each text that a form shows: the texts themselves are too long for what a form carries. */
  readonly texts?: Readonly<Record<ShownText, string>>;
}

export const shownTexts = ['title', 'description'] as const;
export type ShownText = (typeof shownTexts)[number];

/** The same for a text that is absent and one that is empty. */
export const textHash = (words: string | undefined): string => shortHash(words ?? '');

export const shownOf = ({ spec }: Incident): Shown => ({
  state: spec.state,
  severity: spec.severity,
  level: spec.escalation.level,
});

export const textsOf = ({ spec }: Incident): Readonly<Record<ShownText, string>> => ({
  title: textHash(spec.title),
  description: textHash(spec.description),
});

/** The incident as it is, with what a button shows of it. */
export const shownOver = (incident: Incident, shown: Partial<Shown> = {}): Shown => ({
  ...shownOf(incident),
  ...(shown.state === undefined ? {} : { state: shown.state }),
  ...(shown.severity === undefined ? {} : { severity: shown.severity }),
  ...(shown.level === undefined ? {} : { level: shown.level }),
});
