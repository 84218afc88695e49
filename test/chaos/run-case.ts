import { setTimeout as sleep } from 'node:timers/promises';
import type { SharedCluster } from '../cluster/shared.ts';
import { impatient } from '../world/impatient.ts';
import { lookOutside } from '../world/outside.ts';
import { until } from '../world/until.ts';
import { startWorld, type World } from '../world/world.ts';
import { startApiProxy } from './api-proxy.ts';
import type { Case } from './cases.ts';
import { keep } from './keeper.ts';
import { acceptRecord, playStory } from './story.ts';
import { foreignCondition, judge, type Violation } from './verdict.ts';

export interface Result {
  readonly case: Case;
  readonly violations: readonly Violation[];
  /** What stands twice because the outside carried out one call twice. */
  readonly apart?: string;
  /** The perturbation never came about: the case showed nothing. */
  readonly missed: boolean;
  readonly seconds: number;
  /** The controllers' logs; only for a case with violations. */
  readonly logs?: string;
}

/** Plays the story in a world of its own while the case disturbs it, then counts what is there. */
export async function runCase(cluster: SharedCluster, one: Case): Promise<Result> {
  const began = performance.now();
  const took = (): number => (performance.now() - began) / 1_000;
  if (one.run) return { case: one, violations: await one.run(cluster), missed: false, seconds: took() };
  await using api = await startApiProxy(cluster);
  await using world = await startWorld(
    { ...cluster, kubeconfig: api.kubeconfig },
    { ...one.world, env: { ...impatient, ...one.env } },
  );
  await beforehand(world);
  const keeper = keep(world);
  const marked = one.play ? Promise.resolve() : markForeign(world);
  marked.catch(() => {});
  let happened = one.arm === undefined;
  const armed = Promise.resolve(one.arm?.(world, keeper, api)).then(
    () => (happened = true),
    () => undefined,
  );
  const violations: Violation[] = [];
  const result = (missed: boolean): Result => ({
    case: one,
    violations,
    missed,
    seconds: took(),
    ...(violations.length > 0 ? { logs: world.logs() } : {}),
  });
  if (one.play) {
    const found = await one.play(world, keeper, api).catch((error: unknown) => [whole(error)]);
    violations.push(...found);
    keeper.stop();
    return result(!happened);
  }
  try {
    if (one.idle !== undefined) await sleep(one.idle);
    await playStory(world);
    const { commits } = await lookOutside(world);
    const same = commits.length - new Set(commits.map(({ tree }) => tree)).size;
    if (one.rewrites ? same > 0 || commits.length < 2 : commits.length !== 2)
      violations.push({
        invariant: commits.length > 2 ? 'I2' : 'I3',
        message: `${commits.length} commits: ${commits.map(({ message }) => message).join('; ')}`,
      });
    await marked;
    await acceptRecord(world);
  } catch (error) {
    violations.push(whole(error));
  }
  await Promise.race([armed, new Promise((resolve) => setTimeout(resolve, 500))]);
  const crash = one.env?.['ALLCLEAR_TEST_CRASH'];
  const missed = !happened || (crash !== undefined && keeper.restarts === 0);
  if (violations.length === 0) violations.push(...(await judge(world)));
  violations.push(...((await one.verdict?.(world, api)) ?? []));
  keeper.stop();
  const apart = one.doubles ? setApart(violations) : undefined;
  return { ...result(missed), ...(apart ? { apart } : {}) };
}

/** One thing too many of one kind, and nothing else amiss: its words, and no violation is left. */
function setApart(violations: Violation[]): string | undefined {
  const [second, count, ...more] = violations;
  const one = second?.message.startsWith('a second ') === true && / and there should be /.test(count?.message ?? '');
  if (!one || more.length > 0 || violations.some(({ invariant }) => invariant !== 'I2')) return undefined;
  violations.length = 0;
  return second?.message;
}

const whole = (error: unknown): Violation => ({ invariant: 'I3', message: String(error).slice(0, 3_000) });

/** What belongs to others and must stay as it is. */
async function beforehand(world: World): Promise<void> {
  await world.github.as('POST', '/issues', {
    title: 'Mobile app login errors',
    body: 'Somebody reported this by hand.',
  });
}

/** Another controller's condition on our object. */
async function markForeign(world: World): Promise<void> {
  const condition = {
    type: foreignCondition,
    status: 'True',
    reason: 'Seen',
    message: 'Not ours.',
    lastTransitionTime: '2026-01-01T00:00:00Z',
  };
  await until(
    'a status to write into',
    async () => {
      const { status, metadata } = await world.incident();
      if (!status?.conditions) return false;
      const body = {
        metadata: { resourceVersion: metadata.resourceVersion },
        status: { conditions: [...status.conditions, condition] },
      };
      await world.kubectl(
        'patch',
        'incident',
        metadata.name,
        '-n',
        world.namespace,
        '--subresource=status',
        '--type=merge',
        '-p',
        JSON.stringify(body),
      );
      return true;
    },
    30_000,
  );
}
