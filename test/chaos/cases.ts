import type { SharedCluster } from '../cluster/shared.ts';
import type { Act } from '../emulators/faults.ts';
import { impatient } from '../world/impatient.ts';
import { until } from '../world/until.ts';
import type { World, WorldOptions } from '../world/world.ts';
import { isSlackRead } from '../world/count.ts';
import type { ApiProxy } from './api-proxy.ts';
import type { Keeper } from './keeper.ts';
import { isStopped } from './stopped.ts';
import { isGitHubWrite, type Trace, type Write } from './trace.ts';
import type { Violation } from './verdict.ts';
import { nameOf, ruleFor } from './writes.ts';

/** One perturbation of the story. */
export interface Case {
  /** To replay it alone: `CASE='…'`. */
  readonly name: string;
  /** Of testing.md: P1 to P20. */
  readonly perturbation: string;
  /** For the first controller. */
  readonly env?: Readonly<Record<string, string>>;
  /** Runs before the story begins; what it returns resolves when the perturbation has happened. */
  arm?(world: World, keeper: Keeper, api: ApiProxy): Promise<unknown> | void;
  /** What this case must hold besides the usual verdict. */
  verdict?(world: World, api: ApiProxy): Promise<readonly Violation[]> | readonly Violation[];
  /** What the record holds changes meanwhile: it may be committed again, though never the same twice. */
  readonly rewrites?: boolean;
  /** Milliseconds by which the story begins later, so that what a takeover owes is over. */
  readonly idle?: number;
  /** Of its world. */
  readonly world?: Omit<WorldOptions, 'env'>;
  /** The outside is handed one call twice, unasked: the one thing that it makes may stand there twice, counted apart. */
  readonly doubles?: boolean;
  /** Instead of the usual story and its verdict. */
  play?(world: World, keeper: Keeper, api: ApiProxy): Promise<readonly Violation[]>;
  /** All by itself: instead of the usual world, too. */
  run?(cluster: SharedCluster): Promise<readonly Violation[]>;
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
  name: `crash answer ${nameOf(write)}`,
  perturbation: 'P1',
  async arm(world) {
    const held = ruleFor(world, write, 'holdAnswer');
    await held.hit();
    world.controller.signal('SIGKILL');
    held.release();
  },
});

const faulty = (perturbation: string, act: Act | 'okFalseAfter', write: Write): Case => ({
  name: `${act} ${nameOf(write)}`,
  perturbation,
  doubles: act === 'double',
  arm: (world) => ruleFor(world, write, act).hit(),
});

/** A call that arrives later than this, in ms, is beyond what any protocol can know. */
const latest =
  1_000 * (Number(impatient.ALLCLEAR_CALL_TIMEOUT_SECONDS) + Number(impatient.ALLCLEAR_READ_LAG_SECONDS)) - 200;

/** The call arrives after its sender gave it up and looked: released by that look, never by time. */
const late = (write: Write): Case => ({
  name: `late ${nameOf(write)}`,
  perturbation: 'P3',
  async arm(world) {
    const held = ruleFor(world, write, 'hold');
    await held.hit();
    const looks = (): number =>
      write.to === 'slack'
        ? world.slack.calls().filter(({ method }) => isSlackRead(method)).length
        : world.faults.calls.filter((call) => !isGitHubWrite(call)).length;
    const before = looks();
    await until('a look', () => looks() > before, latest).catch(() => undefined);
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
