import { incidentUpdates } from './controllers/incident-updates.ts';
import { incidents } from './controllers/incidents.ts';
import { integrations } from './controllers/integrations.ts';
import type { Parts } from './controllers/parts.ts';
import { slackListeners } from './controllers/slack-listeners.ts';
import type { Controller } from './runtime/controller.ts';

/**
 * The loops of AllClear on one screen: which kinds are reconciled, where, and, in each one's file, what wakes them.
 * To add one: a file in controllers/, a line here. Its kind's cache comes with its CRD.
 */
export const controllers = (parts: Parts): readonly Controller[] => [
  integrations(parts), //    leader      connects to vendors and keeps status; before all others
  incidents(parts), //       leader      the phases of incident/phases.ts
  incidentUpdates(parts), // leader      notices and comments of each timeline entry
  slackListeners(parts), //  everywhere  answers commands, forms and buttons
];
