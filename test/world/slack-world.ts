import { sharedCluster, type SharedCluster } from '../cluster/shared.ts';
import type { Timing } from '../emulators/slack/timing.ts';
import { unhurried } from './impatient.ts';
import { slackAlone, socketsOpen, wholeWithSlack } from './in-slack.ts';
import { startWorld, type World, type WorldOptions } from './world.ts';

/**
 * Slack waits 15 s instead of 3, so that what a busy machine does late fails no test. That the controller answers before
 * Slack gives up is said in controller/integrations/slack/listen/within.test.ts, and measured by `make bench`.
 */
export const patientSlack: Partial<Timing> = { ackWithin: 15_000, triggerLife: 15_000 };

/** A world with Slack alone unless `whole`, and a Slack listener over sockets that stand. */
export async function startSlackWorld(
  { whole = false, ...options }: Pick<WorldOptions, 'env' | 'policy' | 'slack'> & { readonly whole?: boolean } = {},
  cluster: SharedCluster = sharedCluster(),
): Promise<World> {
  const kind = whole ? wholeWithSlack : slackAlone;
  const world = await startWorld(cluster, {
    ...kind,
    ...options,
    slack: { ...options.slack, timing: { ...patientSlack, ...options.slack?.timing } },
    env: { ...unhurried, ...options.env },
  });
  await socketsOpen(world);
  return world;
}
