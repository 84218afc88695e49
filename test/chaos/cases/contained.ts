import type { Condition } from '../../../controller/api/meta.ts';
import { apiVersion } from '../../../controller/api/names.ts';
import type { ReasonName } from '../../../controller/runtime/reasons.ts';
import { keyOf, lookOutside } from '../../world/outside.ts';
import { eventsOf } from '../../world/objects.ts';
import { until } from '../../world/until.ts';
import { conditionOf, type World } from '../../world/world.ts';
import type { Case } from '../cases.ts';
import { finding, type Finding } from '../expect.ts';
import { pause } from './moments.ts';

interface Troubled {
  readonly metadata: { readonly name: string };
  readonly status?: { readonly conditions?: readonly Condition[] };
}

/** Milliseconds that a trouble lasts: its pass is tried again several times in them. */
const lasts = 6_000;

/** A pass over one note throws, in one process after another. */
const poisonedUpdate: Case = {
  name: 'poison: an update over which each pass throws',
  perturbation: 'P17',
  env: { ALLCLEAR_TEST_THROW: 'IncidentUpdate/poison' },
  async play(world, keeper) {
    const found = finding();
    keeper.next = () => ({ ALLCLEAR_TEST_THROW: 'IncidentUpdate/poison' });
    await world.declare();
    await world.kubectl.apply(update(world, 'poison'));
    await inTrouble(world, found, 'ReconcileFailed', () => world.objects.get('IncidentUpdate', 'poison'));
    await world.ready();
    await goesOn(world, found);
    // Its successor meets the same trouble, and people have been told.
    const { controller } = world;
    controller.signal('SIGKILL');
    await until('a successor', () => world.controller !== controller);
    await inTrouble(world, found, 'ReconcileFailed', () => world.objects.get('IncidentUpdate', 'poison'));
    keeper.next = () => ({});
    world.controller.signal('SIGKILL');
    await until('the poisoned one is told of after all', async () => {
      const { notices } = await lookOutside(world);
      return notices.filter((notice) => keyOf(notice).includes('/poison/')).length === 1;
    });
    await until('it is Ready', async () => {
      const now = await world.objects.get('IncidentUpdate', 'poison');
      return conditionOf(now, 'Ready')?.status === 'True';
    });
    return found.all;
  },
};

export const containedCases: readonly Case[] = [poisonedUpdate];

/** It says so itself, once, and is not called Ready while it lasts. */
async function inTrouble(
  world: World,
  found: Finding,
  reason: ReasonName,
  look: () => Promise<Troubled>,
): Promise<void> {
  const one = await until(`${reason} on it`, async () => {
    const now = await look();
    return conditionOf(now, 'Ready')?.reason === reason && now;
  });
  const { name } = one.metadata;
  found.check('I3', conditionOf(one, 'Stalled')?.status === 'True', `${name} waits for a person and does not say so`);
  const before = await world.controller.metrics();
  await pause(lasts);
  found.check(
    'I3',
    conditionOf(await look(), 'Ready')?.status !== 'True',
    `${name} is called Ready while its pass fails`,
  );
  const told = await eventsOf(world, reason);
  found.check('I8', told.length === 1, `${told.length} Events on ${name} for one trouble`);
  const passes = passesIn(await world.controller.metrics()) - passesIn(before);
  found.check('I8', passes < 40, `${passes} passes in ${lasts / 1_000} s`);
}

/** The others are served meanwhile. */
async function goesOn(world: World, found: Finding): Promise<void> {
  await world.declare({ title: 'Another' }, 'another');
  await world.ready('another', 30_000).catch((error: unknown) => found.check('I3', false, String(error).slice(0, 500)));
}

const update = ({ namespace }: World, name: string): object => ({
  apiVersion,
  kind: 'IncidentUpdate',
  metadata: { namespace, name },
  spec: { incidentRef: { name: 'login' }, type: 'Status', text: 'Still at it.', audience: 'Stakeholders' },
});

const passesIn = (metrics: string): number =>
  [...metrics.matchAll(/^controller_runtime_reconcile_total\{.*\} (\d+)$/gm)].reduce(
    (sum, [, n]) => sum + Number(n),
    0,
  );
