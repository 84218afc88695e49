import { gitHubWrites, slackWrites } from '../world/count.ts';
import { doubled, lookOutside, type Outside } from '../world/outside.ts';
import { until } from '../world/until.ts';
import { conditionOf, type World } from '../world/world.ts';
import { judgeRest, judgeSecrets, type Check, type Violation } from './verdict.ts';

/** What a case of its own found, as it goes along. */
export interface Finding {
  readonly all: Violation[];
  readonly check: Check;
}

export function finding(): Finding {
  const all: Violation[] = [];
  return { all, check: (invariant, holds, message) => void (holds || all.push({ invariant, message })) };
}

/** How many of each stand outside. */
export type Counts = Readonly<Record<keyof typeof tallies, number>>;

const tallies = {
  channels: (o: Outside) => o.channels.length,
  posts: (o: Outside) => o.posts.length,
  pins: (o: Outside) => o.pins.length,
  bookmarks: (o: Outside) => o.bookmarks.length,
  notices: (o: Outside) => o.notices.length,
  receipts: (o: Outside) => o.thread.length,
  issues: (o: Outside) => o.issues.length,
  comments: (o: Outside) => o.comments.length,
  pulls: (o: Outside) => o.pulls.length,
};

/** What stands there once an incident is declared. */
export const declared: Counts = {
  channels: 1,
  posts: 1,
  pins: 1,
  bookmarks: 3,
  notices: 1,
  receipts: 2,
  issues: 1,
  comments: 0,
  pulls: 0,
};

/** And after the whole story: see verdict.ts. */
export const wholeStory: Counts = { ...declared, notices: 4, receipts: 6, comments: 2, pulls: 1 };

/** Until so much stands there; what differs after ten seconds is a violation. */
export async function expectCounts(world: World, counts: Counts, { check }: Finding): Promise<Outside> {
  let outside = await lookOutside(world);
  const wrong = (): [string, number, number][] =>
    Object.entries(tallies)
      .map(([what, tally]): [string, number, number] => [what, tally(outside), counts[what as keyof Counts]])
      .filter(([, are, should]) => are !== should);
  await until(
    'the counts',
    async () => {
      outside = await lookOutside(world);
      return wrong().length === 0;
    },
    10_000,
  ).catch(() => undefined);
  for (const [what, are, should] of wrong())
    check(are > should ? 'I2' : 'I3', false, `${are} ${what}, and there should be ${should}`);
  for (const twice of doubled(outside)) check('I2', false, twice);
  return outside;
}

/** Nothing of others is touched, no secret is told, and nothing is written any more. */
export async function expectPeace(world: World, { check }: Finding): Promise<void> {
  const issues = await world.github.issues();
  const foreign = issues.filter(({ body }) => !body.includes('/ticket/'));
  check(
    'I4',
    foreign.length === 1 &&
      foreign.every(({ state, title }) => state === 'open' && title === 'Mobile app login errors'),
    'somebody else’s issue was changed',
  );
  for (const name of ['#general', '#random'])
    check('I4', (await world.slack.messages(name)).length === 0, `something was posted in ${name}`);
  judgeSecrets(world, check);
  await atRest(world);
  await judgeRest(world, check);
}

/** Two looks in a row, a second apart, that are the same. */
export async function atRest(world: World): Promise<void> {
  let last = '';
  await until('rest', async () => {
    await new Promise((resolve) => setTimeout(resolve, 1_100));
    const now = JSON.stringify([await world.objects.versions(), slackWrites(world.slack), gitHubWrites(world.github)]);
    const same = now === last;
    last = now;
    return same;
  });
}

/** Declared, and all of it done. */
export async function begin(world: World, found: Finding, name?: string): Promise<Outside> {
  await world.declare({}, name);
  await world.sees('everything done', (i) => conditionOf(i, 'Ready')?.reason === 'Converged', name, 45_000);
  return expectCounts(world, declared, found);
}

/** Nothing of the incident or its updates is under way. */
export async function settled(world: World, name?: string): Promise<void> {
  await world.sees(
    'an end of work',
    (i) =>
      conditionOf(i, 'Ready')?.status === 'True' &&
      i.status?.observedGeneration === i.metadata.generation &&
      Object.values(i.status?.effects ?? {}).every(({ state }) => state !== 'Pending'),
    name,
    60_000,
  );
  await until('every update told', async () => {
    const all = await world.objects.list('IncidentUpdate');
    return all.every(({ status }) => conditionOf({ status }, 'Ready')?.status === 'True');
  });
}
