import { apiVersion } from '../../controller/api/names.ts';
import type { SharedCluster } from '../cluster/shared.ts';
import type { SlackCall } from '../emulators/slack.ts';
import { quotaOf } from '../emulators/slack/rate-limits.ts';
import { until } from '../world/until.ts';
import { isReady, startWorld, type World } from '../world/world.ts';
import type { Case } from './cases.ts';
import { unfinished } from './soak-count.ts';
import { isGitHubWrite } from './trace.ts';
import type { Violation } from './verdict.ts';

const incidents = Number(process.env['LIMITS_INCIDENTS'] ?? 50);
/** Longest, in ms: three times what Slack's quotas allow at best for the tightest method. */
const patience = (n: number): number => 180_000 + 3 * minimum('bookmarks.add', 3 * n) * 1_000;

/** With Slack's real rate limits, enforced by the emulator's front, and the controller's real pace. */
export const limitsCases = (): readonly Case[] => [
  { name: 'limits', perturbation: 'limits', run: (cluster) => manyAtOnce(cluster) },
  { name: 'limits with two stuck methods', perturbation: 'limits', run: (cluster) => stuckMethods(cluster) },
];

/** Many incidents of all severities declared at once: within the quotas, the gravest first. */
async function manyAtOnce(cluster: SharedCluster): Promise<readonly Violation[]> {
  await using world = await startWorld(cluster, { slack: { rateLimits: true }, env: calmReview });
  const began = Date.now();
  await declareAll(world, incidents);
  const declared = Date.now();
  const usable = until('live statuses', () => liveStatuses(world).length === incidents, patience(incidents), often);
  const lastUsable = usable.then(() => (Date.now() - began) / 1_000);
  lastUsable.catch(() => {});
  await until(
    'all Ready',
    async () => (await world.objects.list('Incident')).every(isReady),
    patience(incidents),
    often,
  );
  const took = (Date.now() - began) / 1_000;
  const calls = world.slack.calls();
  const refused = calls.filter(({ status }) => status === 429);
  const found: Violation[] = [];
  const share = refused.length / calls.length;
  if (share > 0.01)
    found.push({
      invariant: 'I6',
      message: `${refused.length} of ${calls.length} calls to Slack were refused with 429`,
    });
  for (const [what, order] of Object.entries(await orders(world, calls, declared + graceful))) {
    const late = order.filter((severity, i) => order.slice(0, i).some((before) => before > severity));
    if (late.length > 0)
      found.push({
        invariant: 'I6',
        message: `${what}: served after lesser ones: ${late.join(' ')} in ${order.join(' ')}`,
      });
  }
  const peak = gitHubPeak(world);
  if (peak > 80) found.push({ invariant: 'I6', message: `${peak} writes to GitHub within a minute` });
  printFigures(calls, began, took, await lastUsable, peak);
  return found;
}

/** One method answers 429 for ever and one never answers: all others go on, and these two once they are well again. */
async function stuckMethods(cluster: SharedCluster): Promise<readonly Violation[]> {
  const few = Math.min(10, incidents);
  await using world = await startWorld(cluster, { slack: { rateLimits: true }, env: calmReview });
  const stuck = [
    world.slack.fault({ act: 429, method: 'bookmarks.add', retryAfter: 5 }),
    world.slack.fault({ act: 'hold', method: 'pins.add' }),
  ];
  await declareAll(world, few);
  const found: Violation[] = [];
  const others = async (): Promise<boolean> => {
    const all = [...(await world.objects.list('Incident')), ...(await world.objects.list('IncidentUpdate'))];
    return (
      all.length === 2 * few &&
      all.every(({ status }) => {
        const effects = Object.entries(status?.effects ?? {}).filter(([key]) => !/^(bookmark|pin)/.test(key));
        return effects.length > 0 && effects.every(([, { state }]) => state === 'Done');
      }) &&
      liveStatuses(world).length === few
    );
  };
  try {
    await until('everything else', others, patience(few), often);
  } catch {
    found.push({ invariant: 'I6', message: 'two stuck methods kept others waiting' });
  }
  const asked = world.slack.calls('bookmarks.add').length;
  for (const rule of stuck) rule.remove();
  try {
    await until('the two stuck methods', async () => (await unfinished(world)) === 0, patience(few), often);
  } catch {
    found.push({ invariant: 'I3', message: 'what was stuck was not made up for' });
  }
  console.log(
    `limits: with bookmarks.add and pins.add stuck, all else was done for ${few} incidents; bookmarks.add was tried ${asked} times meanwhile`,
  );
  return found;
}

/** Between two looks, in ms: the emulators live in this process, and looking costs it time. */
const often = 1_000;
/** Nobody merges here. */
const calmReview = { ALLCLEAR_REVIEW_INTERVAL_SECONDS: '60' };
/** What is on its way when the last is declared may go first. */
const graceful = 3_000;

async function declareAll(world: World, count: number): Promise<void> {
  await world.kubectl.apply(
    Array.from({ length: count }, (_, i) => ({
      apiVersion,
      kind: 'Incident',
      metadata: { namespace: world.namespace, name: `limits-${i}` },
      spec: {
        title: `Incident ${i}`,
        // The gravest are declared last as often as first.
        severity: `SEV${((i * 7) % 4) + 1}`,
        roles: { commander: 'ana@example.com' },
        links: [{ title: 'Dashboard', url: 'https://grafana.example.com/d/login' }],
      },
    })),
  );
}

const liveStatuses = (world: World): readonly SlackCall[] =>
  world.slack
    .calls('chat.postMessage')
    .filter(({ args, result }) => result === 'ok' && keyOf(args).endsWith('/live-status'));

function keyOf(args: SlackCall['args']): string {
  const metadata: unknown = args['metadata'];
  return /"key":"([^"]*)"/.exec(JSON.stringify(metadata) ?? '')?.[1] ?? '';
}

/** Severities in the order in which they were served, of what came after everything was declared. */
async function orders(world: World, calls: readonly SlackCall[], since: number): Promise<Record<string, string[]>> {
  const all = await world.objects.list('Incident');
  const late = calls.filter(({ at, result }) => at > since && result === 'ok');
  const severities = (of: (call: SlackCall) => (typeof all)[number] | undefined): string[] =>
    late.flatMap((call) => of(call)?.spec.severity ?? []);
  return {
    'channels opened': severities(({ method, args }) =>
      method === 'conversations.create'
        ? all.find(({ status }) => `inc-${String(status?.number).padStart(5, '0')}` === args['name'])
        : undefined,
    ),
    'live statuses': severities(({ method, args }) =>
      method === 'chat.postMessage'
        ? all.find(({ metadata }) => keyOf(args) === `${metadata.uid}/live-status`)
        : undefined,
    ),
  };
}

/** Most writes within any minute. https://docs.github.com/rest/using-the-rest-api/rate-limits-for-the-rest-api: 80. */
function gitHubPeak({ faults }: World): number {
  const times = faults.calls.filter((call) => isGitHubWrite(call) && !call.path.includes('.git/')).map(({ at }) => at);
  return Math.max(0, ...times.map((at) => times.filter((other) => other >= at && other < at + 60_000).length));
}

/** Seconds that so many calls take at least when each minute sees no more than the quota: the first of them cost nothing. */
function minimum(method: string, calls: number): number {
  return Math.floor(Math.max(0, calls - 1) / quotaOf(method)) * 60;
}

function printFigures(calls: readonly SlackCall[], began: number, took: number, usable: number, peak: number): void {
  const methods = [...new Set(calls.map(({ method }) => method))].filter((method) => method !== 'auth.test');
  const rows = methods
    .map((method) => {
      const of = calls.filter((call) => call.method === method);
      const last = (Math.max(...of.map(({ at }) => at)) - began) / 1_000;
      return {
        method,
        calls: of.length,
        refused: of.filter(({ status }) => status === 429).length,
        last,
        least: minimum(method, of.length),
      };
    })
    .toSorted((a, b) => b.least - a.least || b.calls - a.calls);
  const least = Math.max(...rows.map((row) => row.least));
  const opened = rows.find(({ method }) => method === 'conversations.create')?.least ?? 0;
  console.log(
    [
      `limits: ${incidents} incidents at once; all usable after ${usable.toFixed(0)} s (the quotas allow ${opened} s), all done after ${took.toFixed(0)} s (${least} s)`,
      ...rows.map(
        (row) =>
          `limits: ${row.method.padEnd(26)} ${String(row.calls).padStart(4)} calls, ${row.refused} refused, last after ${row.last.toFixed(0).padStart(4)} s, at least ${String(row.least).padStart(3)} s`,
      ),
      `limits: at most ${peak} of 80 writes to GitHub within a minute`,
    ].join('\n'),
  );
}
