import type { Act, RuleHandle } from '../emulators/faults.ts';
import { until } from '../world/until.ts';
import type { World } from '../world/world.ts';
import { isSlackRead } from '../world/count.ts';
import type { Keeper } from './keeper.ts';
import { isStopped } from './stopped.ts';
import { callOf, isGitHubWrite, type Trace, type Write } from './trace.ts';

/** One perturbation of the story. */
export interface Case {
  /** To replay it alone: `CASE='…'`. */
  readonly name: string;
  /** Of testing.md: P1 to P20. */
  readonly perturbation: string;
  /** For the first controller. */
  readonly env?: Readonly<Record<string, string>>;
  /** Runs before the story begins; what it returns resolves when the perturbation has happened. */
  arm?(world: World, keeper: Keeper): Promise<unknown> | void;
}

/** Every boundary and every write of the traced story, each with everything that can happen there. */
export function casesOf({ boundaries, writes }: Trace): Case[] {
  return [
    ...boundaries.map(crashAt),
    ...writes.map(crashBeforeAnswer),
    ...boundaries.filter((b) => b.startsWith('send:') || b.startsWith('accepted:')).map(crashTwice),
    ...writes.flatMap((write) => unclear.map((act) => faulty('P3', act, write))),
    ...writes.flatMap((write) => refusals.map((act) => faulty('P4', act, write))),
    ...writes.filter(({ to }) => to === 'slack').map((write) => faulty('P4', 'okFalseAfter', write)),
    ...writes.map(late),
    ...boundaries.filter((b) => b.startsWith('send:') || b.startsWith('accepted:')).map(frozen),
  ];
}

const unclear: readonly Act[] = ['dropAfter', 'cutBody', 'html200', '500After', 'double', 'reset'];
const refusals: readonly Act[] = ['dropBefore', 429, 503];

const crashAt = (boundary: string): Case => ({
  name: `crash ${boundary}`,
  perturbation: 'P1',
  env: { ALLCLEAR_TEST_CRASH: boundary },
});

/** Killed there, and its successor at the same place again. */
const crashTwice = (boundary: string): Case => ({
  name: `crash twice ${boundary}`,
  perturbation: 'P2',
  env: { ALLCLEAR_TEST_CRASH: boundary },
  arm(_, keeper) {
    const [at, effect] = boundary.split(':');
    keeper.next = () => ({ ALLCLEAR_TEST_CRASH: `${at}:${effect}:1` });
  },
});

/** The outside has accepted, and the process dies before it knows. */
const crashBeforeAnswer = (write: Write): Case => ({
  name: `crash answer ${name(write)}`,
  perturbation: 'P1',
  async arm(world) {
    const held = rule(world, write, 'holdAnswer');
    await held.hit();
    world.controller.signal('SIGKILL');
    held.release();
  },
});

const faulty = (perturbation: string, act: Act | 'okFalseAfter', write: Write): Case => ({
  name: `${act} ${name(write)}`,
  perturbation,
  arm: (world) => rule(world, write, act).hit(),
});

/** The call arrives after its sender gave it up and looked: released by that look, never by time. */
const late = (write: Write): Case => ({
  name: `late ${name(write)}`,
  perturbation: 'P3',
  async arm(world) {
    const held = rule(world, write, 'hold');
    await held.hit();
    const looks = (): number =>
      write.to === 'slack'
        ? world.slack.calls().filter(({ method }) => isSlackRead(method)).length
        : world.faults.calls.filter((call) => !isGitHubWrite(call)).length;
    const before = looks();
    await until('a look', () => looks() > before, 1_300).catch(() => undefined);
    held.release();
  },
});

/** Stopped in mid-effect past its lease; another takes over; then it goes on. */
const frozen = (boundary: string): Case => ({
  name: `frozen ${boundary}`,
  perturbation: 'P9',
  env: { ALLCLEAR_TEST_FREEZE: boundary, ALLCLEAR_LEASE_DURATION_SECONDS: '1.5' },
  async arm(world, keeper) {
    const first = world.controller;
    await until('the stop', () => isStopped(first.pid), 60_000);
    await keeper.replace();
    await until(
      'its look or its send',
      () => world.controller.log.some(({ event }) => event === 'effect'),
      5_000,
    ).catch(() => undefined);
    first.signal('SIGCONT');
  },
});

function rule(world: World, { to, call, nth }: Write, act: Act | 'okFalseAfter'): RuleHandle {
  const retryAfter = 1;
  if (to === 'slack') return world.slack.fault({ act, method: call, nth, retryAfter });
  if (act === 'okFalseAfter') throw new Error('only Slack answers 200 with ok false');
  return world.faults.rule({ act, nth, retryAfter, when: (exchange) => callOf(exchange) === call });
}

const name = ({ to, call, nth }: Write): string => `${to} ${call} #${nth}`;
