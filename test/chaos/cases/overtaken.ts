import { doubled, lookOutside } from '../../world/outside.ts';
import { until } from '../../world/until.ts';
import { isReady, type World } from '../../world/world.ts';
import type { Case } from '../cases.ts';
import { isStopped } from '../stopped.ts';
import { callOf, type Trace, type Write } from '../trace.ts';
import type { Violation } from '../verdict.ts';
import { ruleFor } from '../writes.ts';

/** An older edit arrives after a newer one, and a send after another process took it over. */
export function overtakenCasesOf({ boundaries, writes }: Trace): Case[] {
  const edited = new Map(writes.filter(isEdit).map((write) => [`${write.to} ${write.call}`, write]));
  return [
    ...[...edited.values()].map(overtaken),
    ...boundaries.filter((b) => b.startsWith('send:') && b.endsWith(':1')).map(thawed),
  ];
}

const isEdit = ({ call }: Write): boolean => /update|setPurpose|^PATCH/.test(call);

const first = 'Login errors';
const last = 'Login errors on all devices';

/** The process dies over an edit; its successor makes a newer one; then the first one arrives. */
const overtaken = ({ to, call }: Write): Case => ({
  name: `overtaken ${to} ${call}`,
  perturbation: 'P3',
  async play(world, keeper) {
    await world.declare();
    await world.sees('everything done', isReady);
    const already = to === 'slack' ? world.slack.calls(call).length : 0;
    const held = ruleFor(world, { to, call, nth: 1 }, 'hold');
    await world.edit({ title: first });
    await until('the edit', () => held.hits > 0, 20_000);
    await world.edit({ title: last });
    world.controller.signal('SIGKILL');
    const newer = (): boolean =>
      to === 'slack'
        ? world.slack
            .calls(call)
            .slice(already + 1)
            .some(({ args, result }) => result === 'ok' && isNew(args))
        : world.faults.calls.some((one) => callOf(one) === call && one.status === 200 && one.body.includes(last));
    await until('a newer edit', newer, 20_000);
    held.release();
    // Every late call has landed by the time that the new process looks again.
    const { log } = world.controller;
    const before = log.length;
    await until('the audit', () => log.slice(before).some(({ operation }) => operation === 'observe'), 30_000).catch(
      () => undefined,
    );
    await until('the newer words everywhere', async () => (await stale(world)).length === 0, 10_000).catch(
      () => undefined,
    );
    keeper.stop();
    return stale(world);
  },
});

const isNew = (args: object): boolean => JSON.stringify(args).includes(last);

async function stale(world: World): Promise<Violation[]> {
  const outside = await lookOutside(world);
  const shown: Record<string, string | undefined> = {
    'the live status': JSON.stringify(outside.posts[0]),
    'the issue': outside.issues[0]?.title,
    'the purpose': outside.channels[0]?.purpose,
  };
  return [
    ...Object.entries(shown)
      .filter(([, text]) => text?.includes(last) !== true)
      .map(([what]): Violation => ({ invariant: 'I1', message: `${what} shows an edit that was overtaken` })),
    ...doubled(outside).map((message): Violation => ({ invariant: 'I2', message })),
  ];
}

/** Stopped before a send, until another process has made what it was about to make. */
const thawed = (boundary: string): Case => ({
  name: `thawed ${boundary}`,
  perturbation: 'P9',
  env: { ALLCLEAR_TEST_FREEZE: boundary, ALLCLEAR_LEASE_DURATION_SECONDS: '1.5' },
  async arm(world, keeper) {
    const [, effect] = boundary.split(':');
    const old = world.controller;
    await until('the stop', () => isStopped(old.pid), 60_000);
    await keeper.replace();
    const made = (): boolean =>
      world.controller.log.some((line) => line['effect'] === effect && line['result'] === 'accepted');
    await until('the same by another hand', made, 15_000).catch(() => undefined);
    old.signal('SIGCONT');
  },
});
