import { readFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import type { Incident } from '../../controller/api/incident.gen.ts';
import { apiVersion } from '../../controller/api/names.ts';
import { sharedCluster } from '../cluster/shared.ts';
import { apiWrites, gitHubCalls, slackCalls, total, type Counts } from '../world/count.ts';
import { doubled, keyOf, lookOutside } from '../world/outside.ts';
import { until } from '../world/until.ts';
import { conditionOf, startWorld, type World } from '../world/world.ts';

const example = new URL('../../incidents/example.yaml', import.meta.url);
const name = 'mobile-app-login';

/** What was called so far, in three numbers and by name. */
async function figures({ controller, slack, github }: World): Promise<Record<'api' | 'slack' | 'github', Counts>> {
  return { api: await apiWrites(controller), slack: slackCalls(slack), github: gitHubCalls(github) };
}

const blocksOf = (message: { blocks: readonly unknown[] } | undefined): string => JSON.stringify(message?.blocks);

test('the first incident, whole: declared, raised, told, resolved, recorded, accepted', async () => {
  await using world = await startWorld(sharedCluster());
  const { namespace, slack, github, kubectl, objects } = world;
  const updates = async (type: string) =>
    (await objects.list('IncidentUpdate')).filter(({ spec }) => spec.type === type);
  const before = await figures(world);

  // Declared: `kubectl apply -f incidents/example.yaml`.
  await kubectl.apply(await readFile(example, 'utf8'), '-n', namespace);
  const declared = await world.ready(name);
  expect(declared.status?.id).toBe('INC-00001');
  const uid = declared.metadata.uid;
  // An update has its own reconciler: its notice may follow.
  const started = await until('the notice', async () => {
    const seen = await lookOutside(world);
    return seen.notices.length > 0 && seen;
  });
  expect(started.channels).toMatchObject([{ name: 'inc-00001', archived: false, private: false }]);
  expect(started.channels[0]?.purpose).toBe(`INC-00001 · Mobile app login errors · allclear/${uid}`);
  expect(started.posts).toMatchObject([
    { text: '🟠 INC-00001 · SEV2 (High) · Investigating: Mobile app login errors' },
  ]);
  const live = started.posts[0];
  expect(keyOf(live!)).toBe(`${uid}/live-status`);
  expect(started.pins).toEqual([live?.ts]);
  expect(blocksOf(live)).toContain(`*Commander*\\n<@${slack.people['ana']?.id}>`);
  expect(started.members.toSorted()).toEqual(
    [slack.bot.userId, ...['ana', 'bo', 'chi', 'dan'].map((who) => slack.people[who]?.id ?? '')].toSorted(),
  );
  expect(started.issues).toMatchObject([
    { title: 'INC-00001: Mobile app login errors', state: 'open', labels: ['allclear'], author: 'allclear-bot' },
  ]);
  const channelUrl = `https://${slack.team.name.toLowerCase()}.slack.com/archives/${started.channels[0]?.id}`;
  expect(started.issues[0]?.body).toContain(`[#inc-00001](${channelUrl})`);
  // By the name that Slack has for her.
  expect(started.issues[0]?.body).toMatch(/^- Commander: ana$/m);
  const issueUrl = `${github.apiUrl}/acme/incidents/issues/1`;
  expect(blocksOf(live)).toContain(`<${issueUrl}|GitHub issue #1>`);
  expect(started.bookmarks.map(({ link }) => link).toSorted()).toEqual(
    [issueUrl, 'https://grafana.streamo.example/d/login', 'https://runbooks.example.com/login'].toSorted(),
  );
  await until('receipts', async () => {
    const { thread } = await lookOutside(world);
    const words = thread.map(({ text }) => text).join('\n');
    return [
      '*INC-00001 declared*',
      `<${channelUrl}|Channel #inc-00001> opened`,
      'Live status pinned',
      `<${issueUrl}|GitHub issue #1> filed`,
      `People invited: <@${slack.people['ana']?.id}>, <@${slack.people['bo']?.id}>`,
      'Notice to #stakeholders sent',
    ].every((part) => words.includes(part));
  });
  expect(started.notices).toMatchObject([{ text: '🟠 INC-00001 declared SEV2 (High): Mobile app login errors' }]);
  expect(await updates('State')).toMatchObject([{ spec: { to: 'Investigating', incidentRef: { name, uid } } }]);
  const atReady = await figures(world);

  // Raised: `kubectl patch`, which says who did it.
  const change = { id: 'k-1', source: 'Kubectl', by: 'ana@example.com', reason: 'Every login fails now.' };
  await kubectl(
    'patch',
    'inc',
    name,
    '-n',
    namespace,
    '--type=merge',
    '-p',
    JSON.stringify({ spec: { severity: 'SEV1', change } }),
  );
  const raised = await world.sees('SEV1 is told', ({ status }) => status?.applied?.severity === 'SEV1', name);
  expect(raised.status?.applied?.seq).toBe(2);
  expect(await updates('Severity')).toMatchObject([
    {
      metadata: { name: `${name}-${uid.slice(0, 8)}-t2` },
      spec: { from: 'SEV2', to: 'SEV1', author: 'ana@example.com', text: 'Every login fails now.' },
    },
  ]);
  const up = await until('the severity outside', async () => {
    const seen = await lookOutside(world);
    const told =
      seen.notices[1]?.text === '🔴 INC-00001 raised from SEV2 (High) to SEV1 (Critical): Mobile app login errors';
    return told && seen.comments.length === 1 && seen.issues[0]?.body.includes('Severity: SEV1 (Critical)') && seen;
  });
  await until('the live status', async () => (await lookOutside(world)).posts[0]?.text.includes('SEV1 (Critical)'));
  expect(slack.calls('chat.update').map(({ args }) => args['ts'])).toContain(live?.ts);
  expect(up.posts.map(({ ts }) => ts)).toEqual([live?.ts]);
  expect(up.comments[0]?.body).toContain('Raised from SEV2 (High) to SEV1 (Critical)');
  await world.ready(name);

  // Told: an IncidentUpdate for stakeholders.
  await kubectl.apply({
    apiVersion,
    kind: 'IncidentUpdate',
    metadata: { namespace, name: 'endpoint' },
    spec: {
      incidentRef: { name },
      type: 'Status',
      audience: 'Stakeholders',
      text: 'Seems to be an endpoint issue.',
      author: 'chi@example.com',
    },
  });
  await until('the update outside', async () => {
    const seen = await lookOutside(world);
    return (
      blocksOf(seen.notices[2]).includes('Seems to be an endpoint issue.') &&
      seen.comments[1]?.body.includes('Seems to be an endpoint issue.') &&
      /Last update\*\\nSeems to be an endpoint issue\./.test(blocksOf(seen.posts[0]))
    );
  });
  await world.ready(name);

  // Resolved: refused without a word on how.
  const resolve = (spec: object): Promise<string> =>
    kubectl('patch', 'inc', name, '-n', namespace, '--type=merge', '-p', JSON.stringify({ spec }));
  await expect(resolve({ state: 'Resolved' })).rejects.toThrow(
    /spec\.resolution: Required value.*Set spec\.resolution\.summary/,
  );
  await resolve({ state: 'Resolved', resolution: { summary: 'A release pointed to the wrong endpoint.' } });
  await until('the all clear outside', async () => {
    const seen = await lookOutside(world);
    return (
      blocksOf(seen.posts[0]).includes('All Clear has been declared!') &&
      seen.issues[0]?.state === 'closed' &&
      seen.notices[3]?.text === '✅ INC-00001: All Clear has been declared! Mobile app login errors'
    );
  });

  // Recorded: a branch and a pull request.
  const [pull] = await until('the pull request, with whom it asks', async () => {
    const pulls = await github.pulls();
    return (pulls[0]?.reviewers.length ?? 0) > 0 && pulls;
  });
  expect(pull).toMatchObject({
    state: 'open',
    draft: true,
    head: 'postmortem/inc-00001',
    base: 'main',
    reviewers: ['casey'],
  });
  const year = new Date(declared.metadata.creationTimestamp).getUTCFullYear();
  const folder = `incidents/${year}/INC-00001`;
  expect(await github.repository.files('postmortem/inc-00001', folder)).toEqual(
    ['postmortem.md', 'record.json', 'timeline.md'].map((file) => `${folder}/${file}`),
  );
  await world.ready(name);
  const record: unknown = JSON.parse(
    (await github.repository.read('postmortem/inc-00001', `${folder}/record.json`)) ?? '',
  );
  expect(JSON.stringify(record)).toContain('Every login fails now.');
  const timeline = (await github.repository.read('postmortem/inc-00001', `${folder}/timeline.md`)) ?? '';
  for (const part of ['SEV2', 'SEV1', 'Seems to be an endpoint issue.', 'A release pointed to the wrong endpoint.'])
    expect(timeline).toContain(part);
  expect(await github.repository.read('postmortem/inc-00001', `${folder}/postmortem.md`)).toMatch(
    /^---\n[\s\S]*status: draft/,
  );

  // Accepted: a person merges.
  await github.mergePull(pull!.number, { deleteBranch: true });
  const merged = await world.sees(
    'the merge',
    (incident) =>
      incident.status?.record?.mergedAt !== undefined && conditionOf(incident, 'RecordAccepted')?.status === 'True',
    name,
  );
  expect(await github.repository.files('main', folder)).toHaveLength(3);
  const reopen = {
    state: 'Investigating',
    resolution: null,
    change: { id: 'k-2', source: 'Kubectl', reason: 'It is back.' },
  };
  await expect(resolve(reopen)).rejects.toThrow(/merged.*(declare|new)/is);

  const closed = await settledFor(world, merged);
  expect(doubled(await lookOutside(world))).toEqual([]);
  const atEnd = await figures(world);
  report(before, atReady, atEnd, closed);
});

/** The incident once nothing more is under way. */
const settledFor = (world: World, { metadata }: Incident): Promise<Incident> => world.ready(metadata.name);

function report(before: Figures, ready: Figures, end: Figures, incident: Incident): void {
  const part = (key: keyof Figures, to: Figures): number => total(to[key]) - total(before[key]);
  const status = (to: Figures): number =>
    (to.api['patch incidents/status'] ?? 0) - (before.api['patch incidents/status'] ?? 0);
  console.log(
    `| ${incident.status?.id} | API writes ${part('api', ready)} / ${part('api', end)} | Incident status ${status(ready)} / ${status(end)} |` +
      ` Slack ${part('slack', ready)} / ${part('slack', end)} | GitHub and git ${part('github', ready)} / ${part('github', end)} | (to Ready / to merged)`,
  );
  console.log(JSON.stringify({ ready, end }));
}

type Figures = Awaited<ReturnType<typeof figures>>;
