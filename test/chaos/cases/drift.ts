import type { Incident } from '../../../controller/api/incident.gen.ts';
import type { ReasonName } from '../../../controller/runtime/reasons.ts';
import { git } from '../../emulators/git-run.ts';
import { impatient } from '../../world/impatient.ts';
import { eventsOf } from '../../world/objects.ts';
import { lookOutside, type Outside } from '../../world/outside.ts';
import { until } from '../../world/until.ts';
import { conditionOf, type World } from '../../world/world.ts';
import type { Case } from '../cases.ts';
import {
  atRest,
  begin,
  expectCounts,
  expectPeace,
  finding,
  settled,
  wholeStory,
  type Counts,
  type Finding,
} from '../expect.ts';
import { acceptRecord, goOn } from '../story.ts';

/** Something that people do outside while an incident is open, and what should come of it. docs/drift.md is the same for users. */
interface OutsideAct {
  readonly name: string;
  /** Laid over the usual policy. */
  readonly policy?: object;
  act(world: World, before: Outside): Promise<unknown>;
  /** The condition that says so: type, status and reason; and the Event, once. Absent: it is made right in silence. */
  readonly says?: readonly [string, 'True' | 'False', ReasonName];
  /** Of the Event; as in the condition if absent, none if false. */
  readonly event?: ReasonName | false;
  /** The incident when it has been answered. */
  answered?(incident: Incident, before: Incident): boolean;
  /** What must hold while it is so. */
  meanwhile?(world: World, found: Finding, before: Outside): Promise<void>;
  /** People mend it, and the story goes on as ever. */
  mend?(world: World, before: Outside): Promise<unknown>;
  /** What stands there at the end, where it is not the whole story. */
  readonly left?: Partial<Counts>;
  /** What else must hold at the end. */
  finally?(world: World, found: Finding, outside: Outside, before: Outside): Promise<void> | void;
}

const env = { ALLCLEAR_DRIFT_INTERVAL_SECONDS: '0.5' };

const channelOf = ({ channels: [channel] }: Outside): string => channel?.id ?? '';
const issueOf = ({ issues: [issue] }: Outside): number => issue?.number ?? 0;
const must = async (answer: Promise<Record<string, unknown>>): Promise<void> => {
  const body = await answer;
  if (body['ok'] !== true) throw new Error(`Slack refused what a person did: ${String(body['error'])}`);
};
const unheld = (world: World): Promise<unknown> =>
  world.sees('the channel in use again', (i) => conditionOf(i, 'ChannelReady')?.reason === 'Done');
/** Something of the live status and the issue is to be edited. */
const describe = (world: World): Promise<unknown> => world.edit({ description: 'Logins fail since the release.' });

const inChannel: readonly OutsideAct[] = [
  {
    name: 'the channel is renamed',
    act: ({ slack }, before) =>
      must(slack.call('bot', 'conversations.rename', { channel: channelOf(before), name: 'login-trouble' })),
    says: ['ChannelReady', 'True', 'ChangedOutside'],
    async finally(world, { check }, { channels }) {
      check('I10', channels[0]?.name === 'login-trouble', `the channel is called ${channels[0]?.name}`);
      const { status } = await world.incident();
      check('I10', status?.channel?.name === 'login-trouble', `status calls the channel ${status?.channel?.name}`);
    },
  },
  {
    name: 'the channel is archived, and taken out again',
    act: ({ slack }, before) => must(slack.call('ana', 'conversations.archive', { channel: channelOf(before) })),
    says: ['ChannelReady', 'False', 'ChannelArchived'],
    async meanwhile(world, { check }, before) {
      const calls = (): number => world.slack.calls('chat.update').length;
      const sent = calls();
      await describe(world);
      await world.sees('the word', (i) => conditionOf(i, 'LiveStatusPosted')?.reason === 'ChannelArchived');
      await until('the issue', async () => (await lookOutside(world)).issues[0]?.body.includes('since the release'));
      check('I8', calls() === sent, 'edits were sent to an archived channel');
      check('I10', (await lookOutside(world)).channels[0]?.archived === true, 'the channel was taken out');
      check('I3', (await lookOutside(world)).posts[0]?.text === before.posts[0]?.text, 'an archived message changed');
    },
    async mend(world, before) {
      await must(world.slack.call('ana', 'conversations.unarchive', { channel: channelOf(before) }));
      await unheld(world);
      await until('the live status', async () =>
        JSON.stringify((await lookOutside(world)).posts[0]?.blocks).includes('since the release'),
      );
    },
  },
  {
    name: 'the channel is archived for good',
    act: ({ slack }, before) => must(slack.call('ana', 'conversations.archive', { channel: channelOf(before) })),
    says: ['ChannelReady', 'False', 'ChannelArchived'],
    left: { receipts: 2 },
    finally(_, { check }, { channels, posts }) {
      check('I10', channels[0]?.archived === true, 'the channel was taken out');
      check('I3', posts[0]?.text.includes('Investigating') === true, 'an archived message changed');
    },
  },
  {
    name: 'the channel is deleted',
    act: ({ slack }, before) => slack.removeChannel(channelOf(before)),
    says: ['ChannelReady', 'False', 'Gone'],
    left: { channels: 0, posts: 0, pins: 0, bookmarks: 0, receipts: 0 },
  },
  {
    name: 'the channel is deleted, and the policy says Recreate',
    policy: { drift: { channel: 'Recreate' } },
    act: ({ slack }, before) => slack.removeChannel(channelOf(before)),
    event: false,
    answered: ({ status }) => status?.effects?.['channel']?.attempt === 2 && status.effects['receipts']?.attempt === 2,
    finally(_, { check }, outside, before) {
      check('I10', channelOf(outside) !== channelOf(before), 'the deleted channel is still in use');
      check('I3', outside.members.length > 1, 'nobody was invited to the new channel');
    },
  },
  {
    name: 'the bot is removed from the channel, and invited again',
    act: ({ slack }, before) =>
      must(slack.call('ana', 'conversations.kick', { channel: channelOf(before), user: slack.bot.userId })),
    says: ['ChannelReady', 'False', 'NotInChannel'],
    async meanwhile(world, { check }) {
      await describe(world);
      const { status } = await world.sees(
        'the word',
        (i) => conditionOf(i, 'LiveStatusPosted')?.reason === 'NotInChannel',
      );
      check(
        'I10',
        conditionOf({ status }, 'ChannelReady')?.message.includes('/invite @') === true,
        'no word on what to do',
      );
    },
    async mend(world, before) {
      const { slack } = world;
      const channel = channelOf(before);
      await must(slack.call('ana', 'conversations.invite', { channel, users: [slack.bot.userId] }));
      await unheld(world);
    },
  },
  {
    name: 'the live status is deleted',
    act: ({ slack }, before) =>
      must(slack.call('bot', 'chat.delete', { channel: channelOf(before), ts: before.posts[0]?.ts })),
    answered: ({ status }) => status?.effects?.['live-status']?.attempt === 2 && status.effects['pin']?.attempt === 2,
    finally(_, { check }, { pins, posts }, before) {
      check('I3', pins[0] === posts[0]?.ts, 'the pin is not of the live status');
      check('I3', posts[0]?.ts !== before.posts[0]?.ts, 'the live status was not deleted');
    },
  },
  {
    name: 'the live status is deleted, and the policy says Leave',
    policy: { drift: { liveStatus: 'Leave' } },
    act: ({ slack }, before) =>
      must(slack.call('bot', 'chat.delete', { channel: channelOf(before), ts: before.posts[0]?.ts })),
    says: ['LiveStatusPosted', 'False', 'Gone'],
    left: { posts: 0, pins: 0, receipts: 0 },
  },
  {
    name: 'the live status is overwritten',
    async act({ slack }, before) {
      const { ts, metadata } = before.posts[0] ?? {};
      const stale = { ...metadata, event_payload: { ...metadata?.event_payload, rev: 'older' } };
      const args = { channel: channelOf(before), ts, text: 'An older edit.', blocks: [], metadata: stale };
      await must(slack.call('bot', 'chat.update', args));
      await until(
        'the right text',
        async () => (await slack.messages(channelOf(before)))[0]?.text !== 'An older edit.',
        15_000,
      );
    },
    answered: () => true,
  },
  {
    name: 'the live status is unpinned',
    act: ({ slack }, before) =>
      must(slack.call('ana', 'pins.remove', { channel: channelOf(before), timestamp: before.pins[0] })),
    says: ['LiveStatusPosted', 'True', 'ChangedOutside'],
    left: { pins: 0 },
  },
];

const atTickets: readonly OutsideAct[] = [
  {
    name: 'the issue is closed',
    act: ({ github }, before) => github.as('PATCH', `/issues/${issueOf(before)}`, { state: 'closed' }),
    says: ['TicketsFiled', 'True', 'ChangedOutside'],
    async meanwhile(world, { check }) {
      await describe(world);
      await until('its text', async () => (await lookOutside(world)).issues[0]?.body.includes('since the release'));
      check('I10', (await lookOutside(world)).issues[0]?.state === 'closed', 'the issue was opened again');
      check('I10', (await world.incident()).spec.state === 'Investigating', 'the incident was closed');
    },
    finally: (_, { check }, { issues }) =>
      check('I3', issues[0]?.stateReason === 'completed', `the issue was closed as ${issues[0]?.stateReason}`),
  },
  {
    name: 'the issue is deleted',
    act: ({ github }, before) => Promise.resolve(github.removeIssue(issueOf(before))),
    says: ['TicketsFiled', 'False', 'Gone'],
    // A line of the thread says so.
    left: { issues: 0, comments: 0, receipts: 6 + 1 },
  },
  {
    name: 'the issue is deleted, and the policy says Recreate',
    policy: { drift: { ticket: 'Recreate' } },
    act: ({ github }, before) => Promise.resolve(github.removeIssue(issueOf(before))),
    event: false,
    answered: ({ status }) => status?.effects?.['ticket/github']?.attempt === 2,
    finally: (_, { check }, outside, before) =>
      check('I10', issueOf(outside) !== issueOf(before), 'the deleted issue is still in use'),
  },
  {
    name: 'people comment, label and write below',
    async act({ github }, before) {
      const number = issueOf(before);
      await github.as('POST', `/issues/${number}/comments`, { body: 'A customer called.' });
      await github.as('POST', `/issues/${number}/labels`, { labels: ['customer'] });
      await github.as('PATCH', `/issues/${number}`, { body: `${before.issues[0]?.body}\n\nTried a restart.` });
    },
    answered: () => true,
    left: { comments: 3 },
    finally(_, { check }, { issues: [issue], comments }) {
      check(
        'I10',
        comments.some(({ body }) => body === 'A customer called.'),
        'a person’s comment is gone',
      );
      check('I10', issue?.labels.includes('customer') === true, 'a person’s label is gone');
      check('I10', issue?.body.endsWith('Tried a restart.') === true, 'a person’s words are gone');
    },
  },
];

/** An edit that is refused has a line of its own, which says in the end that it was made after all. */
const refusedEdit = { receipts: wholeStory.receipts + 1 };

const tokens: readonly OutsideAct[] = [
  {
    name: 'Slack’s token is revoked, and given back',
    async act(world) {
      world.slack.refuseToken = 'token_revoked';
      await describe(world);
    },
    says: ['LiveStatusPosted', 'False', 'IntegrationNotReady'],
    event: 'InvalidToken',
    left: refusedEdit,
    meanwhile: (world, { check }) => isNotReady(world, 'slack', check),
    async mend(world) {
      world.slack.refuseToken = undefined;
      await world.sees('Converged', (i) => conditionOf(i, 'Ready')?.reason === 'Converged');
    },
  },
  {
    name: 'GitHub’s token is revoked, and given back',
    async act(world) {
      world.github.revokeToken();
      await describe(world);
    },
    says: ['TicketsFiled', 'False', 'IntegrationNotReady'],
    event: 'InvalidToken',
    left: refusedEdit,
    meanwhile: (world, { check }) => isNotReady(world, 'github', check),
    async mend(world) {
      world.github.restoreToken();
      await world.sees('Converged', (i) => conditionOf(i, 'Ready')?.reason === 'Converged');
    },
  },
];

async function isNotReady(world: World, name: string, check: Finding['check']): Promise<void> {
  const { status } = await world.objects.get('Integration', name);
  const ready = conditionOf({ status }, 'Ready');
  check('I3', ready?.reason === 'InvalidToken', `Integration ${name} is ${ready?.status}, ${ready?.reason}`);
}

function caseOf(one: OutsideAct): Case {
  return {
    name: `outside: ${one.name}`,
    perturbation: 'P12',
    env,
    world: one.policy ? { policy: one.policy } : {},
    play: (world) => play(world, one, (act) => act()),
  };
}

/** Nobody looks when it happens: the next process finds it. */
function whileDown(one: OutsideAct): Case {
  return {
    ...caseOf(one),
    name: `outside: ${one.name} while no controller runs`,
    play: (world, keeper) =>
      play(world, one, async (act) => {
        keeper.stop();
        await world.controller.stop();
        await act();
        await world.succeed({ ...impatient, ...env });
      }),
  };
}

async function play(
  world: World,
  one: OutsideAct,
  during: (act: () => Promise<unknown>) => Promise<unknown>,
): Promise<Finding['all']> {
  const found = finding();
  const outside = await begin(world, found);
  const before = await world.incident();
  await during(() => one.act(world, outside));
  await world.sees(
    `an answer to: ${one.name}`,
    (incident) => (one.answered ? one.answered(incident, before) : said(one, incident)),
    undefined,
    45_000,
  );
  await one.meanwhile?.(world, found, outside);
  await expectPeace(world, found);
  await one.mend?.(world, outside);
  await goOn(world);
  await settled(world);
  await acceptRecord(world);
  const after = await expectCounts(world, { ...wholeStory, ...one.left }, found);
  await one.finally?.(world, found, after, outside);
  await expectPeace(world, found);
  const event = one.event ?? one.says?.[2];
  if (event) {
    const notes = await eventsOf(world, event);
    // Of a token that is refused as many effects tell as were under way, each once.
    const isOnce =
      event === 'InvalidToken' ? notes.length > 0 && new Set(notes).size === notes.length : notes.length === 1;
    found.check('I10', isOnce, `${notes.length} Events ${event}: ${notes.join(' | ')}`);
  }
  if (event === undefined || event === false) {
    const notes = [...(await eventsOf(world, 'Gone')), ...(await eventsOf(world, 'ChangedOutside'))];
    found.check('I10', notes.length === 0, `made right, and yet there are Events: ${notes.join(' | ')}`);
  }
  return found.all;
}

function said({ says }: OutsideAct, incident: Incident): boolean {
  if (!says) return true;
  const [type, status, reason] = says;
  const condition = conditionOf(incident, type);
  return condition?.status === status && condition.reason === reason;
}

/** The record's pull request is closed without a merge; once it is open again it goes on. */
const closedUnmerged: Case = {
  name: 'outside: the pull request is closed unmerged, and reopened',
  perturbation: 'P12',
  play: (world) =>
    rejected(
      world,
      (pull) => world.github.closePull(pull),
      (pull) => world.github.as('PATCH', `/pulls/${pull}`, { state: 'open' }),
    ),
};

/** As GitHub does: with its branch a pull request is closed; who restores the branch can open it again. */
const branchDeleted: Case = {
  name: 'outside: the record’s branch is deleted, and restored',
  perturbation: 'P12',
  async play(world) {
    const branch = 'postmortem/inc-00001';
    const { repository } = world.github;
    let tip = '';
    return rejected(
      world,
      async (pull) => {
        tip = (await repository.resolve(`refs/heads/${branch}`)) || '';
        await repository.deleteBranch(branch);
        await world.github.closePull(pull);
      },
      async (pull) => {
        await git(repository.path, ['update-ref', `refs/heads/${branch}`, tip]);
        await world.github.as('PATCH', `/pulls/${pull}`, { state: 'open' });
      },
    );
  },
};

async function rejected(
  world: World,
  act: (pull: number) => Promise<unknown>,
  mend: (pull: number) => Promise<unknown>,
): Promise<Finding['all']> {
  const found = finding();
  await begin(world, found);
  await goOn(world);
  await settled(world);
  await atRest(world);
  const pull = (await world.github.pulls())[0]?.number ?? 0;
  await act(pull);
  await world.sees('the word', (i) => conditionOf(i, 'RecordAccepted')?.reason === 'ClosedUnmerged');
  await expectPeace(world, found);
  const branches = await world.github.repository.branches();
  await mend(pull);
  await world.sees('the review', (i) => conditionOf(i, 'RecordAccepted')?.reason === 'AwaitingReview');
  await acceptRecord(world);
  await expectCounts(world, wholeStory, found);
  await expectPeace(world, found);
  const notes = await eventsOf(world, 'ChangedOutside');
  found.check('I10', notes.length === 1, `${notes.length} Events: ${notes.join(' | ')}`);
  found.check('I4', branches.has('main'), 'the base branch is gone');
  return found.all;
}

export const driftCases: readonly Case[] = [
  ...[...inChannel, ...atTickets, ...tokens].map(caseOf),
  ...inChannel.filter(({ name }) => /renamed|is deleted$|unpinned/.test(name)).map(whileDown),
  closedUnmerged,
  branchDeleted,
];
