import type { ChangeSource } from '../api/enums.gen.ts';
import type { Incident } from '../api/incident.gen.ts';
import type { IncidentUpdate } from '../api/incident-update.gen.ts';
import type { SeverityLabels } from '../document/words.ts';
import type { Policy } from '../incident/policy/policy.ts';
import type { Instant } from '../runtime/clock.ts';
import type { Served } from './incidents.ts';
import type { Person } from './person.ts';
import type { Shown } from './shown.ts';

/** What a verb knows when it is asked for: nothing of the service that it was asked by. */
export interface VerbContext {
  /** What lines begin with, for hints: `/incident`. */
  readonly command: string;
  readonly source: ChangeSource;
  readonly now: Instant;
  /** What identifies the press, line or form; absent: nothing is to be written yet. */
  readonly key?: string;
  /** Where a new incident goes. */
  readonly namespace: string;
  /** Absent: it is about none. */
  readonly incident?: Incident;
  /** How the incident stood when the person looked at it. */
  readonly seen?: Shown;
  /** Of the incident, oldest first. */
  readonly updates: readonly IncidentUpdate[];
  /** Of the incident; about none: that of a new SEV3. */
  readonly policy: Policy;
  /** The policy's words for severities. */
  readonly labels: SeverityLabels;
  /** Channels that the policy or an update names, with `#`. */
  readonly channels: readonly string[];
  readonly served: Served;
  /** The last line of help: how this way in is used. */
  readonly helpNote: string;
  /** Whom a line mentions first, in the service's own writing, by the service's id. */
  readonly mentioned: (words: string) => string | undefined;
}

export interface IncidentContext extends VerbContext {
  readonly incident: Incident;
  readonly seen: Shown;
}

/** With whoever acts. */
export type By<C extends VerbContext> = C & { readonly person: Person };
