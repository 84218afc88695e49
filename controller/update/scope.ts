import type { Incident } from '../api/incident.gen.ts';
import type { IncidentUpdate } from '../api/incident-update.gen.ts';
import type { Reach } from '../capabilities/reach.ts';
import type { Policy } from '../incident/policy/policy.ts';
import type { Instant } from '../runtime/clock.ts';
import type { EffectKey, Entry } from '../runtime/effect.ts';
import type { Reason } from '../runtime/phase.ts';

/** Everything a phase of an update may look at. */
export interface UpdateScope {
  readonly update: IncidentUpdate;
  /** The incident it belongs to, once it is known and numbered. */
  readonly about?: { readonly incident: Incident; readonly named: { readonly id: string; readonly number: number } };
  /** Nobody is told: why. */
  readonly silent?: Reason;
  /** Nobody is told yet: why. */
  readonly early?: Reason;
  readonly policy: Policy;
  /** Of the same incident. */
  readonly siblings: readonly IncidentUpdate[];
  readonly entries: Readonly<Record<EffectKey, Entry>>;
  readonly reach: Reach;
  readonly now: Instant;
}

/**
 * An incident as far as its updates depend on it: most of its receipts and all of its conditions come and go without a
 * pass over each update.
 */
export function readOfIncident({ metadata, status = {}, ...incident }: Incident): Incident {
  const { conditions: _, record: __, effects = {}, ...read } = status;
  const needed = Object.entries(effects).filter(([key]) => key === 'channel' || key.startsWith('ticket/'));
  return {
    ...incident,
    metadata: { ...metadata, resourceVersion: '' },
    status: { ...read, effects: Object.fromEntries(needed) },
  };
}
