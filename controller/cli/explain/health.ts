import { leaseName } from '../../api/names.ts';
import { leaseIn, type LeaseRecord } from '../../runtime/lease-record.ts';
import type { Duration, Instant } from '../../runtime/clock.ts';
import { KubeError } from '../../runtime/kube-errors.ts';
import { requestTimeout, type Cluster } from '../cluster.ts';

/** What two machines' clocks may differ by. */
const clockSkew: Duration = 5_000;

/** Why what stands in the cluster may be old; undefined when a controller leads. */
export async function controllerTrouble(
  { client }: Cluster,
  releaseNamespace: string,
  now: Instant,
): Promise<string | undefined> {
  const which = `Lease ${releaseNamespace}/${leaseName}`;
  const start = `Start it (make run, or look at its pod); if it runs in another namespace, set ALLCLEAR_NAMESPACE.`;
  try {
    const stored = await leaseIn(client, releaseNamespace, leaseName).read(requestTimeout);
    if (!stored) return `No controller has ever led: there is no ${which}. ${start}`;
    if (leads(stored.record, now)) return undefined;
    const { holder, duration, renewedAt } = stored.record;
    const ago = `${span(now - renewedAt)} ago`;
    if (holder === '') return `No controller leads: ${which} was given back ${ago}. ${start}`;
    return `The controller is not running: ${holder} renewed ${which} ${ago}, and it was good for ${span(duration)}. ${start}`;
  } catch (error) {
    if (error instanceof KubeError && error.status === 403)
      return `Whether a controller runs is not known: you may not read ${which}.`;
    throw error;
  }
}

/** Whether somebody holds it and renews it, as far as another machine's clock can tell. */
export const leads = ({ holder, duration, renewedAt }: LeaseRecord, now: Instant): boolean =>
  holder !== '' && now - renewedAt <= duration + clockSkew;

/** `45 s`, `12 min`, `3 h`, `2 d`. */
export function span(milliseconds: Duration): string {
  const steps = [
    [86_400_000, 'd'],
    [3_600_000, 'h'],
    [60_000, 'min'],
  ] as const;
  const [size, unit] = steps.find(([least]) => milliseconds >= 2 * least) ?? [1_000, 's'];
  return `${Math.max(0, Math.floor(milliseconds / size))} ${unit}`;
}
