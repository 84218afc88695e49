import { cp, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { impatient } from '../../world/impatient.ts';
import { lookOutside } from '../../world/outside.ts';
import { until } from '../../world/until.ts';
import { conditionOf, type World } from '../../world/world.ts';
import type { Case } from '../cases.ts';
import { atRest, begin, expectCounts, expectPeace, finding, settled, wholeStory } from '../expect.ts';
import { acceptRecord, goOn } from '../story.ts';

const root = fileURLToPath(new URL('../../../', import.meta.url));

/** A copy of the controller in which one text is another: the next version. */
async function nextVersion(file: string, from: string, to: string): Promise<{ main: string; remove(): Promise<void> }> {
  const folder = await mkdtemp(join(tmpdir(), 'allclear-next-'));
  for (const part of ['controller', 'crds', 'package.json'])
    await cp(join(root, part), join(folder, part), { recursive: true });
  await symlink(join(root, 'node_modules'), join(folder, 'node_modules'));
  const text = await readFile(join(folder, file), 'utf8');
  if (text.split(from).length !== 2) throw new Error(`${file} does not hold ${from} once`);
  await writeFile(join(folder, file), text.replace(from, to));
  return { main: join(folder, 'controller/main.ts'), remove: () => rm(folder, { recursive: true, force: true }) };
}

const edits = (world: World, channel: string, ts: string | undefined): number =>
  world.slack.calls('chat.update').filter(({ args }) => args['channel'] === channel && args['ts'] === ts).length;

/** The next version words the live status otherwise. */
const otherRenderer: Case = {
  name: 'upgrade: the live status is worded otherwise',
  perturbation: 'P16',
  async play(world, keeper) {
    const found = finding();
    // Another incident that is closed, its record accepted.
    const closed = await begin(world, found);
    await goOn(world);
    await settled(world);
    await acceptRecord(world);
    await world.declare({ title: 'Slow search' }, 'search');
    await world.sees('the open one', (i) => conditionOf(i, 'Ready')?.reason === 'Converged', 'search');
    await atRest(world);
    const open = (await world.incident('search')).status?.channel?.id ?? '';
    const live = (await world.slack.messages(open))[0]?.ts;
    const next = await nextVersion(
      'controller/incident/render/facts.ts',
      "['Commander', [commander",
      "['Led by', [commander",
    );
    try {
      const [closedChannel] = closed.channels;
      const closedLive = closed.posts[0]?.ts;
      const before = [edits(world, open, live), edits(world, closedChannel?.id ?? '', closedLive)] as const;
      keeper.stop();
      await world.controller.stop();
      await world.succeed(impatient, next.main);
      await until('the new words', async () =>
        JSON.stringify((await world.slack.messages(open))[0]?.blocks).includes('Led by'),
      );
      await world.sees('the open one', (i) => conditionOf(i, 'Ready')?.reason === 'Converged', 'search');
      await expectPeace(world, found);
      found.check('I2', edits(world, open, live) - before[0] === 1, 'the open one’s live status was not edited once');
      const late = edits(world, closedChannel?.id ?? '', closedLive) - before[1];
      found.check('I3', late === 0, `a closed incident’s live status was edited ${late} times`);
      return found.all;
    } finally {
      await next.remove();
    }
  },
};

/** A newer version has recorded what this one does not know; then this one runs again. */
const downgrade: Case = {
  name: 'upgrade: an older version after a newer one',
  perturbation: 'P16',
  async play(world, keeper) {
    const found = finding();
    await begin(world, found);
    await atRest(world);
    keeper.stop();
    await world.controller.stop();
    const at = '2026-01-01T00:00:00Z';
    const unknown = {
      'huddle/slack': {
        kind: 'huddle',
        integration: 'slack',
        state: 'Done',
        attempt: 3,
        ref: { call: 'R1' },
        since: at,
        at,
      },
      'sms/leads': {
        kind: 'sms',
        integration: 'twilio',
        state: 'Pending',
        attempt: 1,
        session: 'newer',
        since: at,
        at,
      },
      'page/bare': { kind: 'page', state: 'Failed', attempt: 2, reason: 'QuotaUsedUp', message: 'No.', since: at, at },
    };
    const condition = { type: 'HuddleOpen', status: 'True', reason: 'Open', message: 'Newer.', lastTransitionTime: at };
    const conditions = [...((await world.incident()).status?.conditions ?? []), condition];
    const body = JSON.stringify({ status: { effects: unknown, conditions } });
    const { namespace, kubectl } = world;
    await kubectl('patch', 'incident', 'login', '-n', namespace, '--subresource=status', '--type=merge', '-p', body);
    await world.succeed(impatient);
    await goOn(world);
    await until('the end of the story', async () => (await lookOutside(world)).pulls.length === 1);
    await acceptRecord(world);
    // A line for the call that was refused.
    await expectCounts(world, { ...wholeStory, receipts: wholeStory.receipts + 1 }, found);
    const { status } = await world.incident();
    for (const [key, entry] of Object.entries(unknown)) {
      const now = JSON.stringify(sorted(status?.effects?.[key] ?? {}));
      found.check('I7', now === JSON.stringify(sorted(entry)), `${key} is now ${now}`);
    }
    found.check(
      'I7',
      conditionOf({ status }, 'HuddleOpen')?.message === 'Newer.',
      'a condition of the newer version is gone',
    );
    await expectPeace(world, found);
    // It can be deleted all the same.
    await kubectl('delete', 'incident', 'login', '-n', namespace, '--wait=false');
    await until('the end of the object', async () => (await world.objects.list('Incident')).length === 0, 20_000).catch(
      () => found.check('I5', false, 'what is not known keeps the object from being deleted'),
    );
    return found.all;
  },
};

const sorted = (value: object): object =>
  Object.fromEntries(Object.entries(value).toSorted(([a], [b]) => (a < b ? -1 : 1)));

export const upgradeCases: readonly Case[] = [otherRenderer, downgrade];
