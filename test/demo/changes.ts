import type { Branch, Channel, Message, Outside } from './look.ts';
import { difference, markdownLines, slackShown } from './text.ts';

/** One line of what changed outside. */
export interface Change {
  readonly where: 'Slack' | 'GitHub' | 'Git';
  readonly what: string;
  readonly text: string;
}

/** What changed between two looks, for people. */
export function changesBetween(before: Outside, after: Outside): Change[] {
  return [...inSlack(before, after), ...inIssues(before, after), ...inPulls(before, after), ...inGit(before, after)];
}

function inSlack(before: Outside, after: Outside): Change[] {
  // An incident's own channel first: it is what people look at.
  const channels = after.channels.toSorted((a, b) => Number(hasLiveStatus(b)) - Number(hasLiveStatus(a)));
  return channels.flatMap((channel) => {
    const old = before.channels.find(({ id }) => id === channel.id);
    return inChannel(old, channel).map((text): Change => ({ where: 'Slack', what: channel.name, text }));
  });
}

const hasLiveStatus = ({ messages }: Channel): boolean => messages.some(({ pinned }) => pinned);

function inChannel(old: Channel | undefined, now: Channel): string[] {
  const joined = now.members.filter((name) => !old?.members.includes(name));
  const bookmarks = now.bookmarks.filter(({ id }) => !old?.bookmarks.some((one) => one.id === id));
  return [
    ...(old === undefined ? ['channel opened'] : []),
    ...(old?.purpose === now.purpose || now.purpose === '' ? [] : [`purpose: ${slackShown(now.purpose)}`]),
    ...(joined.length === 0 ? [] : [`invited: ${joined.join(', ')}`]),
    ...now.messages.flatMap((message) =>
      inMessage(
        old?.messages.find(({ ts }) => ts === message.ts),
        message,
      ),
    ),
    ...bookmarks.map(({ title, link }) => `bookmark: ${title}  ${link}`),
    ...(now.archived && !old?.archived ? ['channel archived'] : []),
  ];
}

function inMessage(old: Message | undefined, now: Message): string[] {
  const edits = old === undefined ? [] : difference(old.lines, now.lines);
  const name = now.pinned ? 'live status' : 'message';
  return [
    ...(old === undefined ? quoted(`${name} posted${now.pinned ? ' and pinned' : ''}:`, now.lines) : []),
    ...(edits.length === 0 ? [] : quoted(`${name} edited in place:`, edits)),
    ...now.replies.flatMap((reply) => {
      const was = old?.replies.find(({ ts }) => ts === reply.ts);
      const news = was === undefined ? reply.lines.slice(1) : difference(was.lines, reply.lines);
      return was !== undefined && news.length === 0 ? [] : quoted(`thread: ${reply.lines[0] ?? ''}`, news);
    }),
  ];
}

const quoted = (title: string, lines: readonly string[]): string[] => [title, ...lines.map((line) => `│ ${line}`)];

function inIssues(before: Outside, after: Outside): Change[] {
  return after.issues.flatMap((issue) => {
    const old = before.issues.find(({ number }) => number === issue.number);
    const comments = issue.comments.filter(({ id }) => !old?.comments.some((one) => one.id === id));
    const edits = old === undefined ? [] : difference(old.lines, issue.lines);
    return [
      ...(old === undefined ? quoted(`opened: ${issue.title}`, issue.lines.slice(0, 3)) : []),
      ...(edits.length === 0 ? [] : quoted('edited:', edits)),
      ...comments.flatMap(({ body }) => quoted('comment:', markdownLines(body))),
      ...(old?.state === 'open' && issue.state === 'closed' ? [`closed as ${issue.stateReason ?? 'done'}`] : []),
      ...(old?.state === 'closed' && issue.state === 'open' ? ['opened again'] : []),
    ].map((text): Change => ({ where: 'GitHub', what: `issue #${issue.number}`, text }));
  });
}

function inPulls(before: Outside, after: Outside): Change[] {
  return after.pulls.flatMap((pull) => {
    const old = before.pulls.find(({ number }) => number === pull.number);
    const edits = old === undefined ? [] : difference(old.lines, pull.lines);
    return [
      ...(old === undefined
        ? [
            `opened${pull.draft ? ' as a draft' : ''}: ${pull.title}`,
            `${pull.head} into ${pull.base}; asked to review: ${pull.reviewers.join(', ') || 'nobody'}`,
          ]
        : []),
      ...(edits.length === 0 ? [] : quoted('edited:', edits)),
      ...(old?.draft && !pull.draft ? ['ready for review'] : []),
      ...(!old?.merged && pull.merged ? [`merged into ${pull.base}`] : []),
      ...(old?.state === 'open' && pull.state === 'closed' && !pull.merged ? ['closed without a merge'] : []),
    ].map((text): Change => ({ where: 'GitHub', what: `pull #${pull.number}`, text }));
  });
}

function inGit(before: Outside, after: Outside): Change[] {
  const known = new Set(before.branches.flatMap(({ commits, files }) => [...commits.map(({ sha }) => sha), ...files]));
  const gone = before.branches.filter(({ name }) => !after.branches.some((one) => one.name === name));
  return [
    ...after.branches.flatMap((branch) =>
      inBranch(
        before.branches.find(({ name }) => name === branch.name),
        branch,
        known,
      ),
    ),
    ...gone.map(({ name }): Change => ({ where: 'Git', what: name, text: 'branch removed' })),
  ];
}

function inBranch(
  old: Branch | undefined,
  now: Branch,
  /** Commits and files that were there before, in any branch. */ known: ReadonlySet<string>,
): Change[] {
  if (old?.commits[0]?.sha === now.commits[0]?.sha) return [];
  const commits = now.commits.filter(({ sha }) => !known.has(sha)).toReversed();
  return [
    `${old === undefined ? 'new branch' : 'branch'} ${now.name}`,
    ...commits.map(
      ({ message, author }) => `commit "${message.split('\n')[0] ?? ''}" by ${author.replace(/ <.*/, '')}`,
    ),
    ...now.files.filter((file) => !known.has(file)).map((file) => `file ${file}`),
  ].map((text): Change => ({ where: 'Git', what: 'incidents', text }));
}
