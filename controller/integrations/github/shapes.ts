import { timeOf, type Instant } from '../../runtime/clock.ts';

/** GitHub's answers, parsed at the edge: only what is used. Each throws a plain Error, so an answer that was cut is ambiguous. */

export interface Issue {
  readonly number: number;
  readonly title: string;
  readonly body: string;
  readonly open: boolean;
  readonly labels: readonly string[];
  readonly author: string;
  readonly createdAt: number;
  /** A list of issues has the pull requests too. */
  readonly isPull: boolean;
}

export interface Comment {
  readonly id: number;
  readonly body: string;
  readonly author: string;
}

export interface Pull {
  readonly number: number;
  readonly title: string;
  readonly body: string;
  readonly open: boolean;
  /** Milliseconds since the epoch; undefined if not merged. */
  readonly mergedAt: number | undefined;
  readonly mergedBy: string | undefined;
  readonly createdAt: number;
  readonly branch: string;
  /** The branch that it asks to be merged into, or was. */
  readonly base: string;
  /** `owner:branch`: a fork's is not ours. */
  readonly label: string;
  readonly author: string;
  readonly reviewers: readonly string[];
  readonly teams: readonly string[];
}

export interface Repository {
  readonly id: number;
  readonly fullName: string;
  /** Whether the user behind the token may label issues; undefined if GitHub does not say. */
  readonly triage: boolean | undefined;
}

export function issueOf(data: unknown): Issue {
  const it = record(data, 'an issue');
  return {
    number: number(it['number'], 'an issue'),
    title: string(it['title'], 'an issue'),
    body: text(it['body']),
    open: string(it['state'], 'an issue') === 'open',
    labels: list(it['labels'] ?? [], 'labels').map((label) =>
      typeof label === 'string' ? label : string(record(label, 'a label')['name'], 'a label'),
    ),
    author: login(it['user']),
    createdAt: time(it['created_at'], 'an issue'),
    isPull: it['pull_request'] !== undefined && it['pull_request'] !== null,
  };
}

/** Who wrote a review of a pull request. */
export const reviewerOf = (data: unknown): string => login(record(data, 'a review')['user']);

export function commentOf(data: unknown): Comment {
  const it = record(data, 'a comment');
  return { id: number(it['id'], 'a comment'), body: text(it['body']), author: login(it['user']) };
}

export function pullOf(data: unknown): Pull {
  const it = record(data, 'a pull request');
  const head = record(it['head'], 'a pull request');
  const merged = it['merged_at'];
  return {
    number: number(it['number'], 'a pull request'),
    title: string(it['title'], 'a pull request'),
    body: text(it['body']),
    open: string(it['state'], 'a pull request') === 'open',
    mergedAt: typeof merged === 'string' ? time(merged, 'a pull request') : undefined,
    mergedBy: it['merged_by'] ? login(it['merged_by']) : undefined,
    createdAt: time(it['created_at'], 'a pull request'),
    branch: string(head['ref'], 'a pull request'),
    base: string(record(it['base'], 'a pull request')['ref'], 'a pull request'),
    label: text(head['label']),
    author: login(it['user']),
    reviewers: list(it['requested_reviewers'] ?? [], 'reviewers').map(login),
    teams: list(it['requested_teams'] ?? [], 'teams').map((team) => text(record(team, 'a team')['slug'])),
  };
}

export function repositoryOf(data: unknown): Repository {
  const it = record(data, 'a repository');
  const permissions = it['permissions'];
  const may = isRecord(permissions) ? permissions : undefined;
  return {
    id: number(it['id'], 'a repository'),
    fullName: string(it['full_name'], 'a repository'),
    triage: may ? may['triage'] === true || may['push'] === true || may['admin'] === true : undefined,
  };
}

export function list(data: unknown, what: string): readonly unknown[] {
  if (!Array.isArray(data)) throw unreadable(what);
  return data;
}

export const isRecord = (data: unknown): data is Readonly<Record<string, unknown>> =>
  typeof data === 'object' && data !== null && !Array.isArray(data);

export function record(data: unknown, what: string): Readonly<Record<string, unknown>> {
  if (!isRecord(data)) throw unreadable(what);
  return data;
}

export function string(value: unknown, what: string): string {
  if (typeof value !== 'string') throw unreadable(what);
  return value;
}

function number(value: unknown, what: string): number {
  if (typeof value !== 'number' || !Number.isSafeInteger(value)) throw unreadable(what);
  return value;
}

function time(value: unknown, what: string): Instant {
  const at = timeOf(string(value, what));
  if (at === undefined) throw unreadable(what);
  return at;
}

const text = (value: unknown): string => (typeof value === 'string' ? value : '');
/** The account behind a thing; a deleted one is null. */
const login = (user: unknown): string => (isRecord(user) ? text(user['login']) : '');
const unreadable = (what: string): Error => new Error(`GitHub's answer is not ${what}: it may have been cut`);
