import type { Incident } from '../../api/incident.gen.ts';
import type { Message } from '../api.ts';
import type { Desk } from '../desk.ts';
import type { Person } from '../people.ts';

/** A line that somebody typed after the command. */
export interface Typed {
  readonly text: string;
  readonly user: string;
  readonly channel: string;
  /** Opens a modal within 3 s; the act's key, too. */
  readonly trigger: string;
}

/** undefined: a modal was opened and holds all that was typed, and that is the answer. */
export type Said = Message | undefined;

/** What a command that is about one incident has at hand. */
export interface LineContext {
  readonly desk: Desk;
  readonly typed: Typed;
  readonly person: Person;
  readonly incident: Incident;
  /** What was typed after the subcommand and the incident's id. */
  readonly rest: string;
}
