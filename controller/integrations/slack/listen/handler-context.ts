import type { Incident } from '../../../api/incident.gen.ts';
import { incidentsOf } from '../../../act/incidents.ts';
import type { Log } from '../../../log.ts';
import type { Clock } from '../../../runtime/clock.ts';
import type { SlackApi, Team } from './api.ts';
import type { LiveStore } from '../../../act/store.ts';
import type { People } from './people.ts';
import type { Recent } from './recent.ts';
import type { Rights } from './rights.ts';

/** All that a handler has at hand: one workspace, the namespaces that it serves, and no state of its own that matters. */
export interface HandlerContext {
  readonly team: Team;
  /** `/incident`. */
  readonly command: string;
  /** Where what is declared here goes. */
  readonly home: string;
  /** Whose incidents this workspace may see and change. */
  readonly namespaces: readonly string[];
  readonly clock: Clock;
  readonly log: Log;
  readonly api: SlackApi;
  readonly people: People;
  readonly rights: Rights;
  readonly cluster: LiveStore;
  readonly recent: Recent;
  /** What follows an ack and nobody waits for. Its failure is logged. */
  later(what: string, work: () => Promise<void>): void;
}

export const inChannel = (handler: HandlerContext, channel: string): Incident | undefined =>
  incidentsOf(handler).find(({ status }) => status?.channel?.id === channel);
