import { phrase } from '../../runtime/outcome.ts';
import type { Client, Sender } from './client.ts';
import { Answered } from './errors.ts';
import { type Pull, reviewerOf } from './shapes.ts';

const route = '/repos/{owner}/{repo}/pulls/{number}/requested_reviewers';

interface Asked {
  readonly reviewers: readonly string[];
  readonly team_reviewers: readonly string[];
}

/**
 * Asks people (`login`, `@login`) and teams (`org/team`) to review. One unknown name fails neither the others nor
 * the pull request, which stands: gives the names that could not be asked. Never throws.
 */
export async function askReviewers(
  client: Client,
  call: Sender,
  pull: Pull,
  names: readonly string[],
  log: (event: string, fields: Readonly<Record<string, unknown>>) => void,
): Promise<readonly string[]> {
  const ask = async (asked: readonly string[]): Promise<'asked' | 'refused' | 'failed'> => {
    try {
      await client.write(`POST ${route}`, { number: pull.number, ...split(asked) }, call);
      return 'asked';
    } catch (error) {
      log('github.reviewers.refused', { pull: pull.number, reviewers: asked.join(','), error: phrase(error) });
      return error instanceof Answered && error.status === 422 ? 'refused' : 'failed';
    }
  };
  const logins = names.map((name) => name.replace(/^@/, '')).filter((name) => !same(name, pull.author));
  // A mail address is not a login.
  const possible = logins.filter((name) => /^[\w.-]+(\/[\w.-]+)?$/.test(name));
  const left = logins.filter((name) => !possible.includes(name));
  if (possible.length === 0) return left;
  const all = await ask(possible);
  if (all === 'asked') return left;
  // One by one only after a word on the names themselves: anything else would fail again.
  if (all === 'failed' || possible.length === 1) return [...left, ...possible];
  for (const name of possible) {
    if ((await ask([name])) !== 'asked') left.push(name);
  }
  return left;
}

/** Those who were neither asked yet nor have reviewed. */
export async function notYetAsked(
  client: Client,
  pull: Pull,
  names: readonly string[],
  signal: AbortSignal,
): Promise<readonly string[]> {
  const missing = names.filter((name) => {
    const { reviewers, team_reviewers: teams } = split([name.replace(/^@/, '')]);
    return !shareOne(reviewers, pull.reviewers) && !shareOne(teams, pull.teams);
  });
  if (missing.length === 0) return missing;
  const reviews = await client.pages(
    'GET /repos/{owner}/{repo}/pulls/{number}/reviews',
    { number: pull.number },
    signal,
  );
  const done = reviews.map(reviewerOf);
  return missing.filter((name) => !done.some((one) => same(one, name.replace(/^@/, ''))));
}

/** GitHub takes names of people and teams in any case, and answers with its own. */
const same = (a: string, b: string): boolean => a.toLowerCase() === b.toLowerCase();
const shareOne = (some: readonly string[], others: readonly string[]): boolean =>
  some.some((one) => others.some((other) => same(one, other)));

function split(names: readonly string[]): Asked {
  return {
    reviewers: names.filter((name) => !name.includes('/')),
    team_reviewers: names.filter((name) => name.includes('/')).map((name) => name.slice(name.indexOf('/') + 1)),
  };
}
