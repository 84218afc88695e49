// `make bench`: what an incident costs, and how fast many are served, on emulators without limits. Prints a table; asserts nothing.
import { readFileSync } from 'node:fs';
import type { Incident } from '../../controller/api/incident.gen.ts';
import { startCluster } from '../cluster/cluster.ts';
import { ownConfig, ownCrds } from '../cluster/crds.ts';
import type { SharedCluster } from '../cluster/shared.ts';
import { sharing } from '../cluster/sharing.ts';
import { apiWrites, gitHubCalls, slackCalls, type Counts } from '../world/count.ts';
import { until } from '../world/until.ts';
import { isReady, startWorld, type World } from '../world/world.ts';
import { pressMany } from './presses.ts';

const many = Number(process.env['INCIDENTS'] ?? 200);
const most = Number(process.env['MOST'] ?? 1_000);

const rows: [string, string][] = [];
const say = (what: string, value: string): void => {
  rows.push([what, value]);
  console.error(`${what}: ${value}`);
};

const cluster = await startCluster({ crds: [ownCrds], config: [ownConfig] });
try {
  const shared = sharing(cluster);
  await pressMany(shared, say);
  if (many > 0) await incidents(shared);
} finally {
  await cluster.stop();
}
const width = Math.max(...rows.map(([what]) => what.length));
for (const [what, value] of rows) console.log(`${what.padEnd(width)}  ${value}`);

async function incidents(shared: SharedCluster): Promise<void> {
  await using world = await startWorld(shared, { env: { ALLCLEAR_RATE_LIMITS: 'off' } });
  say('memory at rest, MiB', memory(world));
  await one(world);
  await batch(world, many, 'at-once');
  if (most > many) {
    await batch(world, most - many, 'more');
    say(`memory with ${most + 1} incidents, MiB`, memory(world));
  }
}

/** One incident from its declaration to Ready, then to closed with its record proposed. */
async function one(world: World): Promise<void> {
  let before = await counts(world);
  let began = performance.now();
  await world.declare();
  await world.ready();
  say('one incident: declare to Ready, s', elapsed(began));
  let after = await counts(world);
  report('to Ready', before, after);
  before = after;
  began = performance.now();
  await world.edit({ state: 'Resolved', resolution: { summary: 'Redeployed.' } });
  await world.sees('a proposed record', (incident) => incident.status?.record?.pull !== undefined && isReady(incident));
  say('one incident: resolve to proposed record, s', elapsed(began));
  after = await counts(world);
  report('to closed', before, after);
}

async function batch(world: World, count: number, prefix: string): Promise<void> {
  const before = await counts(world);
  const objects = Array.from({ length: count }, (_, i) => ({
    apiVersion: 'allclear.dev/v1alpha1',
    kind: 'Incident',
    metadata: { namespace: world.namespace, name: `${prefix}-${i}` },
    spec: { title: `Incident ${i}`, severity: `SEV${(i % 4) + 1}`, roles: { commander: 'ana@example.com' } },
  }));
  const began = performance.now();
  await world.kubectl.apply(objects);
  const applied = performance.now();
  await until(
    `${count} incidents`,
    async () => {
      const list = await world.kubectl.get<{ items: Incident[] }>('incidents', '-n', world.namespace);
      return list.items.filter(({ metadata }) => metadata.name.startsWith(`${prefix}-`)).every(isReady);
    },
    900_000,
  );
  say(`${count} at once: kubectl apply took, s`, ((applied - began) / 1_000).toFixed(1));
  say(`${count} at once: apply to the last Ready, s`, elapsed(began));
  report(`${count}, each`, before, await counts(world), count);
}

interface Measured {
  readonly api: Counts;
  readonly slack: Counts;
  readonly github: Counts;
}

async function counts({ controller, slack, github }: World): Promise<Measured> {
  return { api: await apiWrites(controller), slack: slackCalls(slack), github: gitHubCalls(github) };
}

function report(what: string, before: Measured, after: Measured, among = 1): void {
  const names = { api: 'API-server writes', slack: 'Slack calls', github: 'GitHub and git calls' } as const;
  for (const key of ['api', 'slack', 'github'] as const) {
    const spent = Object.entries(after[key])
      .map(([name, count]): [string, number] => [name, (count - (before[key][name] ?? 0)) / among])
      .filter(([, count]) => count > 0);
    const sum = spent.reduce((total, [, count]) => total + count, 0);
    say(
      `${what}: ${names[key]}`,
      `${round(sum)} (${spent.map(([name, count]) => `${name} ${round(count)}`).join(', ')})`,
    );
  }
}

/** Resident memory of the controller, from Linux's /proc. */
function memory({ controller }: World): string {
  const status = readFileSync(`/proc/${controller.pid}/status`, 'utf8');
  return (Number(/VmRSS:\s+(\d+)/.exec(status)?.[1] ?? NaN) / 1_024).toFixed(0);
}

function elapsed(began: number): string {
  return ((performance.now() - began) / 1_000).toFixed(1);
}
function round(value: number): string {
  return String(Math.round(value * 10) / 10);
}
