import type { ReasonLine, RuntimeReason } from '../runtime/reasons.ts';
import { effectReasons } from './effects.ts';
import { eventReasons } from './events.ts';
import { integrationReasons } from './integrations.ts';
import { notDoneReasons } from './not-done.ts';
import { vendorReasons } from './vendors.gen.ts';
import { waitReasons } from './waits.ts';
import { wholeObjectReasons } from './whole-object.ts';

/** Every reason that this version gives. */
const reasons = {
  ...wholeObjectReasons,
  ...effectReasons,
  ...notDoneReasons,
  ...waitReasons,
  ...integrationReasons,
  ...vendorReasons,
  ...eventReasons,
} as const satisfies Readonly<Record<RuntimeReason, ReasonLine>>;

type Reasons = typeof reasons;

declare module '../runtime/reasons.ts' {
  interface ProductReasons extends Reasons {}
}

const lines: ReadonlyMap<string, ReasonLine> = new Map(Object.entries(reasons));

/** What a reason means and what to do; undefined: another version gave it. */
export const reasonLine = (reason: string): ReasonLine | undefined => lines.get(reason);
