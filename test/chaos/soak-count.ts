import type { Incident } from '../../controller/api/incident.gen.ts';
import type { IncidentUpdate } from '../../controller/api/incident-update.gen.ts';
import type { SlackChannel } from '../emulators/slack/workspace.ts';
import { commitsOf, keyOf } from '../world/outside.ts';
import { conditionOf, isReady, type World } from '../world/world.ts';
import { judgeRest, judgeSecrets, type Invariant, type Violation } from './verdict.ts';

/** How many incidents are not as they should be yet, by what the cluster says. */
export async function unfinished(world: World): Promise<number> {
  const [incidents, updates] = await Promise.all([
    world.objects.list('Incident'),
    world.objects.list('IncidentUpdate'),
  ]);
  const open = new Set(updates.filter((update) => !done(update)).map(({ spec }) => spec.incidentRef.name));
  for (const incident of incidents) if (!done(incident) || !isReady(incident)) open.add(incident.metadata.name);
  return open.size;
}

const done = (object: Incident | IncidentUpdate): boolean =>
  conditionOf(object, 'Ready')?.reason === 'Converged' &&
  Object.values(object.status?.effects ?? {}).every(({ state }) => state === 'Done');

type Count = (what: string, are: number, should: number) => void;

/** Counts at the emulators and in Git what many incidents have left, and compares it with what they should have. */
export async function countAll(world: World): Promise<Violation[]> {
  const found: Violation[] = [];
  const check = (invariant: Invariant, holds: boolean, message: string): void => {
    if (!holds) found.push({ invariant, message });
  };
  const count: Count = (what, are, should) =>
    check(are > should ? 'I2' : 'I3', are === should, `${are} of ${what}, and there should be ${should}`);
  const { slack, github, objects } = world;
  const incidents = await objects.list('Incident');
  const updates = await objects.list('IncidentUpdate');

  count('different numbers', new Set(incidents.map(({ status }) => status?.number)).size, incidents.length);
  count('highest number', Math.max(...incidents.map(({ status }) => status?.number ?? 0)), incidents.length);
  const channels = (await slack.channels()).filter(({ creator }) => creator === slack.bot.userId);
  count('channels', channels.length, incidents.length);

  const notices = tally((await slack.messages('#stakeholders')).map(keyOf));
  const expected = new Set(updates.map((update) => noticeKey(incidents, update)));
  for (const [key, n] of notices) count(`notice ${key}`, n, expected.has(key) ? 1 : 0);
  for (const key of expected) count(`notice ${key}`, notices.get(key) ?? 0, 1);

  const issues = await github.issues();
  const pulls = await github.pulls();
  for (const incident of incidents) {
    const { uid, name } = incident.metadata;
    const of = updates.filter(({ spec }) => spec.incidentRef.name === name);
    const ours = channels.filter(({ purpose }) => purpose.includes(`allclear/${uid}`));
    count(`channels of ${name}`, ours.length, 1);
    if (ours[0]) await countChannel(world, incident, of, ours[0], count, check);
    const filed = issues.filter(({ body }) => body.includes(`/${uid}/ticket/`));
    count(`issues of ${name}`, filed.length, 1);
    const resolved = incident.spec.state === 'Resolved';
    check('I3', filed[0]?.state === (resolved ? 'closed' : 'open'), `the issue of ${name} is ${filed[0]?.state}`);
    const comments = filed[0] ? await github.comments(filed[0].number) : [];
    count(`comments of ${name}`, comments.length, of.filter(({ spec }) => spec.type === 'Severity').length);
    count(
      `pull requests of ${name}`,
      pulls.filter(({ body }) => body.includes(`/${uid}/review`)).length,
      Number(resolved),
    );
    const { applied } = incident.status ?? {};
    const same = applied?.severity === incident.spec.severity && applied.state === incident.spec.state;
    check('I1', same, `what was applied of ${name} is not what was asked for`);
  }
  await countCommits(world, incidents, count);
  for (const name of ['#general', '#random'])
    check('I4', (await slack.messages(name)).length === 0, `something was posted in ${name}`);
  judgeSecrets(world, check);
  await judgeRest(world, check);
  return found;
}

async function countChannel(
  { slack }: World,
  { metadata: { uid, name }, spec, status }: Incident,
  updates: readonly IncidentUpdate[],
  channel: SlackChannel,
  count: Count,
  check: (invariant: Invariant, holds: boolean, message: string) => void,
): Promise<void> {
  const posts = (await slack.messages(channel.id)).filter(({ user }) => user === slack.bot.userId);
  count(`posts in the channel of ${name}`, posts.length, 1);
  const [live] = posts;
  const shown = live?.text.includes(spec.severity) === true && live.text.includes(spec.state);
  check('I1', shown && keyOf(live) === `${uid}/live-status`, `the live status of ${name} says ${live?.text}`);
  const thread = live ? (await slack.thread(channel.id, live.ts)).map(keyOf) : [];
  for (const [key, n] of tally(thread)) count(`receipt ${key} of ${name}`, n, 1);
  const usual = thread.filter((key) => !key.includes('/failed/'));
  count(`receipts of ${name}`, usual.length, 1 + updates.length + Number(spec.state === 'Resolved'));
  const bookmarks = (await slack.bookmarks(channel.id)).map(({ link }) => link);
  count(`bookmarks of ${name}`, bookmarks.length, 3);
  count(`different bookmarks of ${name}`, new Set(bookmarks).size, 3);
  count(`pins of ${name}`, (await slack.pins(channel.id)).length, 1);
  const id = `inc-${String(status?.number).padStart(5, '0')}`;
  check('I3', channel.name === id && !channel.archived, `the channel of ${name} is ${channel.name}, not ${id}`);
}

/** One branch for each that is resolved; on it one draft and no record twice: what landed after its 30 s is a new one. */
async function countCommits({ github }: World, incidents: readonly Incident[], count: Count): Promise<void> {
  const branches = [...(await github.repository.branches()).keys()].filter((name) => name.startsWith('postmortem/'));
  count('branches', branches.length, incidents.filter(({ spec }) => spec.state === 'Resolved').length);
  for (const branch of branches) {
    const commits = await commitsOf(github.repository, branch);
    const drafts = commits.filter(({ message }) => message.includes('draft'));
    count(`drafts on ${branch}`, drafts.length, 1);
    for (const [tree, n] of tally(commits.map((one) => one.tree))) count(`record ${tree} on ${branch}`, n, 1);
  }
}

/** The key that an update's notice carries: of the incident's first uid. */
function noticeKey(incidents: readonly Incident[], { metadata, spec }: IncidentUpdate): string {
  const uid = incidents.find(({ metadata: { name } }) => name === spec.incidentRef.name)?.metadata.uid;
  return `${uid}/${metadata.name}/notice/slack/stakeholders`;
}

function tally(all: readonly string[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const one of all) counts.set(one, (counts.get(one) ?? 0) + 1);
  return counts;
}
