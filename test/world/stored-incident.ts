import { readFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { WebClient } from '@slack/web-api';
import type { Incident } from '../../controller/api/incident.gen.ts';
import type { IncidentUpdate } from '../../controller/api/incident-update.gen.ts';
import { rfc3339 } from '../../controller/runtime/clock.ts';
import { revision } from '../../controller/runtime/effect.ts';
import type { GitHub } from '../emulators/github.ts';
import type { Slack } from '../emulators/slack.ts';
import type { Unstarted } from './world.ts';

/**
 * One incident with everything of it, in the cluster and outside, as some version of the controller left it. Its ids are
 * those of the world that it was taken from.
 */
export interface StoredIncident {
  /** Commit of the controller that wrote it. */
  readonly version: string;
  /** RFC 3339. */
  readonly takenAt: string;
  /** The install, too. */
  readonly namespace: string;
  /** Of the incident. */
  readonly uid: string;
  readonly githubUrl: string;
  /** Slack's ids by name; the bot is `allclear`. */
  readonly users: Readonly<Record<string, string>>;
  /** The ConfigMap that counts incidents. */
  readonly numbers: StoredObject;
  readonly incident: StoredObject & Pick<Incident, 'spec' | 'status'>;
  /** In the order in which they were written. */
  readonly updates: readonly (StoredObject & Pick<IncidentUpdate, 'spec' | 'status'>)[];
  readonly channels: readonly StoredChannel[];
  /** All open. */
  readonly issues: readonly StoredIssue[];
}

interface StoredObject {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly [field: string]: unknown };
}

interface StoredChannel {
  readonly id: string;
  readonly name: string;
  readonly purpose?: string;
  readonly members?: readonly string[];
  readonly messages: readonly StoredMessage[];
  /** Timestamps of messages. */
  readonly pins: readonly string[];
  readonly bookmarks: readonly { readonly id: string; readonly title: string; readonly link: string }[];
}

interface StoredMessage {
  readonly ts: string;
  readonly text: string;
  readonly blocks?: readonly object[];
  readonly metadata?: object;
  readonly replies?: readonly StoredMessage[];
}

interface StoredIssue {
  readonly number: number;
  readonly title: string;
  readonly body: string;
  readonly labels: readonly string[];
  readonly comments: readonly { readonly id: number; readonly body: string }[];
}

export async function readStored(file: URL): Promise<StoredIncident> {
  const stored: StoredIncident = JSON.parse(await readFile(file, 'utf8'));
  return stored;
}

/**
 * Makes all of it again: Slack and GitHub by their APIs, as the bot, then the objects with their status. An id that the new
 * world gives replaces the stored one wherever that occurs; times are moved as if it had been stored just now. Call it
 * before a controller starts there. Takes about four seconds.
 */
export async function restoreStored(
  { namespace, slack, github, kubectl }: Unstarted,
  stored: StoredIncident,
): Promise<void> {
  const { apiVersion, kind, metadata, spec } = stored.incident;
  await kubectl.apply({ apiVersion, kind, metadata: { name: metadata.name, namespace }, spec });
  const { uid } = (await kubectl.get<Incident>(kind, metadata.name, '-n', namespace)).metadata;
  const renames = new Renames([
    [stored.uid, uid],
    // In the names of the controller's own updates.
    [stored.uid.slice(0, 8), uid.slice(0, 8)],
    [stored.namespace, namespace],
    [stored.users['allclear'] ?? '', slack.bot.userId],
    ...Object.values(slack.people).map(({ name, id }): [string, string] => [stored.users[name] ?? '', id]),
    ...linksRenamed(stored, github.apiUrl),
  ]);
  await restoreSlack(slack, stored.channels, renames);
  for (const issue of stored.issues) await restoreIssue(github, renames.in(issue));

  const shift = Date.now() - Date.parse(stored.takenAt);
  const [incident, ...updates] = [stored.incident, ...stored.updates].map((one) =>
    asWrittenNow(renames.in(one), shift),
  );
  await kubectl.apply(renames.in(stored.numbers), '-n', namespace);
  for (const one of [incident, ...updates]) {
    if (!one) continue;
    const { status, ...object } = one;
    // creationTimestamp has whole seconds, and it orders the timeline.
    if (one !== incident) await nextSecond();
    await kubectl.apply(object, '-n', namespace);
    const patch = ['--subresource=status', '--type=merge', '-p', JSON.stringify({ status })];
    await kubectl('patch', object.kind, object.metadata.name, '-n', namespace, ...patch);
  }
}

/** Text replacements, old to new, applied to any JSON value. */
class Renames {
  readonly #pairs: [string, string][];

  constructor(pairs: [string, string][]) {
    this.#pairs = pairs;
  }

  add(from: string, to: string): void {
    this.#pairs.push([from, to]);
  }

  in<T>(value: T): T {
    const text = this.#pairs.reduce((all, [from, to]) => all.replaceAll(from, to), JSON.stringify(value));
    const renamed: T = JSON.parse(text);
    return renamed;
  }
}

/** GitHub's address, and the hashes by which status knows bookmarks that lead there. */
function linksRenamed({ githubUrl, channels }: StoredIncident, url: string): [string, string][] {
  const hashes = channels
    .flatMap(({ bookmarks }) => bookmarks)
    .filter(({ link }) => link.startsWith(githubUrl))
    .flatMap(({ title, link }): [string, string][] => {
      const now = link.replace(githubUrl, url);
      return [
        [revision(link), revision(now)],
        [revision({ title, url: link }), revision({ title, url: now })],
      ];
    });
  return [[githubUrl, url], ...hashes];
}

async function restoreSlack(slack: Slack, channels: readonly StoredChannel[], renames: Renames): Promise<void> {
  const web = new WebClient(slack.botToken, { slackApiUrl: slack.url, retryConfig: { retries: 0 } });
  const there = await slack.channels();
  for (const { id, name } of channels) {
    const known = there.find((one) => one.name === name)?.id;
    const made = known === undefined ? (await web.conversations.create({ name })).channel?.id : known;
    renames.add(id, made ?? '');
  }
  const post = async (channel: string, message: StoredMessage, thread?: string): Promise<string> => {
    const { ts: _, replies: __, ...content } = renames.in(message);
    const { ts = '' } = (await web.apiCall('chat.postMessage', {
      channel,
      ...content,
      ...(thread === undefined ? {} : { thread_ts: thread }),
    })) as { ts?: string };
    renames.add(message.ts, ts);
    return ts;
  };
  for (const one of channels) {
    const { id: channel, purpose = '', members = [] } = renames.in(one);
    if (purpose !== '') await web.conversations.setPurpose({ channel, purpose });
    const people = members.filter((user) => user !== slack.bot.userId);
    if (people.length > 0) await web.conversations.invite({ channel, users: people.join(',') });
    for (const message of one.messages) {
      const root = await post(channel, message);
      for (const reply of message.replies ?? []) await post(channel, reply, root);
    }
    for (const timestamp of renames.in(one.pins)) await web.pins.add({ channel, timestamp });
    for (const { id, ...bookmark } of renames.in(one.bookmarks)) {
      const made = await web.bookmarks.add({ channel_id: channel, type: 'link', ...bookmark });
      renames.add(id, made.bookmark?.id ?? '');
    }
  }
}

/** GitHub counts from 1 in each world: nothing to rename. */
async function restoreIssue(github: GitHub, { number, title, body, labels, comments }: StoredIssue): Promise<void> {
  const create = async (path: string, content: object): Promise<{ number: number; id: number }> => {
    const answer = await fetch(`${github.apiUrl}/repos/${github.owner}/${github.repo}${path}`, {
      method: 'POST',
      headers: { authorization: `token ${github.token}`, 'content-type': 'application/json' },
      body: JSON.stringify(content),
    });
    if (!answer.ok) throw new Error(`POST ${path}: ${answer.status} ${await answer.text()}`);
    return (await answer.json()) as { number: number; id: number };
  };
  const made = await create('/issues', { title, body, labels });
  if (made.number !== number) throw new Error(`issue #${number} became #${made.number}`);
  for (const { id, body: text } of comments) {
    const comment = await create(`/issues/${number}/comments`, { body: text });
    if (comment.id !== id) throw new Error(`comment ${id} became ${comment.id}`);
  }
}

/** @param shift milliseconds that are added to each time; the generation starts at 1 */
function asWrittenNow<T>(object: T, shift: number): T {
  const moved: T = JSON.parse(JSON.stringify(object), (field, value: unknown) => {
    if (field === 'observedGeneration') return 1;
    const isTime = typeof value === 'string' && /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/.test(value);
    return isTime ? rfc3339(Date.parse(value) + shift) : value;
  });
  return moved;
}

const nextSecond = (): Promise<void> => sleep(1_050 - (Date.now() % 1_000));
