import type { Incident } from '../../controller/api/incident.gen.ts';
import type { IncidentUpdate } from '../../controller/api/incident-update.gen.ts';
import type { Json } from '../emulators/slack/json.ts';
import type { SlackBookmark, SlackMessage } from '../emulators/slack/workspace.ts';
import type { Commit } from '../emulators/git-repository.ts';
import type { CommentTruth, IssueTruth, PullTruth } from '../emulators/github.ts';
import { markdownLines, slackShown } from './text.ts';
import type { World } from './world.ts';

export interface Message {
  readonly ts: string;
  /** What notifications show. */
  readonly text: string;
  /** What the channel shows. */
  readonly lines: readonly string[];
  readonly pinned: boolean;
  readonly replies: readonly { readonly ts: string; readonly lines: readonly string[] }[];
}

export interface Channel {
  readonly id: string;
  readonly name: string;
  readonly purpose: string;
  readonly archived: boolean;
  readonly members: readonly string[];
  readonly bookmarks: readonly SlackBookmark[];
  readonly messages: readonly Message[];
}

export interface Branch {
  readonly name: string;
  readonly files: readonly string[];
  /** Newest first. */
  readonly commits: readonly Commit[];
}

/** All that is true outside the cluster. */
export interface Outside {
  readonly channels: readonly Channel[];
  readonly issues: readonly (IssueTruth & {
    readonly lines: readonly string[];
    readonly comments: readonly CommentTruth[];
  })[];
  readonly pulls: readonly (PullTruth & { readonly lines: readonly string[] })[];
  readonly branches: readonly Branch[];
}

/** Reads the emulators past their faults and counters. */
export async function lookOutside({ slack, github }: Pick<World, 'slack' | 'github'>): Promise<Outside> {
  const [channels, issues, pulls, branches] = await Promise.all([
    lookAtChannels(slack),
    github.issues(),
    github.pulls(),
    github.repository.branches(),
  ]);
  return {
    channels,
    issues: await Promise.all(
      issues
        .filter(({ number }) => !pulls.some((pull) => pull.number === number))
        .map(async (issue) => ({
          ...issue,
          lines: markdownLines(issue.body),
          comments: await github.comments(issue.number),
        })),
    ),
    pulls: pulls.map((pull) => ({ ...pull, lines: markdownLines(pull.body) })),
    branches: await Promise.all(
      [...branches.keys()].map(async (name) => ({
        name,
        files: await github.repository.files(name),
        commits: await github.repository.log(name),
      })),
    ),
  };
}

async function lookAtChannels(slack: World['slack']): Promise<Channel[]> {
  const names = new Map(Object.values(slack.people).map(({ id, name }) => [id, name]));
  const found = await slack.channels();
  return Promise.all(
    found.map(async ({ id, name, purpose, archived }) => {
      const [pins, bookmarks, members, messages] = await Promise.all([
        slack.pins(id),
        slack.bookmarks(id),
        slack.members(id),
        slack.messages(id),
      ]);
      return {
        id,
        name: `#${name}`,
        purpose,
        archived,
        bookmarks,
        members: members.flatMap((member) => names.get(member) ?? []).toSorted(),
        messages: await Promise.all(
          messages.map(async (message) => ({
            ts: message.ts,
            text: slackShown(message.text, names),
            lines: linesOf(message, names),
            pinned: pins.includes(message.ts),
            replies: (await slack.thread(id, message.ts)).map((reply) => ({
              ts: reply.ts,
              lines: linesOf(reply, names),
            })),
          })),
        ),
      };
    }),
  );
}

/** A message's blocks from top to bottom; its text where it has none. */
function linesOf({ text, blocks }: SlackMessage, names: ReadonlyMap<string, string>): string[] {
  if (blocks.length === 0) return slackShown(text, names).split('\n');
  return blocks
    .flatMap(textsOf)
    .flatMap((one) => slackShown(one.replace(/^\*([^*\n]+)\*\n/, titled), names).split('\n'));
}

/** `*Severity*\nSEV2` is a field: its name, then its value. */
const titled = (_: string, name: string): string => (/[!?.]$/.test(name) ? `${name} ` : `${name}: `);

function textsOf(block: Json): string[] {
  const parts = [block['text'], ...list(block['fields']), ...list(block['elements'])];
  return parts.flatMap((part) => {
    const text = typeof part === 'object' && part !== null && 'text' in part ? part.text : undefined;
    return typeof text === 'string' ? [text] : [];
  });
}

const list = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);

/** What is true outside and in the cluster, at one time. */
export interface Seen {
  readonly outside: Outside;
  /** The story's incident, once it is declared. */
  readonly incident: Incident | undefined;
  readonly updates: readonly IncidentUpdate[];
}

/** Looks at everything; the Incident is the one of that name. */
export async function look(world: World, name: string): Promise<Seen> {
  const [outside, objects] = await Promise.all([
    lookOutside(world),
    world.cluster.kubectl.get<{ items: readonly (Incident | IncidentUpdate)[] }>('incidents,incidentupdates'),
  ]);
  return {
    outside,
    incident: objects.items.filter((one) => one.kind === 'Incident').find((one) => one.metadata.name === name),
    updates: objects.items.filter((one) => one.kind === 'IncidentUpdate'),
  };
}
