import type { Entry } from '../../controller/runtime/effect.ts';
import { apiWrites, gitHubWrites, slackWrites } from '../world/count.ts';
import { doubled, keyOf, lookOutside, type Outside } from '../world/outside.ts';
import { until } from '../world/until.ts';
import { conditionOf, type World } from '../world/world.ts';

/** The invariants of docs/guarantees.md that a case can break. */
export const invariants = ['I1', 'I2', 'I3', 'I4', 'I5', 'I6', 'I7', 'I8', 'I9', 'I10'] as const;
export type Invariant = (typeof invariants)[number];

export interface Violation {
  readonly invariant: Invariant;
  readonly message: string;
}

const calm = 60_000;

/** Counts what stands at the emulators and in Git after the whole story, and compares it with what the story should have left. */
export async function judge(world: World, { merged = true } = {}): Promise<Violation[]> {
  const found: Violation[] = [];
  const check = (invariant: Invariant, holds: boolean, message: string): void => {
    if (!holds) found.push({ invariant, message });
  };
  try {
    await converged(world);
  } catch (error) {
    check('I3', false, String(error).slice(0, 2_000));
  }
  const outside = await lookOutside(world);
  for (const twice of doubled(outside)) check('I2', false, twice);
  await judgeInputs(world, outside, check);
  judgeOutside(outside, merged, check);
  await judgeForeign(world, check);
  judgeSecrets(world, check);
  await judgeRest(world, check);
  return found;
}

export type Check = (invariant: Invariant, holds: boolean, message: string) => void;

/** Ready, with nothing open, and every receipt shown. */
async function converged(world: World): Promise<void> {
  await world.sees(
    'everything done',
    (incident) =>
      conditionOf(incident, 'Ready')?.reason === 'Converged' &&
      incident.status?.observedGeneration === incident.metadata.generation &&
      Object.values(incident.status?.effects ?? {}).every(({ state }: Entry) => state === 'Done'),
    undefined,
    calm,
  );
  await until(
    'every update told',
    async () => {
      const all = await world.objects.list('IncidentUpdate');
      return all.every(({ status }) => conditionOf({ status }, 'Ready')?.reason === 'Converged');
    },
    calm,
  );
  await until('the receipts of the last update', async () => (await lookOutside(world)).thread.length === 6, 30_000);
}

async function judgeInputs(world: World, outside: Outside, check: Check): Promise<void> {
  const { spec, status } = await world.incident();
  const updates = await world.objects.list('IncidentUpdate');
  const types = updates
    .map((u) => u.spec.type)
    .toSorted()
    .join(' ');
  check('I1', types === 'Severity State State Status', `the timeline holds ${types}`);
  check(
    'I1',
    status?.applied?.severity === spec.severity && status.applied.state === spec.state,
    'what was applied is not what was asked for',
  );
  check(
    'I1',
    outside.posts[0]?.text.includes('SEV1') === true && outside.posts[0].text.includes('Resolved'),
    `the live status says ${outside.posts[0]?.text}`,
  );
}

function judgeOutside(outside: Outside, merged: boolean, check: Check): void {
  const count = (what: string, are: number, should: number): void =>
    check(are > should ? 'I2' : 'I3', are === should, `${are} of ${what}, and there should be ${should}`);
  count('channels', outside.channels.length, 1);
  count('live statuses', outside.posts.length, 1);
  count('pins', outside.pins.length, 1);
  count('bookmarks', outside.bookmarks.length, 3);
  count('notices', outside.notices.length, 4);
  count('kinds of notices', new Set(outside.notices.map(keyOf)).size, 4);
  count('replies of receipts', outside.thread.length, 6);
  count('issues', outside.issues.length, 1);
  count('comments', outside.comments.length, 2);
  count('pull requests', outside.pulls.length, 1);
  if (!merged) count('commits', outside.commits.length, 2);
  check('I3', outside.channels[0]?.purpose.includes('allclear/') === true, 'the channel’s purpose has no marker');
  check('I3', outside.pins[0] === outside.posts[0]?.ts, 'the pin is not of the live status');
  check('I3', outside.issues[0]?.state === 'closed', 'the issue is open');
  check('I3', outside.pulls[0]?.merged === merged, `the pull request is ${outside.pulls[0]?.state}`);
}

export const foreignCondition = 'ExampleCom';

/** What others made is as they left it. */
async function judgeForeign({ slack, github, objects }: World, check: Check): Promise<void> {
  const issues = await github.issues();
  const foreign = issues.filter(({ body }) => !body.includes('/ticket/'));
  check(
    'I4',
    foreign.every(({ state, title }) => state === 'open' && title === 'Mobile app login errors'),
    'somebody else’s issue was changed',
  );
  for (const name of ['#general', '#random'])
    check('I4', (await slack.messages(name)).length === 0, `something was posted in ${name}`);
  const { status } = await objects.get('Incident', 'login');
  check(
    'I7',
    status?.conditions?.some(({ type }) => type === foreignCondition) === true,
    'a condition of somebody else is gone',
  );
}

export function judgeSecrets(world: World, check: Check): void {
  const { slack, github } = world;
  const text = world.logs();
  for (const secret of [slack.botToken, github.token]) check('I9', !text.includes(secret), 'a token stands in the log');
}

/** For a second nothing is written anywhere: the world is at rest, and no loop is hot. */
export async function judgeRest(world: World, check: Check): Promise<void> {
  const look = async () => ({
    versions: await world.objects.versions(),
    slack: slackWrites(world.slack),
    github: gitHubWrites(world.github),
    api: await apiWrites(world.controller),
  });
  const before = await look();
  await new Promise((resolve) => setTimeout(resolve, 1_200));
  const after = await look();
  for (const part of ['versions', 'slack', 'github', 'api'] as const) {
    const [was, is] = [JSON.stringify(before[part]), JSON.stringify(after[part])];
    check(
      part === 'api' ? 'I8' : 'I3',
      was === is,
      `at rest something is written: ${difference(before[part], after[part])}`,
    );
  }
}

const difference = (before: Readonly<Record<string, unknown>>, after: Readonly<Record<string, unknown>>): string =>
  Object.keys(after)
    .filter((key) => before[key] !== after[key])
    .map((key) => `${key} ${String(before[key])} → ${String(after[key])}`)
    .join(', ');
