import { until } from '../../world/until.ts';
import { lookOutside } from '../../world/outside.ts';
import type { Case } from '../cases.ts';
import { judgeHistory } from '../history-verdict.ts';
import { isStopped } from '../stopped.ts';
import { playStory } from '../story.ts';
import type { Trace } from '../trace.ts';
import type { Violation } from '../verdict.ts';
import { allMoments, at, type Moment } from './moments.ts';

/** Clocks that disagree, and clocks that jump. */
export function clockCasesOf({ boundaries }: Trace): Case[] {
  const first = boundaries.filter((b) => b.endsWith(':1'));
  const accepted = first.filter((b) => b.startsWith('accepted:'));
  const sends = first.filter((b) => b.startsWith('send:'));
  return [
    ...accepted.flatMap((boundary) => [skewed(boundary, 90, -90), skewed(boundary, -90, 90)]),
    ...accepted.flatMap((boundary) => [skewed(boundary, 600, 0), skewed(boundary, 0, 600)]),
    ...sends.map((boundary) => frozenAndSkewed(boundary, 90, -90)),
    ...allMoments.flatMap((moment) => [600, -600, -3_600].map((seconds) => jump(seconds, moment))),
    ...allMoments.map((moment) => jumpAndCrash(600, moment)),
    ...allMoments.map((moment) => jumpAnHour(moment)),
  ];
}

/** By how much wall clocks are ahead, in seconds: the first process's, which dies there, and its successor's. */
const skewed = (boundary: string, before: number, after: number): Case => ({
  name: `clocks ${before} s then ${after} s ahead, crash ${boundary}`,
  perturbation: 'P9',
  env: { ALLCLEAR_TEST_CRASH: boundary, ...skewOf(before) },
  arm(_, keeper) {
    keeper.next = () => skewOf(after);
  },
});

const skewOf = (seconds: number): Record<string, string> =>
  seconds === 0 ? {} : { ALLCLEAR_TEST_CLOCK_SKEW_SECONDS: String(seconds) };

/** Two that both live, the older one stopped past its lease. */
const frozenAndSkewed = (boundary: string, before: number, after: number): Case => ({
  name: `clocks ${before} s and ${after} s ahead, frozen ${boundary}`,
  perturbation: 'P9',
  env: { ALLCLEAR_TEST_FREEZE: boundary, ALLCLEAR_LEASE_DURATION_SECONDS: '1.5', ...skewOf(before) },
  async arm(world, keeper) {
    const first = world.controller;
    await until('the stop', () => isStopped(first.pid), 60_000);
    await keeper.replace(skewOf(after));
    await until(
      'its look or its send',
      () => world.controller.log.some(({ event }) => event === 'effect'),
      5_000,
    ).catch(() => undefined);
    first.signal('SIGCONT');
  },
});

const jumps = (seconds: number) => ({ ALLCLEAR_TEST_CLOCK_JUMP_SECONDS: String(seconds) });

const jump = (seconds: number, moment: Moment): Case => ({
  name: `clock jumps ${seconds} s when ${moment}`,
  perturbation: 'P10',
  env: jumps(seconds),
  async arm(world) {
    await at(world, moment);
    world.controller.signal('SIGUSR2');
  },
});

/** It jumps, the process dies, and the next one has the right time again. */
const jumpAndCrash = (seconds: number, moment: Moment): Case => ({
  name: `clock jumps ${seconds} s and crash when ${moment}`,
  perturbation: 'P10',
  env: jumps(seconds),
  async arm(world) {
    const { controller } = world;
    await at(world, moment);
    controller.signal('SIGUSR2');
    const sent = (await lookOutside(world)).channels.length;
    await until('one more step', async () => (await lookOutside(world)).channels.length > sent, 300).catch(
      () => undefined,
    );
    controller.signal('SIGKILL');
  },
});

/** By this clock all news is old: it may say that it was not sent, and nothing else. */
const jumpAnHour = (moment: Moment): Case => ({
  name: `clock jumps an hour when ${moment}`,
  perturbation: 'P10',
  env: jumps(3_600),
  async play(world): Promise<readonly Violation[]> {
    const jumped = at(world, moment).then(() => world.controller.signal('SIGUSR2'));
    await playStory(world);
    await jumped;
    return judgeHistory(world, { late: true });
  },
});
