import { createServer } from 'node:net';
import { apiVersion } from '../../../controller/api/names.ts';
import type { Incident } from '../../../controller/api/incident.gen.ts';
import { apiWrites, total } from '../../world/count.ts';
import { KubectlError } from '../../cluster/kubectl.ts';
import type { RuleHandle } from '../../emulators/rules.ts';
import { integration, policyObject, secret } from '../../world/integrations.ts';
import { until } from '../../world/until.ts';
import { conditionOf, isReady, type World } from '../../world/world.ts';
import type { Case } from '../cases.ts';
import type { Violation } from '../verdict.ts';
import { pause } from './moments.ts';

/** One resource that cannot be done, among others that can. */
export const poisonCases = (): Case[] => [...poisons.map(poisoned), hangingAtTakeover, refusedTemplates];

interface Poison {
  readonly name: string;
  /** Applied before the incidents. */
  objects?(world: World): Promise<readonly object[]> | readonly object[];
  /** Of the poisoned incident. */
  readonly spec?: object;
  readonly metadata?: object;
  /** Returns what ends it. */
  arm?(world: World): RuleHandle;
  /** Over the usual policy. */
  readonly policy?: object;
  /** What people should see on it once the others are done. */
  shows(poisoned: Incident, world: World): Promise<boolean> | boolean;
}

/** Kubernetes allows 256 KiB of annotations in all, keys and values. */
const mostAnnotations = 262_144;

const poisons: readonly Poison[] = [
  {
    name: 'annotations of 200 KB',
    metadata: { annotations: { 'example.com/blob': 'x'.repeat(200_000) } },
    shows: isConverged,
  },
  {
    name: 'annotations that leave no room',
    metadata: { annotations: { 'example.com/blob': 'x'.repeat(mostAnnotations - 'example.com/blob'.length - 40) } },
    shows: ({ status }) => conditionOf({ status }, 'Stalled')?.status === 'True',
  },
  {
    name: 'a policy that does not exist',
    spec: { policyRef: { name: 'nobody' } },
    shows: (one) => isReady(one) && one.status?.effects?.['channel']?.state === 'Done',
  },
  {
    name: 'a policy that matches nothing',
    spec: { policyRef: { name: 'nothing' } },
    objects: ({ namespace }) => [
      renamed(policyObject(namespace, { match: { labels: { 'example.com/never': 'never' } } }), 'nothing'),
    ],
    shows: isConverged,
  },
  {
    name: 'a channel name that is always taken',
    spec: { policyRef: { name: 'taken' } },
    objects: ({ namespace }) => [
      renamed(policyObject(namespace, { channel: { nameTemplate: 'taken-{number}' } }), 'taken'),
    ],
    arm: ({ slack }) =>
      slack.fault({
        act: 'okFalse',
        error: 'name_taken',
        method: 'conversations.create',
        args: ({ name }) => typeof name === 'string' && name.startsWith('taken-'),
      }),
    shows: ({ status }) => conditionOf({ status }, 'ChannelReady')?.status === 'False',
  },
  {
    name: 'an integration that never answers',
    // Without it nothing says which of the two GitHubs is used by all.
    policy: {
      tickets: [{ integrationRef: { name: 'github' } }],
      record: { reviewers: ['casey'], reviewRef: { name: 'github' } },
    },
    spec: { policyRef: { name: 'hanging' } },
    async objects({ namespace }) {
      const url = await silentServer();
      return [
        secret(namespace, 'hanging', url, { token: 'ghp_hanging' }),
        integration(namespace, 'hanging', { github: { apiUrl: url, owner: 'acme', repo: 'incidents' } }),
        renamed(policyObject(namespace, { tickets: [{ integrationRef: { name: 'hanging' } }] }), 'hanging'),
      ];
    },
    shows: ({ status }) =>
      status?.effects?.['channel']?.state === 'Done' && status.effects['live-status']?.state === 'Done',
  },
  {
    name: 'tickets that never answer',
    arm: ({ faults }) =>
      faults.rule({
        act: 'hold',
        method: 'POST',
        when: ({ path, body }) => path.endsWith('/issues') && body.includes('Poisoned'),
      }),
    shows: ({ status }) => status?.effects?.['channel']?.state === 'Done' && status.effects['pin']?.state === 'Done',
  },
];

const others = 6;
/** In the time that a recovery takes they are done several times over. */
const onTime = 20_000;

const poisoned = (poison: Poison): Case => ({
  name: `poison: ${poison.name}`,
  perturbation: 'P17',
  ...(poison.policy ? { world: { policy: poison.policy } } : {}),
  async play(world) {
    const found: Violation[] = [];
    const { namespace } = world;
    const rule = poison.arm?.(world);
    const objects = (await poison.objects?.(world)) ?? [];
    if (objects.length > 0) await world.kubectl.apply(objects);
    await world.kubectl.apply(incident(namespace, 'poisoned', 'Poisoned', poison.spec, poison.metadata));
    const names = Array.from({ length: others }, (_, i) => `healthy-${i}`);
    await world.kubectl.apply(names.map((name) => incident(namespace, name, `Healthy ${name}`)));
    for (const name of names)
      await world
        .sees(`${name} done`, isConverged, name, onTime)
        .catch((error: unknown) => found.push({ invariant: 'I3', message: String(error).slice(0, 1_000) }));
    const shown = async (): Promise<boolean> => poison.shows(await world.incident('poisoned'), world);
    await until('what the poisoned one shows', shown, 15_000).catch(async () => {
      const { status } = await world.incident('poisoned');
      const words = (status?.conditions ?? []).map(({ type, reason }) => `${type}: ${reason}`).join(', ');
      found.push({ invariant: 'I3', message: `the poisoned one does not show it: ${words || 'no conditions'}` });
    });
    await pause(1_500);
    found.push(...(await judgeHeat(world)));
    found.push(...(await twice(world)));
    rule?.remove();
    return found;
  },
});

/** One channel and one issue for each incident at most. */
async function twice({ slack, github }: World): Promise<Violation[]> {
  const ours = (await slack.channels()).filter(({ creator }) => creator === slack.bot.userId);
  const names = [
    ...ours.map(({ purpose, id }) => `channel ${purpose || id}`),
    ...(await github.issues()).map(({ title }) => `issue ${title}`),
  ];
  return names
    .filter((name, i) => names.indexOf(name) !== i)
    .map((name): Violation => ({ invariant: 'I2', message: `a second ${name}` }));
}

/** Whoever takes over connects first; what does not answer must not keep the rest from being served. */
const hangingAtTakeover: Case = {
  name: 'poison: an integration that never answers, at a takeover',
  perturbation: 'P17',
  world: { policy: { tickets: [{ integrationRef: { name: 'github' } }] } },
  async play(world, keeper) {
    const { namespace } = world;
    const url = await silentServer();
    await world.kubectl.apply([
      secret(namespace, 'hanging', url, { token: 'ghp_hanging' }),
      integration(namespace, 'hanging', { github: { apiUrl: url, owner: 'acme', repo: 'incidents' } }),
    ]);
    const first = world.controller;
    // As patient as it is without a test: a call may take ten seconds.
    keeper.next = () => ({ ALLCLEAR_CALL_TIMEOUT_SECONDS: '10' });
    first.signal('SIGKILL');
    await world.declare();
    const next = await until('a successor', () => world.controller !== first && world.controller);
    await next.logged('leading');
    const began = performance.now();
    await world.sees('the channel', ({ status }) => status?.effects?.['channel']?.state === 'Done');
    const took = (performance.now() - began) / 1_000;
    return took < 7 ? [] : [{ invariant: 'I3', message: `the channel had to wait ${took.toFixed(1)} s for it` }];
  },
};

/** Names that no channel can have, the API server refuses; so they never become a poison. */
const badTemplates: readonly string[] = ['', 'incident', '{number} !', 'Ä-{number}', '{nonsense}'];

const refusedTemplates: Case = {
  name: 'poison: channel names that are no names',
  perturbation: 'P17',
  async play({ kubectl, namespace }) {
    const found: Violation[] = [];
    for (const nameTemplate of badTemplates) {
      const taken = await kubectl.apply(renamed(policyObject(namespace, { channel: { nameTemplate } }), 'bad')).then(
        () => true,
        (error: unknown) => {
          if (!(error instanceof KubectlError)) throw error;
          return false;
        },
      );
      if (taken) found.push({ invariant: 'I3', message: `the template "${nameTemplate}" was accepted` });
    }
    return found;
  },
};

/** What waits for its backoff may be looked at now and then, and is written no more. */
async function judgeHeat(world: World): Promise<Violation[]> {
  const look = async () => ({ writes: total(await apiWrites(world.controller)), passes: await reconciles(world) });
  const before = await look();
  await pause(3_000);
  const after = await look();
  const found: Violation[] = [];
  if (after.writes - before.writes > 3)
    found.push({
      invariant: 'I8',
      message: `${after.writes - before.writes} writes to the API server in three seconds`,
    });
  if (after.passes - before.passes > 24)
    found.push({ invariant: 'I8', message: `${after.passes - before.passes} reconciles in three seconds` });
  return found;
}

async function reconciles({ controller }: World): Promise<number> {
  const text = await controller.metrics();
  return [...text.matchAll(/^controller_runtime_reconcile_total\{.*\} (\d+)$/gm)].reduce(
    (sum, [, n]) => sum + Number(n),
    0,
  );
}

function isConverged(one: Incident): boolean {
  return isReady(one) && conditionOf(one, 'Ready')?.reason === 'Converged';
}

const incident = (
  namespace: string,
  name: string,
  title: string,
  spec: object = {},
  metadata: object = {},
): object => ({
  apiVersion,
  kind: 'Incident',
  metadata: { namespace, name, ...metadata },
  spec: { title, severity: 'SEV2', ...spec },
});

const renamed = (object: object, name: string): object => ({
  ...object,
  metadata: { ...(object as { metadata: object }).metadata, name },
});

/** Takes connections and says nothing, until this process ends. */
function silentServer(): Promise<string> {
  const server = createServer((socket) => socket.on('error', () => undefined));
  server.unref();
  return new Promise((resolve) => {
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      resolve(`http://127.0.0.1:${typeof address === 'object' && address ? address.port : 0}`);
    });
  });
}
