import { apiVersion } from '../../controller/api/names.ts';
import { conditionOf, type World } from '../world/world.ts';
import { until } from '../world/until.ts';

/** Longest that one step may take, recoveries included. */
export const patience = 45_000;

/** What passes between two steps. */
export type Between = () => Promise<void>;
const nothing: Between = () => Promise.resolve();

/** A person's steps through one incident. Each goes on when the one before has had its effect, whoever died meanwhile. */
export async function playStory(world: World, between = nothing): Promise<void> {
  await world.declare();
  await isDone(world, 'pin');
  await goOn(world, between);
}

/** From the second step to the last. */
export async function goOn(world: World, between = nothing): Promise<void> {
  await between();
  await persist(() =>
    world.edit({
      severity: 'SEV1',
      change: { id: 'raise-1', source: 'Kubectl', by: 'ana@example.com', reason: 'All users are affected.' },
    }),
  );
  await told(world, 'Severity');
  await between();
  await persist(() => world.kubectl.apply(statusUpdate(world.namespace)));
  await told(world, 'Status');
  await between();
  await persist(() =>
    world.edit({ state: 'Resolved', resolution: { summary: 'Redeployed with the right endpoint.' } }),
  );
  await isDone(world, 'review');
  await until('the pull request', async () => (await world.github.pulls()).length > 0, patience);
}

/** The review's end: a person merges. */
export async function acceptRecord(world: World): Promise<void> {
  const [pull] = await world.github.pulls();
  if (!pull) throw new Error('there is no pull request to merge');
  await world.github.mergePull(pull.number);
  await world.sees('the accepted record', ({ status }) => status?.record?.mergedAt !== undefined, undefined, patience);
}

const statusUpdate = (namespace: string): object => ({
  apiVersion,
  kind: 'IncidentUpdate',
  metadata: { namespace, name: 'endpoint' },
  spec: {
    incidentRef: { name: 'login' },
    type: 'Status',
    text: 'Seems to be an endpoint issue.',
    author: 'ana@example.com',
    audience: 'Stakeholders',
  },
});

const isDone = (world: World, effect: string): Promise<unknown> =>
  world.sees(effect, ({ status }) => status?.effects?.[effect]?.state === 'Done', undefined, patience);

/** An update of this type is there, and whoever should know does. */
const told = (world: World, type: string): Promise<unknown> =>
  until(
    `the ${type} told`,
    async () => {
      const all = await world.objects.list('IncidentUpdate');
      const one = all.find(({ spec }) => spec.type === type);
      return one !== undefined && conditionOf({ status: one.status }, 'Ready')?.status === 'True';
    },
    patience,
  );

/** A person who gets no answer from the API server presses again. */
const persist = (write: () => Promise<unknown>): Promise<unknown> =>
  until('the API server to take it', async () => (await write(), true), patience);
