import { type Json, json, jsonList, text, textOrNull } from './json.ts';

export interface IssueTruth {
  readonly number: number;
  readonly title: string;
  readonly body: string;
  readonly state: 'open' | 'closed';
  readonly stateReason: string | null;
  readonly labels: readonly string[];
  readonly author: string;
}

export interface CommentTruth {
  readonly id: number;
  readonly body: string;
  readonly author: string;
}

export interface PullTruth {
  readonly number: number;
  readonly title: string;
  readonly body: string;
  readonly state: 'open' | 'closed';
  readonly merged: boolean;
  readonly mergedAt: string | null;
  readonly draft: boolean;
  readonly head: string;
  readonly base: string;
  readonly reviewers: readonly string[];
  readonly author: string;
}

export const issueTruth = (issue: Json): IssueTruth => ({
  number: Number(issue['number']),
  title: text(issue['title']),
  body: text(issue['body']),
  state: openOrClosed(issue),
  stateReason: textOrNull(issue['state_reason']),
  labels: jsonList(issue['labels']).map((label) => text(label['name'])),
  author: login(issue['user']),
});

export const commentTruth = (comment: Json): CommentTruth => ({
  id: Number(comment['id']),
  body: text(comment['body']),
  author: login(comment['user']),
});

export const pullTruth = (pull: Json): PullTruth => ({
  number: Number(pull['number']),
  title: text(pull['title']),
  body: text(pull['body']),
  state: openOrClosed(pull),
  merged: pull['merged_at'] !== null,
  mergedAt: textOrNull(pull['merged_at']),
  draft: pull['draft'] === true,
  head: text(json(pull['head'])['ref']),
  base: text(json(pull['base'])['ref']),
  reviewers: jsonList(pull['requested_reviewers']).map(login),
  author: login(pull['user']),
});

const login = (user: unknown): string => text(json(user)['login']);
const openOrClosed = (it: Json): 'open' | 'closed' => (it['state'] === 'open' ? 'open' : 'closed');
