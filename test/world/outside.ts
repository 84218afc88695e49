import type { CommentTruth, IssueTruth, PullTruth } from '../emulators/github.ts';
import type { BareRepository, Commit } from '../emulators/git-repository.ts';
import { git } from '../emulators/git-run.ts';
import type { SlackBookmark, SlackChannel, SlackMessage } from '../emulators/slack/workspace.ts';
import type { World } from './world.ts';

/** Everything that stands outside, read at the emulators and in the bare repository, never from status. */
export interface Outside {
  /** All that the bot made, archived ones too. */
  readonly channels: readonly SlackChannel[];
  /** Of the first channel: what the bot posted there, replies apart. */
  readonly posts: readonly SlackMessage[];
  /** Replies to the first post. */
  readonly thread: readonly SlackMessage[];
  readonly pins: readonly string[];
  readonly bookmarks: readonly SlackBookmark[];
  readonly members: readonly string[];
  /** Slack's own lines about the channel's purpose. */
  readonly purposeLines: number;
  /** What the bot posted in #stakeholders. */
  readonly notices: readonly SlackMessage[];
  readonly issues: readonly IssueTruth[];
  readonly comments: readonly CommentTruth[];
  readonly pulls: readonly PullTruth[];
  /** Of the record's branch, or none. */
  readonly commits: readonly (Commit & { readonly tree: string })[];
}

export async function lookOutside({ slack, github }: Pick<World, 'slack' | 'github'>): Promise<Outside> {
  const ours = (message: SlackMessage): boolean => message.user === slack.bot.userId;
  const channels = (await slack.channels()).filter(({ creator }) => creator === slack.bot.userId);
  const first = channels.toSorted((a, b) => a.name.localeCompare(b.name))[0]?.id;
  const posts = first === undefined ? [] : (await slack.messages(first)).filter(ours);
  const root = posts[0]?.ts;
  const issues = (await github.issues()).filter(({ body }) => body.includes('/ticket/'));
  const issue = issues[0]?.number;
  const branch = [...(await github.repository.branches()).keys()].find((name) => name.startsWith('postmortem/'));
  return {
    channels,
    posts,
    thread: first === undefined || root === undefined ? [] : await slack.thread(first, root),
    pins: first === undefined ? [] : await slack.pins(first),
    bookmarks: first === undefined ? [] : await slack.bookmarks(first),
    members: first === undefined ? [] : await slack.members(first),
    purposeLines:
      first === undefined
        ? 0
        : (await slack.lines(first)).filter(({ subtype }) => subtype === 'channel_purpose').length,
    notices: (await slack.messages('#stakeholders')).filter(ours),
    issues,
    comments: issue === undefined ? [] : await github.comments(issue),
    pulls: await github.pulls(),
    commits: branch === undefined ? [] : await commitsOf(github.repository, branch),
  };
}

/** With what each of them holds, as git's hash of it. */
export async function commitsOf(repository: BareRepository, branch: string): Promise<Outside['commits']> {
  const commits = await repository.log(`main..${branch}`);
  return Promise.all(
    commits.map(async (commit) => ({
      ...commit,
      tree: await git(repository.path, ['rev-parse', `${commit.sha}^{tree}`]),
    })),
  );
}

/** The key that a message of ours carries in its metadata. */
export const keyOf = (message: SlackMessage): string => message.metadata?.event_payload['key'] ?? 'no key';

/** Whatever stands there more than once, in words: empty when there is one of each. */
export function doubled(outside: Outside): string[] {
  const { channels, posts, thread, pins, bookmarks, notices, issues, comments, pulls, commits } = outside;
  const lists: Record<string, readonly string[]> = {
    channel: channels.map(() => 'of the incident'),
    'live status': posts.map(keyOf),
    receipt: thread.map(keyOf),
    pin: pins,
    bookmark: bookmarks.map(({ link }) => link),
    notice: notices.map(keyOf),
    issue: issues.map(() => 'of the incident'),
    comment: comments.map(({ body }) => markerOf(body)),
    'pull request': pulls.map(({ head }) => head),
    // The record and its draft are made again when they change; a commit that changes nothing is one too many.
    commit: commits.map(({ tree }) => tree),
  };
  return Object.entries(lists).flatMap(([what, all]) =>
    all.filter((one, i) => all.indexOf(one) !== i).map((one) => `a second ${what}: ${one}`),
  );
}

const markerOf = (body: string): string => /<!-- allclear (\S+)/.exec(body)?.[1] ?? 'no marker';
