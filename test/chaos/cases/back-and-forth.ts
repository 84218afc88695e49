import { KubectlError } from '../../cluster/kubectl.ts';
import { until } from '../../world/until.ts';
import { conditionOf, isReady, type World } from '../../world/world.ts';
import type { Case } from '../cases.ts';
import { judgeHistory } from '../history-verdict.ts';
import { generator } from '../sample.ts';
import type { Violation } from '../verdict.ts';
import { pause } from './moments.ts';

/** People who try what is not allowed, and people who change their minds. */
export const backAndForthCases = (): Case[] => [
  refusedEdits,
  ...[1, 2, 3].map((seed) => changedMinds(seed, false)),
  ...[1, 2, 3].map((seed) => changedMinds(seed, true)),
  takenBack,
  reopened,
  staleStatus,
];

const done = (world: World, effect: string): Promise<unknown> =>
  world.sees(effect, ({ status }) => status?.effects?.[effect]?.state === 'Done');

const change = (id: string, reason = 'Looked again.') => ({
  change: { id, source: 'Kubectl', by: 'ana@example.com', reason },
});

/** Each is illegal in a live incident of severity SEV2 that is being investigated. */
const illegal: Readonly<Record<string, object>> = {
  'back to Triage': { state: 'Triage' },
  'a lower severity without a reason': { severity: 'SEV3' },
  'closing without a resolution': { state: 'Resolved' },
  'a resolution of what is open': { resolution: { summary: 'Done.' } },
  'another mode': { mode: 'Drill' },
  'no such severity': { severity: 'SEV9' },
};

const refusedEdits: Case = {
  name: 'illegal edits',
  perturbation: 'P15',
  async play(world) {
    const found: Violation[] = [];
    await world.declare();
    await done(world, 'pin');
    await world.ready();
    const before = JSON.stringify((await world.incident()).spec);
    for (const [what, spec] of Object.entries(illegal)) {
      const taken = await merge(world, { spec }).then(
        () => true,
        (error: unknown) => {
          if (!(error instanceof KubectlError)) throw error;
          return false;
        },
      );
      if (taken) found.push({ invariant: 'I7', message: `${what} was accepted` });
    }
    if (JSON.stringify((await world.incident()).spec) !== before)
      found.push({ invariant: 'I7', message: 'a refused edit left a trace' });
    return [...found, ...(await judgeHistory(world))];
  },
};

/** A dozen legal changes within a second or two, there and back; perhaps the process dies meanwhile. */
const changedMinds = (seed: number, crash: boolean): Case => ({
  name: `changed minds ${seed}${crash ? ' and crash' : ''}`,
  perturbation: 'P15',
  async play(world) {
    const random = generator(seed);
    await world.declare();
    await done(world, 'live-status');
    const states = ['Investigating', 'Identified', 'Monitoring'];
    const one = (from: readonly string[]): string => from[Math.floor(random() * from.length)] ?? '';
    const crashAt = crash ? Math.floor(random() * 12) : -1;
    for (let i = 0; i < 12; i++) {
      await world.edit({ severity: one(['SEV1', 'SEV2', 'SEV3']), state: one(states), ...change(`mind-${i}`) });
      if (i === crashAt) world.controller.signal('SIGKILL');
      await pause(random() * 200);
    }
    return judgeHistory(world);
  },
});

/** It is written down, nobody lives to say so, and by then it is no longer so: the timeline must not end there. */
const takenBack: Case = {
  name: 'taken back after a crash',
  perturbation: 'P15',
  async play(world, _, api) {
    await world.declare();
    await done(world, 'pin');
    const held = api.rule({
      act: 'holdAnswer',
      when: ({ verb, resource }) => verb === 'create' && resource === 'incidentupdates',
    });
    await world.edit({ severity: 'SEV1', ...change('up') });
    await held.hit();
    world.controller.signal('SIGKILL');
    await world.edit({ severity: 'SEV2', ...change('down') });
    held.remove();
    return judgeHistory(world);
  },
};

/** Closed, open again, closed with other words. */
const reopened: Case = {
  name: 'closed, reopened, closed again',
  perturbation: 'P15',
  async play(world) {
    await world.declare();
    await done(world, 'pin');
    await world.edit({ state: 'Resolved', resolution: { summary: 'It was the cache.' } });
    await until('the all clear', async () => (await world.incident()).status?.applied?.state === 'Resolved');
    await world.edit({ state: 'Investigating', resolution: null, ...change('reopen', 'It is back.') });
    await until('the reopening', async () => (await world.incident()).status?.applied?.state === 'Investigating');
    await world.edit({ state: 'Resolved', resolution: { summary: 'It was the database.' } });
    await done(world, 'review');
    return judgeHistory(world);
  },
};

/** What a leader of the past could still write without a version, the API server's rules refuse. */
const staleStatus: Case = {
  name: 'status of a stale leader',
  perturbation: 'P9',
  async play(world) {
    const found: Violation[] = [];
    await world.declare();
    await world.sees('everything done', (one) => isReady(one) && conditionOf(one, 'Ready')?.reason === 'Converged');
    const { status } = await world.incident();
    const { channel } = status?.effects ?? {};
    if (!channel) throw new Error('there is no channel to be stale about');
    const stale: Readonly<Record<string, object>> = {
      'a receipt back to Pending': { effects: { channel: { ...channel, state: 'Pending' } } },
      'an older attempt': { effects: { channel: { ...channel, attempt: channel.attempt - 1, state: 'Pending' } } },
      'a receipt less': { effects: { channel: null } },
      'no receipts': { effects: null },
      'another number': { number: 999 },
      'another id': { id: 'INC-00999' },
    };
    for (const [what, body] of Object.entries(stale)) {
      const taken = await merge(world, { status: body }, '--subresource=status').then(
        () => true,
        (error: unknown) => {
          if (!(error instanceof KubectlError)) throw error;
          return false;
        },
      );
      if (taken) found.push({ invariant: 'I7', message: `${what} was accepted` });
    }
    if (JSON.stringify((await world.incident()).status?.effects) !== JSON.stringify(status?.effects))
      found.push({ invariant: 'I7', message: 'a stale write left a trace' });
    return [...found, ...(await judgeHistory(world))];
  },
};

const merge = (world: World, body: object, ...more: string[]): Promise<string> =>
  world.kubectl(
    'patch',
    'incident',
    'login',
    '-n',
    world.namespace,
    '--type=merge',
    '-p',
    JSON.stringify(body),
    ...more,
  );
