import type { ReasonLine } from '../runtime/reasons.ts';
import { effectReasons } from './effects.ts';
import { eventReasons } from './events.ts';
import { integrationReasons } from './integrations.ts';
import { notDoneReasons } from './not-done.ts';
import { waitReasons } from './waits.ts';
import { wholeObjectReasons } from './whole-object.ts';

/** One section of docs/reasons.md. */
export interface ReasonSection {
  readonly title: string;
  /** A paragraph above its table. */
  readonly about?: string;
  readonly reasons: Readonly<Record<string, ReasonLine>>;
}

/** The sections of docs/reasons.md in order, with those of vendors among them. */
export const sectionsWith = (vendors: readonly ReasonSection[]): readonly ReasonSection[] => [
  { title: 'The whole object', reasons: wholeObjectReasons },
  { title: 'How an effect stands', reasons: effectReasons },
  { title: 'Why something is not done', reasons: notDoneReasons },
  { title: 'What it waits for', reasons: waitReasons },
  { title: 'Integrations', reasons: integrationReasons },
  ...vendors,
  {
    title: 'Events',
    about: "Events are for milestones and failures alone; a failure's carries the reason above.",
    reasons: eventReasons,
  },
];
