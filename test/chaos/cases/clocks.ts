import { writtenAt } from '../../../controller/timeline/order.ts';
import { inOrder } from '../../../controller/timeline/order.ts';
import { timeOf } from '../../../controller/runtime/clock.ts';
import { until } from '../../world/until.ts';
import type { World } from '../../world/world.ts';
import { lookOutside } from '../../world/outside.ts';
import type { Case } from '../cases.ts';
import { finding } from '../expect.ts';
import { judgeHistory } from '../history-verdict.ts';
import { isStopped } from '../stopped.ts';
import { playStory } from '../story.ts';
import type { Trace } from '../trace.ts';
import type { Violation } from '../verdict.ts';
import { allMoments, at, pause, type Moment } from './moments.ts';

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
    ...[120, -120, 1_800, -1_800].map(apart),
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

/** Not the API server's, all along, with a change and an update in between: judged as if it were right. */
const apart = (seconds: number): Case => ({
  name: `clock ${seconds} s ahead of the API server`,
  perturbation: 'P9',
  env: skewOf(seconds),
  async play(world) {
    // creationTimestamp has whole seconds.
    await playStory(world, () => pause(1_100));
    return [...(await judgeHistory(world)), ...(await judgeOrder(world))];
  },
});

/** What the API server's Date header leaves open, and what the controller takes for the same time. */
const sameTime = 5_000;

/** The timeline in the order of writing, each entry with the time at which it was written, and notices that say so. */
async function judgeOrder(world: World): Promise<readonly Violation[]> {
  const found = finding();
  const incident = await world.incident();
  const updates = inOrder(incident, await world.objects.list('IncidentUpdate'));
  const order = updates.map(({ spec }) => spec.type).join(' ');
  found.check('I1', order === 'State Severity Status State', `the order is ${order}`);
  let before = 0;
  for (const update of updates) {
    const { name } = update.metadata;
    const said = timeOf(update.spec.occurredAt) ?? writtenAt(update);
    found.check('I1', said >= before, `${name} says that it happened before the entry before it`);
    const off = Math.abs(said - writtenAt(update));
    found.check('I1', off <= sameTime, `${name} is dated ${off / 1_000} s from when it was written`);
    before = said;
  }
  const { declaredAt, resolvedAt } = incident.status?.timestamps ?? {};
  const took = (timeOf(resolvedAt) ?? 0) - (timeOf(declaredAt) ?? 0);
  found.check('I1', took > 0, `the all clear came ${took} ms after the declaration`);
  const words = (await lookOutside(world)).notices.map(({ text }) => text);
  for (const part of ['declared SEV2', 'raised from SEV2', 'All Clear'])
    found.check('I1', words.filter((text) => text.includes(part)).length === 1, `the notices say ${words.join('; ')}`);
  return found.all;
}
