import { gitReasons } from '../integrations/git/reasons.ts';
import { githubReasons } from '../integrations/github/reasons.ts';
import { slackReasons } from '../integrations/slack/reasons.ts';
import type { RuntimeReason } from '../runtime/reasons.ts';
import { effectReasons } from './effects.ts';
import { eventReasons } from './events.ts';
import { integrationReasons } from './integrations.ts';
import type { ReasonLine } from '../runtime/reasons.ts';
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

/** The sections of docs/reasons.md, in order. */
export const reasonSections: readonly ReasonSection[] = [
  { title: 'The whole object', reasons: wholeObjectReasons },
  { title: 'How an effect stands', reasons: effectReasons },
  { title: 'Why something is not done', reasons: notDoneReasons },
  { title: 'What it waits for', reasons: waitReasons },
  { title: 'Integrations', reasons: integrationReasons },
  { title: 'Slack', reasons: slackReasons },
  { title: 'GitHub', reasons: githubReasons },
  { title: 'Git', reasons: gitReasons },
  {
    title: 'Events',
    about: "Events are for milestones and failures alone; a failure's carries the reason above.",
    reasons: eventReasons,
  },
];

/** Every reason that this version gives. */
const reasons = {
  ...wholeObjectReasons,
  ...effectReasons,
  ...notDoneReasons,
  ...waitReasons,
  ...integrationReasons,
  ...slackReasons,
  ...githubReasons,
  ...gitReasons,
  ...eventReasons,
} as const satisfies Readonly<Record<RuntimeReason, ReasonLine>>;

type Reasons = typeof reasons;

declare module '../runtime/reasons.ts' {
  interface ProductReasons extends Reasons {}
}

const lines: ReadonlyMap<string, ReasonLine> = new Map(Object.entries(reasons));

/** What a reason means and what to do; undefined: another version gave it. */
export const reasonLine = (reason: string): ReasonLine | undefined => lines.get(reason);
