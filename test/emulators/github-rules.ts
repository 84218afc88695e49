import type { BareRepository } from './git-repository.ts';
import { git } from './git-run.ts';
import { text as textOf } from './json.ts';

/** A refusal as GitHub words it. */
export interface Refusal {
  readonly status: number;
  readonly body: Readonly<Record<string, unknown>>;
}

export interface PullFacts {
  readonly number: number;
  readonly state: string;
  readonly head: string;
  readonly base: string;
  readonly draft: boolean;
}

const invalid = (errors: readonly unknown[]): Refusal => ({
  status: 422,
  body: { message: 'Validation Failed', errors, documentation_url: 'https://docs.github.com/rest' },
});

/**
 * What GitHub refuses and emulate lets pass, since it made a second pull request of one branch
 * and made a missing branch out of thin air. Undefined: emulate may answer.
 */
export async function refusal(
  method: string,
  path: string,
  body: Readonly<Record<string, unknown>> | undefined,
  context: { owner: string; repository: BareRepository; pulls(): Promise<readonly PullFacts[]> },
): Promise<Refusal | undefined> {
  const text = body?.['body'];
  if (typeof text === 'string' && text.length > 65_536) {
    return invalid([{ field: 'body', code: 'custom', message: 'body is too long (maximum is 65536 characters)' }]);
  }
  const title = body?.['title'];
  if (typeof title === 'string' && title.length > 256) {
    return invalid([{ field: 'title', code: 'custom', message: 'title is too long (maximum is 256 characters)' }]);
  }
  if (method !== 'POST' || !path.endsWith('/pulls')) return undefined;
  const head = textOf(body?.['head']).replace(new RegExp(`^${context.owner}:`), '');
  const base = textOf(body?.['base']);
  const resource = 'PullRequest';
  const tip = await context.repository.resolve(`refs/heads/${head}`);
  const onto = await context.repository.resolve(`refs/heads/${base}`);
  if (!tip) return invalid([{ resource, field: 'head', code: 'invalid' }]);
  if (!onto) return invalid([{ resource, field: 'base', code: 'invalid' }]);
  if ((await context.pulls()).some((pull) => pull.state === 'open' && pull.head === head && pull.base === base)) {
    const message = `A pull request already exists for ${context.owner}:${head}.`;
    return invalid([{ resource, code: 'custom', message }]);
  }
  if ((await git(context.repository.path, ['rev-list', '--count', `${onto}..${tip}`])) === '0') {
    return invalid([{ resource, code: 'custom', message: `No commits between ${base} and ${head}` }]);
  }
  return undefined;
}
