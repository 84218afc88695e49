import { ownConfig, ownCrds } from '../../cluster/crds.ts';
import { startCluster } from '../../cluster/cluster.ts';
import { sharing } from '../../cluster/sharing.ts';
import { gitHubWrites, slackWrites, total } from '../../world/count.ts';
import type { World } from '../../world/world.ts';
import type { Away } from '../api-proxy.ts';
import type { Case } from '../cases.ts';
import { runCase } from '../run-case.ts';
import type { Violation } from '../verdict.ts';
import { allMoments, at, pause, type Moment } from './moments.ts';

/** The API server is away, for less and for more than a lease. */
export const apiAwayCases = (): Case[] => [
  ...allMoments.flatMap((moment) => ways.map((how) => briefly(how, moment))),
  ...allMoments.map((moment, i) => forLong(ways[i % ways.length] ?? 'refused', moment)),
  ...(['opening', 'resolved'] as const).map(killed),
];

const ways: readonly Away[] = ['refused', 'reset', 'silent'];

const briefly = (how: Away, moment: Moment): Case => ({
  name: `API server ${how} 2 s when ${moment}`,
  perturbation: 'P8',
  async arm(world, _, api) {
    await at(world, moment);
    api.away(how);
    await pause(2_000);
    await api.back();
  },
});

/** Milliseconds; the leader counts itself out after two thirds of it. */
const lease = 3_000;
/** Five leases, as twenty minutes are eighty of the usual ones. */
const long = 15_000;

/** Whoever cannot renew sends nothing afterwards, and ends once the API server answers. */
function forLong(how: Away, moment: Moment): Case {
  const found: Violation[] = [];
  const within = async (ms: number, event: Promise<unknown>, message: string): Promise<void> => {
    const done = await Promise.race([event.then(() => true), pause(ms).then(() => false)]);
    if (!done) found.push({ invariant: 'I2', message });
  };
  return {
    name: `API server ${how} 15 s when ${moment}`,
    perturbation: 'P20',
    env: { ALLCLEAR_LEASE_DURATION_SECONDS: String(lease / 1_000) },
    async arm(world, _, api) {
      const first = world.controller;
      // Something that is due when nobody may send it any more.
      world.slack.fault({ act: 429, method: 'chat.postMessage', retryAfter: 4, times: 2 });
      await at(world, moment);
      api.away(how);
      await pause((lease * 2) / 3);
      await within(2_000, first.logged('lease-lost'), 'the leader that could not renew goes on');
      const before = sends(world);
      await pause(long - lease);
      const after = sends(world);
      if (after > before)
        found.push({ invariant: 'I2', message: `${after - before} sends while nobody could have the lease` });
      await api.back();
      // It asks every second, and a silent API server keeps it waiting for two more.
      await within(5_000, first.ended, 'the former leader has not ended');
    },
    verdict: () => found,
  };
}

const sends = (world: World): number => total(slackWrites(world.slack)) + total(gitHubWrites(world.github));

/** The real thing: its own API server is killed and started again with the same data. */
const killed = (moment: Moment): Case => ({
  name: `API server killed when ${moment}`,
  perturbation: 'P8',
  async run() {
    const own = await startCluster({ crds: [ownCrds], config: [ownConfig] });
    try {
      const { violations, missed } = await runCase(sharing(own), {
        name: '',
        perturbation: 'P8',
        async arm(world) {
          await at(world, moment);
          await own.killApiServer();
          await own.restartApiServer();
        },
      });
      return missed ? [{ invariant: 'I3', message: 'the API server was never killed' }] : violations;
    } finally {
      await own.stop();
    }
  },
});
