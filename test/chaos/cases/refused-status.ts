import { eventsOf } from '../../world/objects.ts';
import { until } from '../../world/until.ts';
import { conditionOf, type World } from '../../world/world.ts';
import type { ApiProxy } from '../api-proxy.ts';
import type { Case } from '../cases.ts';
import { finding, settled, type Finding } from '../expect.ts';
import { pause } from './moments.ts';

const odd = 'odd';
const usual = 'login';

/** The status of one incident that the API server refuses for good, beside another that it takes. */
const refused = (what: string, isRefused: (body: string) => boolean, isSaid: boolean): Case => ({
  name: `refused status: ${what}`,
  perturbation: 'P17',
  async play(world, _, api) {
    const found = finding();
    // Where not even its conditions can be written, they must not be there from before.
    if (isSaid) await declaredAndDone(world, odd);
    const rule = refuseStatusOf(api, odd, isRefused);
    if (isSaid) await world.edit({ severity: 'SEV1' }, odd);
    else await world.declare({}, odd);
    await rule.hit();
    await declaredAndDone(world, usual);
    if (isSaid)
      await world
        .sees('the word on it', (i) => conditionOf(i, 'Ready')?.reason === 'WriteRefused', odd)
        .catch(() => undefined);
    await rule.hit(3);
    await pause(500);
    const one = await world.incident(odd);
    found.check('I3', conditionOf(one, 'Ready')?.status !== 'True', 'it calls itself Ready');
    if (isSaid) found.check('I3', conditionOf(one, 'Stalled')?.status === 'True', 'Stalled does not say it');
    await toldOnce(world, found);
    rule.remove();
    await settled(world, odd);
    await toldOnce(world, found);
    return found.all;
  },
});

const refuseStatusOf = (api: ApiProxy, name: string, isRefused: (body: string) => boolean) =>
  api.rule({
    act: 422,
    when: (one) =>
      one.verb === 'patch' && one.resource === 'incidents/status' && one.name === name && isRefused(one.body),
  });

async function declaredAndDone(world: World, name: string): Promise<void> {
  await world.declare({}, name);
  await world.sees('everything done', (i) => conditionOf(i, 'Ready')?.reason === 'Converged', name, 45_000);
}

/** One Event however often it is met, and the metrics count it. */
async function toldOnce(world: World, { check }: Finding): Promise<void> {
  const events = await until(
    'an Event',
    async () => {
      const all = await eventsOf(world, 'WriteRefused');
      return all.length > 0 && all;
    },
    5_000,
  ).catch(() => []);
  check('I3', events.length === 1, `${events.length} Events say it`);
  const metrics = await world.controller.metrics();
  check('I3', /^allclear_status_writes_refused_total\{.*code="422".*\} [1-9]/m.test(metrics), 'no metric counts it');
}

export const refusedStatusCases: readonly Case[] = [
  refused('all but the conditions', (body) => body.includes('"effects"'), true),
  refused('all of it', () => true, false),
];
