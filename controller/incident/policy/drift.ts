import type { Duration } from '../../runtime/clock.ts';
import type { IncidentScope } from '../scope.ts';

/** What people can delete outside, and whether it is made again unless the policy says otherwise. docs/drift.md is for users. */
const usual = { channel: 'Leave', liveStatus: 'Recreate', ticket: 'Leave' } as const;

/** For an effect: what happens when somebody deletes it outside. */
export function whenGone(
  { policy }: Pick<IncidentScope, 'policy'>,
  thing: keyof typeof usual,
): { readonly gone: 'recreate' | 'leave' } {
  const mode = policy.spec.drift?.[thing] ?? usual[thing];
  return { gone: mode === 'Recreate' ? 'recreate' : 'leave' };
}

/** For an effect: while the incident is open it is looked at from time to time for what people do to it outside. */
export const watched = ({ driftInterval }: Pick<IncidentScope, 'driftInterval'>): { readonly every?: Duration } =>
  driftInterval === undefined ? {} : { every: driftInterval };
