import type { Incident } from '../../../controller/api/incident.gen.ts';
import { apiVersion } from '../../../controller/api/names.ts';
import type { Entry } from '../../../controller/runtime/effect.ts';
import type { ReasonName } from '../../../controller/runtime/reasons.ts';
import { git } from '../../emulators/git-run.ts';
import { impatient } from '../../world/impatient.ts';
import { policyObject } from '../../world/integrations.ts';
import { keyOf } from '../../world/outside.ts';
import { until } from '../../world/until.ts';
import { conditionOf, type World } from '../../world/world.ts';
import type { Case } from '../cases.ts';
import type { Keeper } from '../keeper.ts';
import {
  begin,
  declared,
  expectCounts,
  expectPeace,
  finding,
  settled,
  wholeStory,
  type Counts,
  type Finding,
} from '../expect.ts';
import { acceptRecord, goOn } from '../story.ts';
import { ruleFor } from '../writes.ts';

const name = 'login';

/** Gone at once, as when somebody takes the finalizers off; what hangs outside hangs on. */
async function vanish(world: World): Promise<void> {
  // Stopped, the controller can neither put its finalizer back nor take leave of the channel.
  world.controller.signal('SIGSTOP');
  await world.objects.patch('Incident', name, { metadata: { finalizers: null } });
  await world.kubectl('delete', 'incident', name, '-n', world.namespace, '--wait=false');
  await until('the end of the object', async () => {
    const all = await world.objects.list('Incident');
    return all.every(({ metadata }) => metadata.name !== name);
  });
  world.controller.signal('SIGCONT');
}

/** As a backup holds it. */
const saved = ({ metadata, spec }: Incident): object => ({
  apiVersion,
  kind: 'Incident',
  metadata: {
    name: metadata.name,
    namespace: metadata.namespace,
    annotations: metadata.annotations,
    ...(metadata.labels ? { labels: metadata.labels } : {}),
  },
  spec,
});

/** What of all that stands outside carries this uid, and how often. */
async function marked({ slack, github }: World, uid: string): Promise<Readonly<Record<string, number>>> {
  const channels = (await slack.channels()).filter(({ creator }) => creator === slack.bot.userId);
  const counts: Record<string, number> = {};
  const count = (what: string): void => void (counts[what] = (counts[what] ?? 0) + 1);
  for (const { id, purpose } of channels) {
    if (purpose.includes(uid)) count('channel');
    for (const message of await slack.messages(id)) {
      const key = keyOf(message);
      if (!key.startsWith(uid)) continue;
      count(key);
      for (const reply of await slack.thread(id, message.ts)) count(keyOf(reply));
    }
  }
  for (const message of await slack.messages('#stakeholders'))
    if (keyOf(message).startsWith(uid)) count(keyOf(message));
  for (const { body } of await github.issues()) if (body.includes(`/${uid}/ticket`)) count('issue');
  return counts;
}

const hanging = [
  { to: 'slack', call: 'conversations.create', nth: 1 },
  { to: 'slack', call: 'conversations.setPurpose', nth: 1 },
  { to: 'slack', call: 'chat.postMessage', nth: 1 },
  { to: 'slack', call: 'chat.postMessage', nth: 2 },
  { to: 'slack', call: 'pins.add', nth: 1 },
  { to: 'github', call: 'POST /repos/acme/incidents/issues', nth: 1 },
] as const;

/** While a call hangs the object is deleted, and another one of its name is made: a late receipt is not the new one's. */
const replaced: readonly Case[] = hanging.flatMap((write) =>
  (['hold', 'holdAnswer'] as const).map((act): Case => ({
    name: `replaced during ${act} ${write.to} ${write.call} #${write.nth}`,
    perturbation: 'P6',
    async play(world) {
      const found = finding();
      const held = ruleFor(world, write, act);
      await world.declare();
      await held.hit();
      const old = (await world.incident()).metadata.uid;
      await vanish(world);
      await world.declare();
      const { uid } = (await world.incident()).metadata;
      held.release();
      const { status } = await world.sees('all of the new one', (i) => conditionOf(i, 'Ready')?.reason === 'Converged');
      const channels = await world.slack.channels();
      const mine = channels.find(({ purpose }) => purpose.includes(uid));
      found.check('I4', status?.channel?.id === mine?.id, `the new one’s channel is ${status?.channel?.name}`);
      const foreign = Object.values(status?.effects ?? {}).filter(
        ({ ref }: Entry) => ref?.['channel'] !== undefined && ref['channel'] !== mine?.id,
      );
      found.check('I4', foreign.length === 0, 'the new one’s status holds a place of the old one');
      const ours = await marked(world, uid);
      for (const what of ['channel', `${uid}/live-status`, 'issue'])
        found.check(
          ours[what] === undefined ? 'I3' : 'I2',
          ours[what] === 1,
          `${ours[what] ?? 0} of the new one’s ${what}`,
        );
      for (const [what, times] of Object.entries({ ...ours, ...(await marked(world, old)) }))
        found.check('I2', times === 1, `${times} of ${what}`);
      const alien = Object.keys(ours).filter((key) => key.includes(old.slice(0, 8)));
      found.check('I4', alien.length === 0, `the new one tells of the old one: ${alien.join(', ')}`);
      await world.sees('peace', (i) => Object.values(i.status?.effects ?? {}).every(({ state }) => state === 'Done'));
      await expectPeace(world, found);
      return found.all;
    },
  })),
);

type Steps = readonly [string, (world: World) => Promise<unknown>, Counts][];

/** Moments at which a backup is restored, and what stands outside then. */
const moments: Steps = [
  ['once it is declared', () => Promise.resolve(), declared],
  ['once it is resolved', (world) => goOn(world).then(() => settled(world)), wholeStory],
];

/** The object comes back from a backup: all that is its own is found again, and nothing made twice. */
const restored: readonly Case[] = moments.flatMap(([when, before, counts]) => [
  {
    name: `restored without status ${when}`,
    perturbation: 'P6',
    play: (world) =>
      restore(world, before, counts, async (incident) => {
        await vanish(world);
        await world.kubectl.apply(saved(incident));
      }),
  },
  {
    name: `restored with status ${when}`,
    perturbation: 'P6',
    play: (world, keeper) =>
      restore(world, before, counts, async (incident) => {
        keeper.stop();
        await world.controller.stop();
        await vanish(world);
        await world.kubectl.apply(saved(incident));
        await withStatus(world, incident);
        await world.succeed(impatient);
      }),
  },
]);

async function withStatus(world: World, { status }: Incident): Promise<void> {
  const body = JSON.stringify({ status });
  await world.kubectl(
    'patch',
    'incident',
    name,
    '-n',
    world.namespace,
    '--subresource=status',
    '--type=merge',
    '-p',
    body,
  );
}

async function restore(
  world: World,
  before: (world: World) => Promise<unknown>,
  counts: Counts,
  act: (incident: Incident) => Promise<unknown>,
): Promise<Finding['all']> {
  const found = finding();
  await begin(world, found);
  await before(world);
  await expectCounts(world, counts, found);
  const incident = await world.incident();
  await act(incident);
  const again = await world.sees(
    'all of it again',
    (i) => i.metadata.uid !== incident.metadata.uid && conditionOf(i, 'Ready')?.reason === 'Converged',
    undefined,
    45_000,
  );
  for (const field of ['id', 'channel', 'tickets'] as const)
    found.check(
      'I7',
      JSON.stringify(again.status?.[field]) === JSON.stringify(incident.status?.[field]),
      `${field} was ${JSON.stringify(incident.status?.[field])} and is ${JSON.stringify(again.status?.[field])}`,
    );
  await expectCounts(world, counts, found);
  if (counts === declared) {
    await goOn(world);
    await settled(world);
  }
  const changed = await rewritten(world);
  found.check(
    'I2',
    changed.every((row) => row.includes('id="t04"')),
    `the record was changed: ${changed.join('; ')}`,
  );
  await acceptRecord(world);
  await expectCounts(world, wholeStory, found);
  await expectPeace(world, found);
  return found.all;
}

/** Rows of the timeline that differ between the first record and the last. T04 tells when the things outside were made: Slack and GitHub say it to the second. */
async function rewritten({ github: { repository } }: World): Promise<readonly string[]> {
  const [branch = ''] = [...(await repository.branches()).keys()].filter((one) => one.startsWith('postmortem/'));
  const commits = await repository.log(`main..${branch}`);
  if (commits.length === 2) return [];
  const first = commits.at(-1)?.sha ?? '';
  const diff = await git(repository.path, [
    'diff',
    '--unified=0',
    first,
    branch,
    '--',
    '*/record.json',
    '*/timeline.md',
  ]);
  return diff.split('\n').filter((line) => /^[+-](?![+-])/.test(line));
}

/** What an incident needs is taken away in its midst, and put back: absence is not removal. */
interface Taken {
  readonly name: string;
  readonly policy?: object;
  take(world: World): Promise<unknown>;
  /** The condition by which people see it, if any. */
  readonly says?: readonly [string, ReasonName];
  giveBack(world: World): Promise<unknown>;
}

const manifests = new WeakMap<World, string>();
const remember = async (world: World, kind: string, of: string): Promise<void> => {
  const text = await world.kubectl('get', kind, of, '-n', world.namespace, '-o', 'yaml');
  manifests.set(world, text.replaceAll(/^ {2}(uid|resourceVersion|generation|creationTimestamp):.*\n/gm, ''));
  await world.kubectl('delete', kind, of, '-n', world.namespace);
};
const giveBack = (world: World): Promise<string> => world.kubectl.apply(manifests.get(world) ?? '');

const taken: readonly Taken[] = [
  { name: 'the policy', take: (world) => remember(world, 'responsepolicy', 'default'), giveBack },
  {
    name: 'the label by which the policy matches',
    policy: { match: { labels: { team: 'mobile' } } },
    take: ({ objects }) => objects.patch('Incident', name, { metadata: { labels: { team: 'web' } } }),
    giveBack: ({ objects }) => objects.patch('Incident', name, { metadata: { labels: { team: 'mobile' } } }),
  },
  {
    name: 'what the policy asks for',
    take: (world) =>
      world.kubectl.apply(policyObject(world.namespace, { tickets: [], bookmarks: [], invitees: [], notices: [] })),
    giveBack: (world) => world.kubectl.apply(policyObject(world.namespace)),
  },
  ...['slack', 'github', 'git'].map((integration): Taken => ({
    name: `the Integration ${integration}`,
    take: (world) => remember(world, 'integration', integration),
    ...(integration === 'git'
      ? {}
      : { says: [integration === 'slack' ? 'ChannelReady' : 'TicketsFiled', 'IntegrationGone'] as const }),
    giveBack,
  })),
  {
    name: 'the Secret of Slack',
    take: (world) => remember(world, 'secret', 'slack'),
    giveBack,
  },
];

const takenAway: readonly Case[] = taken.map((one) => ({
  name: `taken away: ${one.name}`,
  perturbation: 'P6',
  world: one.policy ? { policy: one.policy } : {},
  play: (world, keeper) => takeAway(world, keeper, one),
}));

async function takeAway(world: World, _keeper: Keeper, one: Taken): Promise<Finding['all']> {
  const found = finding();
  if (one.policy) {
    const labelled = world.objects;
    void until(
      'the object',
      () => labelled.patch('Incident', name, { metadata: { labels: { team: 'mobile' } } }),
      20_000,
    );
  }
  await begin(world, found);
  await one.take(world);
  await world.edit({ description: 'Logins fail since the release.' });
  const [type, reason] = one.says ?? [];
  await world.sees(
    'the edit',
    (i) =>
      conditionOf(i, 'Ready')?.status === 'True' &&
      i.status?.observedGeneration === i.metadata.generation &&
      (type === undefined || conditionOf(i, type)?.reason === reason),
  );
  await expectCounts(world, declared, found);
  await expectPeace(world, found);
  await one.giveBack(world);
  await world.sees('Converged', (i) => conditionOf(i, 'Ready')?.reason === 'Converged', undefined, 90_000);
  await goOn(world);
  await settled(world);
  await acceptRecord(world);
  await expectCounts(world, wholeStory, found);
  await expectPeace(world, found);
  return found.all;
}

export const identityCases: readonly Case[] = [...replaced, ...restored, ...takenAway];
