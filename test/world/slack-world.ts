import { sharedCluster, type SharedCluster } from '../cluster/shared.ts';
import { impatient } from './impatient.ts';
import { slackAlone, socketsOpen, wholeWithSlack } from './in-slack.ts';
import { startWorld, type World, type WorldOptions } from './world.ts';

/** A world with Slack alone unless `whole`, and a front door over sockets that stand. */
export async function startSlackWorld(
  { whole = false, ...options }: Pick<WorldOptions, 'env' | 'policy' | 'slack'> & { readonly whole?: boolean } = {},
  cluster: SharedCluster = sharedCluster(),
): Promise<World> {
  const kind = whole ? wholeWithSlack : slackAlone;
  const world = await startWorld(cluster, { ...kind, ...options, env: { ...impatient, ...options.env } });
  await socketsOpen(world);
  return world;
}
