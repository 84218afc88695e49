import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { apiVersion } from '../../controller/api/names.ts';
import type { SharedCluster } from '../cluster/shared.ts';
import { until } from '../world/until.ts';
import { startWorld, type World } from '../world/world.ts';
import type { Case } from './cases.ts';
import { keep } from './keeper.ts';
import { generator } from './sample.ts';
import { countAll, unfinished } from './soak-count.ts';
import { trouble } from './soak-faults.ts';
import type { Violation } from './verdict.ts';

const spans = {
  incidents: Number(process.env['SOAK_INCIDENTS'] ?? 200),
  seconds: Number(process.env['SOAK_SECONDS'] ?? 300),
  /** Between two kills. */
  life: 10,
  /** Of all calls to Slack and GitHub. */
  faults: 0.05,
};
/** Longest that everything may take to come to rest once nothing is disturbed any more, per incident, in ms. */
const patience = 3_000;

/**
 * Calls are given four seconds instead of one and a half to be sure of: with so many incidents on two cores an emulator
 * takes longer to answer, and a call that lands later than that is beyond what any protocol can know.
 */
const env = {
  ALLCLEAR_CALL_TIMEOUT_SECONDS: '3',
  ALLCLEAR_READ_LAG_SECONDS: '1',
  ALLCLEAR_RATE_LIMITS: 'off',
  ALLCLEAR_REVIEW_INTERVAL_SECONDS: '30',
} as const;

/** Many incidents at once, with random faults and a kill every ten seconds; then quiet, and everything is counted. */
export const soak = (seed: number): Case => ({
  name: 'soak',
  perturbation: 'soak',
  run: (cluster) => run(cluster, seed),
});

async function run(cluster: SharedCluster, seed: number): Promise<readonly Violation[]> {
  const { incidents, seconds, life } = spans;
  const began = performance.now();
  const say = (text: string): void =>
    console.error(`soak ${((performance.now() - began) / 1_000).toFixed(0).padStart(4)} s  ${text}`);
  say(`${incidents} incidents, ${seconds} s, ${spans.faults * 100} % faults, a kill every ${life} s`);
  await using world = await startWorld(cluster, { env });
  const keeper = keep(world, env);
  const calm = trouble(world, spans.faults, seed);
  const memory = watchMemory(world);
  const end = performance.now() + seconds * 1_000;
  const people = act(world, generator(seed));
  while (performance.now() < end) {
    await sleep(life * 1_000);
    memory.mark();
    world.controller.signal('SIGKILL');
    say(`${keeper.restarts} restarts, ${await unfinished(world)} of ${incidents} unfinished`);
  }
  await people;
  const suffered = calm();
  say(`quiet after ${suffered} faults`);
  const quiet = performance.now();
  let violations: Violation[] = [];
  try {
    // The emulators live in this process: asking all the time would starve them.
    await until(
      'everything at rest',
      async () => (await unfinished(world)) === 0,
      60_000 + patience * incidents,
      3_000,
    );
  } catch {
    violations.push({ invariant: 'I3', message: `${await unfinished(world)} incidents are unfinished in the quiet` });
  }
  const settled = (performance.now() - quiet) / 1_000;
  say(`at rest after ${settled.toFixed(0)} s`);
  memory.mark();
  violations = [...violations, ...(await countAll(world))];
  memory.mark();
  keeper.stop();
  console.log(
    [
      `soak: ${incidents} incidents, ${keeper.restarts} kills, ${suffered} faults in ${world.slack.calls().length} calls to Slack and ${world.faults.calls.length} to GitHub`,
      `soak: at rest ${settled.toFixed(0)} s after the last disturbance`,
      `soak: the controller's memory in MiB, first life ${memory.lives()[0]}, last ${memory.lives().at(-3)}; at rest ${memory.lives().slice(-2).join(', then ')}; each life: ${memory.lives().join(' ')}`,
    ].join('\n'),
  );
  return violations;
}

/** People declare all at once, then raise every fourth and close every second, in an order of the seed's. */
async function act(world: World, random: () => number): Promise<void> {
  const { incidents, seconds } = spans;
  const names = Array.from({ length: incidents }, (_, i) => `soak-${String(i).padStart(3, '0')}`);
  await world.kubectl.apply(
    names.map((name, i) => ({
      apiVersion,
      kind: 'Incident',
      metadata: { namespace: world.namespace, name },
      spec: {
        title: `Incident ${i}`,
        severity: `SEV${(i % 3) + 2}`,
        roles: { commander: 'ana@example.com' },
        links: [{ title: 'Dashboard', url: 'https://grafana.example.com/d/login' }],
      },
    })),
  );
  const acts = names.flatMap((name, i): { name: string; at: number; spec: object }[] => [
    ...(i % 4 === 0 ? [{ name, at: random() * 0.5, spec: { severity: 'SEV1' } }] : []),
    ...(i % 2 === 0
      ? [{ name, at: 0.4 + random() * 0.5, spec: { state: 'Resolved', resolution: { summary: 'Redeployed.' } } }]
      : []),
  ]);
  const began = performance.now();
  for (const { name, at, spec } of acts.toSorted((a, b) => a.at - b.at)) {
    await sleep(Math.max(0, began + at * seconds * 1_000 - performance.now()));
    // Whoever closes an incident has seen its channel: one that is closed before it was ever seen is a record of the past.
    await until(
      `${name} to be seen`,
      async () => (await world.incident(name)).status?.applied !== undefined,
      300_000,
      500,
    );
    await until(`the edit of ${name}`, async () => (await world.edit(spec, name), true));
  }
}

interface Memory {
  /** Notes what the present process holds. */
  mark(): void;
  lives(): readonly string[];
}

/** Resident memory, from Linux's /proc. */
function watchMemory(world: World): Memory {
  const lives: string[] = [];
  return {
    mark() {
      try {
        const status = readFileSync(`/proc/${world.controller.pid}/status`, 'utf8');
        lives.push((Number(/VmRSS:\s+(\d+)/.exec(status)?.[1] ?? Number.NaN) / 1_024).toFixed(0));
      } catch {
        // It died by itself a moment ago.
      }
    },
    lives: () => lives,
  };
}
